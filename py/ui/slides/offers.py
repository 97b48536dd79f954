"""Whose slides may be followed: `#slides-offer`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ui.bridge.elements import by_id


class Actions(Protocol):
    """What may be done with an offer: `app.slides.watching.Watching`."""

    def follow(self, key: str) -> None: ...
    def ignore(self, key: str) -> None: ...


class Offers:
    """The first of them, with the button that follows it."""

    def __init__(self) -> None:
        self._key = ""

    def bind(self, actions: Actions) -> None:
        """Connect the buttons to their actions."""
        by_id("slides-follow").on_click(lambda: actions.follow(self._key))
        by_id("slides-ignore").on_click(lambda: actions.ignore(self._key))

    def show(self, offers: Sequence[tuple[str, str]]) -> None:
        """Show these: the keys and the names of contacts."""
        by_id("slides-offer").hidden = not offers
        if offers:
            self._key, name = offers[0]
            by_id("slides-offer-name").text = by_id("slides-offer-whose").text = name
