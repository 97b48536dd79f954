"""A deck in a frame: what it is told, and how little of what it says is believed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from app.slides.decks import NotADeck
from app.slides.decks.outline import Slide
from app.slides.decks.reveal import RevealDeck
from peerscript.slides import DeckState, SlideText

SLIDES = [
    Slide(0, 0, SlideText("One")),
    Slide(1, 0, SlideText("Two", "Notes")),
    Slide(1, 1, SlideText("Below two")),
]


class MemoryFrame:
    """Behaves as reveal.js does: columns of slides, each with so many fragments."""

    def __init__(self, *columns: int, fragments: int = 0, uncounted: int = 0) -> None:
        self.columns, self.fragments = columns, fragments
        self.total = sum(columns) - uncounted
        self.at = (0, 0, -1)
        self.posted: list[tuple[str, tuple[int, ...]]] = []
        self.on_message: Callable[[Mapping[str, Any]], None] = lambda _: None

    def bind(self, on_message: Callable[[Mapping[str, Any]], None]) -> None:
        self.on_message = on_message

    def post(self, method: str, *arguments: int) -> None:
        self.posted.append((method, arguments))
        if method == "slide":
            across = min(arguments[0], len(self.columns) - 1)
            down = min(arguments[1], self.columns[across] - 1)
            self.at = (across, down, arguments[2] if len(arguments) > 2 else -1)
        elif method == "next":
            self.at = (self.at[0], self.at[1], self.at[2] + 1)
        notes = f"<p>Notes {self.at[0]}.{self.at[1]}</p>"
        answers = {"getSlideNotes": notes, "getTotalSlides": self.total}
        self.say("callback", method=method, result=answers.get(method))

    def state(self) -> dict[str, Any]:
        state = {"indexh": self.at[0], "indexv": self.at[1], "paused": False}
        return {**state, "indexf": self.at[2]} if self.fragments else state

    def say(self, event: str, **more: Any) -> None:
        word = {"namespace": "reveal", "eventName": event, "state": self.state(), **more}
        self.on_message(word)


@pytest.fixture
def turns() -> list[int]:
    return []


async def opened(frame: MemoryFrame, turns: list[int], slides: Any = None) -> RevealDeck:
    deck = RevealDeck(frame, lambda: turns.append(1))
    opening = asyncio.ensure_future(deck.open(slides))
    await asyncio.sleep(0)
    frame.on_message({"namespace": "reveal", "eventName": "ready", "state": {"paused": False}})
    await asyncio.wait_for(opening, 5)
    return deck


async def test_a_deck_whose_slides_are_known(turns: list[int]) -> None:
    frame = MemoryFrame(1, 2, fragments=2)
    deck = await opened(frame, turns, SLIDES)
    assert deck.slides == tuple(slide.text for slide in SLIDES)
    assert deck.state == DeckState(0, 3, 0)
    deck.next()
    assert deck.state == DeckState(0, 3, 1)
    deck.goto(2, 1)
    assert deck.state == DeckState(2, 3, 1)
    deck.goto(3)
    deck.previous()
    deck.goto(-1)
    asked, *told = frame.posted
    assert asked == ("getTotalSlides", ())
    assert told == [("next", ()), ("slide", (1, 1, 0)), ("prev", ())]
    assert len(turns) == 2


async def test_a_deck_that_is_turned_in_the_frame_itself(turns: list[int]) -> None:
    frame = MemoryFrame(1, 2)
    deck = await opened(frame, turns, SLIDES)
    frame.at = (1, 1, -1)
    frame.say("slidechanged")
    frame.say("slidetransitionend")
    assert (deck.state, len(turns)) == (DeckState(2, 3, 0), 1)


async def test_a_deck_that_only_the_frame_knows_is_looked_through(turns: list[int]) -> None:
    frame = MemoryFrame(2, 1, 3)
    deck = await opened(frame, turns)
    assert deck.state == DeckState(0, 6, 0)
    assert [slide.notes for slide in deck.slides] == [
        *("Notes 0.0", "Notes 0.1", "Notes 1.0", "Notes 2.0", "Notes 2.1", "Notes 2.2")
    ]
    assert not turns  # nobody is told of that
    deck.goto(4)
    assert frame.at == (2, 1, -1)


async def test_a_deck_whose_markdown_is_cut_once_more_in_the_frame(turns: list[int]) -> None:
    deck = await opened(MemoryFrame(1, 2, 1), turns, SLIDES)
    assert deck.state == DeckState(0, 4, 0)
    assert [(slide.title, slide.notes) for slide in deck.slides[2:]] == [
        *(("", "Notes 1.1"), ("", "Notes 2.0"))
    ]
    assert not turns


async def test_slides_that_reveal_js_does_not_count_are_slides(turns: list[int]) -> None:
    deck = await opened(MemoryFrame(1, 2, uncounted=1), turns, SLIDES)
    assert deck.slides == tuple(slide.text for slide in SLIDES)
    assert deck.state == DeckState(0, 3, 0)


async def test_a_frame_that_does_not_answer(
    turns: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.slides.decks.reveal.OPENING_TIMEOUT", 0.01)
    deck = RevealDeck(MemoryFrame(1), lambda: None)
    with pytest.raises(NotADeck, match="does not answer"):
        await deck.open(None)
    with pytest.raises(NotADeck, match="did not start in time"):
        await deck.open(SLIDES)


async def test_a_frame_that_is_removed_is_not_waited_for(turns: list[int]) -> None:
    why = NotADeck("This deck was stopped: so it is.")
    for says_ready in (False, True):
        frame = MemoryFrame(1)
        deck = RevealDeck(frame, lambda: None)
        frame.post = lambda *_: None  # type: ignore[method-assign]  # it answers nothing
        opening = asyncio.ensure_future(deck.open(None))
        await asyncio.sleep(0)
        if says_ready:
            frame.say("ready")
            await asyncio.sleep(0)
        deck.stop(why)
        with pytest.raises(NotADeck, match="so it is"):
            await asyncio.wait_for(opening, 5)


async def test_a_frame_without_end(turns: list[int]) -> None:
    with pytest.raises(NotADeck, match="more than 2000"):
        await opened(MemoryFrame(*[1] * 2001), turns)


@pytest.mark.parametrize(
    "word",
    [
        {},
        {"namespace": "other", "eventName": "slidechanged", "state": {"indexh": 1, "indexv": 0}},
        {"namespace": "reveal"},
        {"namespace": "reveal", "state": "x"},
        {"namespace": "reveal", "state": {"indexh": "1", "indexv": 0}},
        {"namespace": "reveal", "state": {"indexh": True, "indexv": 0}},
        {"namespace": "reveal", "state": {"indexh": 1.5, "indexv": 0}},
        {"namespace": "reveal", "state": {"indexh": -7, "indexv": 0}},
        {"namespace": "reveal", "state": {"indexh": 10**9, "indexv": 0}},
        {"namespace": "reveal", "state": {"indexh": 1, "indexv": 0, "indexf": [1]}},
        {"namespace": "reveal", "state": {"indexh": 7, "indexv": 0}},  # there is no such slide
        {"namespace": "reveal", "eventName": "callback", "method": "next"},
    ],
)
async def test_what_cannot_be_is_passed_over(turns: list[int], word: dict[str, Any]) -> None:
    frame = MemoryFrame(1, 2)
    deck = await opened(frame, turns, SLIDES)
    frame.on_message(word)
    assert deck.state == DeckState(0, 3, 0)
    assert not turns
