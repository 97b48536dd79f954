"""The tabs: which one is open is the radio buttons' own state; here are their badges."""

from __future__ import annotations

from ui.bridge.elements import Element, by_id


def mark_unread(tab: str) -> None:
    """Count one more thing that came while another tab was open."""
    label, radio = _tab(tab)
    if not radio.checked:
        label.set(data_unread=str(int(label.get("data-unread") or 0) + 1))


def open_tab(tab: str) -> None:
    """Show a tab."""
    label, radio = _tab(tab)
    radio.checked = True
    label.drop("data-unread")


def clear_when_opened() -> None:
    """Take the badge away from a tab that is opened."""

    def opened(_: object) -> None:
        for tab in ("slides", "chat", "files", "people"):
            label, radio = _tab(tab)
            if radio.checked:
                label.drop("data-unread")

    by_id("tabs").on("change", opened)


def _tab(tab: str) -> tuple[Element, Element]:
    radio = by_id("tabs").node.querySelector(f'[value="{tab}"]')
    return Element(radio.parentElement), Element(radio)
