"""What is to be presented: `#chooser`, with the decks that were shown lately."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

from app.language import _
from app.slides.recent import RecentDeck, RecentDecks
from peerscript.transfer import file_sources
from ui.bridge.elements import Element, by_id, copy_of


class Actions(Protocol):
    """What may be chosen: `app.slides.slides.Slides`."""

    def open_file(self, file: Any) -> None: ...
    def open_url(self, url: str) -> None: ...
    def open_recent(self, key: str) -> None: ...
    def open_sample(self) -> None: ...


class Chooser:
    """A dialog, which closes as soon as something is chosen.

    Args:
        start: makes a plain function, which starts a task, of an `async` one.
    """

    def __init__(
        self, actions: Actions, recent: RecentDecks, start: Callable[..., Callable[..., None]]
    ) -> None:
        self._actions = actions
        self._recent = recent
        self._dialog = by_id("chooser").node
        self._list = by_id("recent-decks")
        for id in ("slides-open", "slides-another"):
            by_id(id).on_click(start(self._open))
        by_id("chooser-cancel").on_click(self._dialog.close)
        by_id("slides-sample").on_click(lambda: self._choose(actions.open_sample))
        by_id("slides-file").on("change", lambda _: self._choose_file())
        by_id("slides-url-form").on_submit(self._choose_url)
        press = start(self._press)
        self._list.on_action(lambda row, action: press(row.get("data-key"), action))
        by_id("slides-open").disabled = False

    async def _open(self) -> None:
        if not self._dialog.open:
            self._dialog.showModal()
        await self._show_recent()

    async def _show_recent(self) -> None:
        decks = await self._recent.all()
        self._list.clear()
        for deck in decks:
            self._list.append(_row(deck))
        by_id("recent").hidden = not decks

    def _choose(self, act: Callable[[], None]) -> None:
        self._dialog.close()
        act()

    def _choose_file(self) -> None:
        field = by_id("slides-file")
        chosen = file_sources(field.node.files)[:1]
        field.value = ""
        for file in chosen:
            self._choose(partial(self._actions.open_file, file))

    def _choose_url(self) -> None:
        self._choose(lambda: self._actions.open_url(by_id("slides-url").value))

    async def _press(self, key: str, action: str) -> None:
        if action == "open":
            self._choose(lambda: self._actions.open_recent(key))
        else:
            await self._recent.remove(key)
            await self._show_recent()


def _row(deck: RecentDeck) -> Element:
    row = copy_of("recent-deck-template")
    row.set(data_key=deck.key)
    row.slot("name").text = deck.name
    row.slot("detail").text = deck.date(time.time())
    row.slot("remove").set(aria_label=_("Remove {name} from this list", name=deck.name))
    return row
