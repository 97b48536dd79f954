"""A page's screen and controls for slides, in memory."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

from app.slides.decks import DeckRemoved, NotADeck
from app.slides.recent import RecentDeck
from peerscript.slides import DeckSource, DeckState, SlideText


class MemoryDeck:
    """A deck of so many slides with two steps each (peerscript.slides.Deck)."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.at = (0, 0)
        self.slides = [SlideText(f"Title {n}", f"Notes {n}") for n in range(total)]

    def next(self) -> None:
        slide, step = self.at
        self.goto(slide, 1) if step == 0 else self.goto(slide + 1, 0)

    def previous(self) -> None:
        slide, step = self.at
        self.goto(slide, 0) if step else self.goto(slide - 1, 1)

    def goto(self, slide: int, step: int = 0) -> None:
        if 0 <= slide < self.total:
            self.at = (slide, step)

    @property
    def state(self) -> DeckState:
        return DeckState(self.at[0], self.total, self.at[1])


class MemoryScreen:
    """A page's screen (ports.Screen). A deck of bytes that are digits has so many slides.

    Attributes:
        total: how many slides any other deck has; 0 if it cannot be shown.
    """

    def __init__(self) -> None:
        self.total = 0
        self._changes = 0
        self.slow = asyncio.Event()  # cleared, no deck opens
        self.slow.set()
        self.deck: MemoryDeck | None = None
        self.source: DeckSource | None = None
        self.dark = False
        self.words = ""
        self.drawn: Any = None
        self.on_turned: Callable[[], None] = lambda: None

    async def show(self, source: DeckSource) -> MemoryDeck:
        self.close()
        change = self._changes
        await self.slow.wait()
        if change != self._changes:
            raise DeckRemoved
        total = int(source.data) if source.data.isdigit() else self.total
        if not total:
            raise NotADeck(f"{source.name} is no deck")
        self.deck, self.source = MemoryDeck(total), source
        return self.deck

    def turn(self) -> None:
        """The deck is turned at the screen itself."""
        assert self.deck is not None
        self.deck.next()
        self.on_turned()

    def close(self) -> None:
        self._changes += 1
        self.deck = self.source = None

    def black(self, on: bool) -> None:
        self.dark = on

    def ink(self, ink: Any) -> None:
        self.drawn = SimpleNamespace(point=ink.point, strokes=ink.strokes)

    def cover(self, text: str) -> None:
        self.words = text


class Panel:
    """Controls of a presenter or of a remote: what they show."""

    def __init__(self) -> None:
        self.view: Any = None
        self.shown = 0

    def show(self, view: Any) -> None:
        self.view = view
        self.shown += 1

    def hide(self) -> None:
        self.view = None


class Offers:
    """Whose slides may be followed: the names (ports.OffersPanel)."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.key = ""

    def show(self, offers: Sequence[tuple[str, str]]) -> None:
        self.names = [name for _, name in offers]
        self.key = offers[0][0] if offers else ""


class MemoryDeckStore:
    """Decks under keys (ports.DeckStore, recent.RecentStore)."""

    def __init__(self, kept: dict[str, DeckSource]) -> None:
        self.kept = kept
        self.shown: dict[str, float] = {}

    async def save(self, key: str, source: DeckSource, shown: float = 0.0) -> None:
        self.kept[key], self.shown[key] = source, shown

    async def all(self) -> list[RecentDeck]:
        return [
            RecentDeck(key, source.name, len(source.data), self.shown[key])
            for key, source in self.kept.items()
        ]

    async def load(self, key: str) -> DeckSource | None:
        return self.kept.get(key)

    async def forget(self, key: str) -> None:
        self.kept.pop(key, None)
