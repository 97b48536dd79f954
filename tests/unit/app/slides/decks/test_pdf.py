"""A PDF's pages are slides."""

from __future__ import annotations

import asyncio

import pytest

from app.slides.decks.pdf import PdfDeck
from peerscript.slides import DeckState, SlideText


class MemoryPages:
    def __init__(self, *words: str) -> None:
        self.count = len(words)
        self.words = words
        self.drawn: list[int] = []

    def draw(self, number: int) -> None:
        self.drawn.append(number)

    async def first_words(self, number: int) -> str:
        if self.words[number] == "never":
            await asyncio.Event().wait()
        return self.words[number]


async def test_pages_are_turned() -> None:
    turns: list[int] = []
    pages = MemoryPages("One", " Two\n", "")
    deck = PdfDeck(pages, lambda: turns.append(1))
    await deck.open()
    assert deck.slides == (SlideText("One"), SlideText("Two"), SlideText(""))
    assert deck.state == DeckState(0, 3)
    deck.previous()
    deck.next()
    deck.goto(2, 5)
    deck.next()
    deck.goto(2)
    deck.goto(99)
    deck.previous()
    assert pages.drawn == [0, 1, 2, 1]
    assert (deck.state, len(turns)) == (DeckState(1, 3), 3)


async def test_titles_are_not_waited_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.slides.decks.pdf.TITLES_WITHIN", 0.01)
    deck = PdfDeck(MemoryPages("One", "never", "Three"), lambda: None)
    await deck.open()
    assert deck.slides == (SlideText("One"), SlideText(), SlideText())
