"""The tabs' badges. Which tab is open is the state of the radio buttons."""

from __future__ import annotations

from collections import Counter

from ui.bridge.elements import Element, by_id

TABS = ("slides", "call", "chat", "files", "people")

_unread: dict[str, Counter[str]] = {tab: Counter() for tab in TABS}  # by contact


def mark_unread(tab: str, contact: str) -> None:
    """Count a new item of a contact, unless its panel is in sight."""
    if not by_id(tab).is_shown():
        _unread[tab][contact] += 1
        _show_badge(tab)


def forget_unread(contact: str) -> None:
    """Remove a contact from the counts: its items were removed from the page."""
    for tab in TABS:
        if _unread[tab].pop(contact, 0):
            _show_badge(tab)


def open_tab(tab: str) -> None:
    """Show a tab."""
    _tab(tab)[1].checked = True
    _clear(tab)


def tab_is_open(tab: str) -> bool:
    """Whether a tab is shown."""
    return _tab(tab)[1].checked


def leave_tab(tab: str) -> None:
    """Show another tab instead of one that is there no more: the slides or the call, if any."""
    if tab_is_open(tab):
        there = {"slides": by_id("slides").get("data-role"), "call": _in_call()}
        open_tab(next((each for each in there if each != tab and there[each]), "chat"))


def clear_when_opened() -> None:
    """Remove a tab's badge whenever it is opened."""

    def opened(_: object) -> None:
        for tab in TABS:
            if _tab(tab)[1].checked:
                _clear(tab)

    by_id("tabs").on("change", opened)


def _in_call() -> bool:
    return any(by_id("remote-videos").children())


def _clear(tab: str) -> None:
    _unread[tab].clear()
    _show_badge(tab)


def _show_badge(tab: str) -> None:
    label, _ = _tab(tab)
    if count := _unread[tab].total():
        label.set(data_unread=str(count))
    else:
        label.drop("data-unread")


def _tab(tab: str) -> tuple[Element, Element]:
    radio = by_id("tabs").node.querySelector(f'[value="{tab}"]')
    return Element(radio.parentElement), Element(radio)
