"""A PDF as a deck: a page is a slide."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from app.slides.decks.outline import short
from peerscript.slides import DeckState, SlideText

TITLES_WITHIN = 3.0  # seconds that looking for titles may take; the rest have none


class Pages(Protocol):
    """The document, as `ui.bridge.pdf` has it."""

    count: int

    def draw(self, number: int) -> None:
        """Show a page, counted from 0, as soon as it is drawn; only the newest call counts."""

    async def first_words(self, number: int) -> str:
        """What is written at the top of a page."""


class PdfDeck:
    """A PDF (peerscript.slides.Deck).

    Attributes:
        slides: the first words of each page.

    Args:
        turned: is called when it has turned.
    """

    def __init__(self, pages: Pages, turned: Callable[[], None]) -> None:
        self.slides: tuple[SlideText, ...] = ()
        self._pages = pages
        self._turned = turned
        self._slide = 0

    async def open(self) -> None:
        """Show the first page, and look for titles."""
        self._pages.draw(0)
        found = [SlideText()] * self._pages.count
        with suppress(TimeoutError):
            async with asyncio.timeout(TITLES_WITHIN):
                for number in range(self._pages.count):
                    found[number] = SlideText(short(await self._pages.first_words(number)))
        self.slides = tuple(found)

    @property
    def state(self) -> DeckState:
        return DeckState(self._slide, self._pages.count)

    def next(self) -> None:
        self.goto(self._slide + 1)

    def previous(self) -> None:
        self.goto(self._slide - 1)

    def goto(self, slide: int, step: int = 0) -> None:
        if 0 <= slide < self._pages.count and slide != self._slide:
            self._slide = slide
            self._pages.draw(slide)
            self._turned()
