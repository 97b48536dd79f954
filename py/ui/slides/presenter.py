"""The presenter's controls: `#slides` while its `data-role` is "presenter"."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Protocol

from app.language import N_, _
from app.slides.views import PersonView, PresenterView
from ui.bridge import page
from ui.bridge.device import has_fullscreen, toggle_fullscreen
from ui.bridge.elements import Element, by_id, copy_of
from ui.bridge.gestures import on_keys
from ui.connection.start import COPIED_FOR, qr_code
from ui.navigation import leave_tab, open_tab
from ui.slides.speaker import SpeakerView
from ui.windowed import WindowedList

_ROLES = {
    "remote": N_("Has a remote"),
    "follower": N_("Follows"),
    "invited": N_("May follow"),
    "nobody": N_("Takes no part"),
}


class Actions(Protocol):
    """What a presenter may do: `app.slides.slides.Slides`."""

    def next(self) -> None: ...
    def previous(self) -> None: ...
    def blacken(self, on: bool) -> None: ...
    def clock(self, action: str) -> None: ...
    def stop(self) -> None: ...
    def assign(self, key: str, action: str) -> None: ...


class SlidesPanel:
    """`#slides-open`, the controls below the slide, the two links, and the participants."""

    def __init__(self, speaker: SpeakerView) -> None:
        self._speaker = speaker
        self._list = WindowedList(by_id("slides-people"), _new, _fill)
        self._people: dict[str, PersonView] = {}
        self._view: PresenterView | None = None

    def bind(self, actions: Actions, start: Callable[..., Callable[..., None]]) -> None:
        """Connect the controls to their actions.

        Args:
            start: makes a plain function, which starts a task, of an `async` one.
        """
        for id, act in (
            ("slides-next", actions.next),
            ("slides-prev", actions.previous),
            ("slides-stop", actions.stop),
        ):
            by_id(id).on_click(act)
        by_id("slides-blackout").on_click(lambda: actions.blacken(not self._black))
        by_id("slides-fullscreen").hidden = not has_fullscreen()
        by_id("slides-fullscreen").on_click(lambda: toggle_fullscreen(by_id("slides-room")))
        for name in ("slides", "slides-watch"):
            by_id(f"{name}-copy").on_click(start(partial(self._copy, name)))
        by_id("slides-people").on_action(
            lambda row, action: actions.assign(row.get("data-contact"), action)
        )
        on_keys(lambda key: self._press(actions, key))
        self._speaker.bind(actions, lambda key: self._press(actions, key), start)

    def _press(self, actions: Actions, key: str) -> bool:
        if self._view is None:
            return False
        if key == "black":
            actions.blacken(not self._black)
        elif key == "next":
            actions.next()
        else:
            actions.previous()
        return True

    @property
    def _black(self) -> bool:
        return self._view is not None and self._view.black

    def show(self, view: PresenterView) -> None:
        """Show this state."""
        before, self._view = self._view, view
        if before is None:
            by_id("slides").set(data_role="presenter")
            by_id("slides-open").disabled = True
            open_tab("slides")
            by_id("slides-stage").focus()
        by_id("slides-position").text = _(
            "{slide} of {total}", slide=view.slide + 1, total=view.total
        )
        by_id("slides-blackout").set(aria_pressed=str(view.black).lower())
        by_id("slides-name").text = view.title
        by_id("slides-kind").text = view.kind
        self._show_link("slides-link", "slides-qr", view.link)
        self._show_link("slides-watch-link", "slides-watch-qr", view.watch_link)
        self._show_people(view.people)
        self._speaker.show(view)

    def hide(self) -> None:
        """Nothing is presented."""
        self._speaker.hide()
        self._view = None
        by_id("slides").drop("data-role")
        by_id("slides-open").disabled = False
        leave_tab("slides")

    def _show_link(self, id: str, qr_id: str, address: str) -> None:
        link = by_id(id)
        if link.text != address:
            link.text = address
            link.set(href=address)
            by_id(qr_id).clear()
            by_id(qr_id).append(qr_code(address))

    def _show_people(self, people: tuple[PersonView, ...]) -> None:
        before, self._people = self._people, {person.key: person for person in people}
        for key in before.keys() - self._people.keys():
            self._list.drop(key)
        for key, person in self._people.items():
            if before.get(key) != person:
                self._list.put(key, person)

    async def _copy(self, name: str) -> None:
        copied = await page.copy(by_id(f"{name}-link").text)
        by_id(f"{name}-copy").text = _("Copied") if copied else _("Select the link to copy it")
        await asyncio.sleep(COPIED_FOR)
        by_id(f"{name}-copy").text = _("Copy link")


def _new(person: PersonView) -> Element:
    row = copy_of("slides-person-template")
    row.set(data_contact=person.key, data_peer_id=person.peer_id)
    return row


def _fill(row: Element, person: PersonView) -> None:
    row.set(data_role=person.role, data_hand=str(person.hand).lower())
    row.slot("name").text = person.name
    row.slot("role").text = _(_ROLES[person.role])
