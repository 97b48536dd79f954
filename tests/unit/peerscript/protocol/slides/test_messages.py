"""What two pages say about slides: written, read, and refused when it cannot be."""

from __future__ import annotations

import json
from typing import Any

import pytest

from peerscript.protocol.slides.messages import (
    MAX_PART,
    MAX_POINTS,
    MAX_SLIDES,
    STAGE,
    Black,
    Clock,
    DeckAhead,
    DeckPart,
    Ended,
    Given,
    Got,
    Goto,
    Hand,
    Point,
    Position,
    SlideAhead,
    Stroke,
    Timing,
    Turn,
    Wipe,
    Word,
    decode,
    encode,
)
from peerscript.protocol.vocabulary import Malformed

WORDS: list[Word] = [
    Given("remote"),
    DeckAhead(1, "markdown", "talk.md", 7),
    DeckAhead(2, "none", ""),
    DeckPart(1, 0, "A" * (4 * MAX_PART // 3)),
    SlideAhead(MAX_SLIDES - 1, "Tïtle 😀", "Notes"),
    Position(3, 1, 2, 5, False),
    Position(1, 0, 0, 0, True),
    Timing(True, 61_000, 0),
    Ended(),
    Turn(3, "previous"),
    Goto(4),
    Black(True),
    Clock(600_000, "target"),
    Point(STAGE, 0, True),
    Stroke(1, "0,0 10000,10000"),
    Stroke(1, "5,5"),
    Wipe(),
    Hand(False),
    Got(1, 40_000),
]


@pytest.mark.parametrize("word", WORDS, ids=lambda word: type(word).__name__)
def test_there_and_back(word: Word) -> None:
    assert decode(encode(word)) == word


@pytest.mark.parametrize(
    "table",
    [
        {"kind": "slides-role", "role": "king"},
        {"kind": "slides-deck", "id": 1, "format": "exe", "name": "", "size": 0},
        {"kind": "slides-deck", "id": -1, "format": "pdf", "name": "", "size": 0},
        {"kind": "slides-deck", "id": 1, "format": "pdf", "name": "n" * 201, "size": 0},
        {"kind": "slides-part", "id": 1, "offset": 0, "data": "A" * (2 * MAX_PART)},
        {"kind": "slides-slide", "number": MAX_SLIDES, "title": "", "notes": ""},
        {"kind": "slides-slide", "number": 0, "title": "t" * 201, "notes": ""},
        {"kind": "slides-slide", "number": 0, "title": "", "notes": "n" * 10_001},
        {"kind": "slides-state", "revision": 1, "slide": 5, "step": 0, "total": 5, "black": False},
        {"kind": "slides-state", "revision": 1, "slide": 0, "step": 0, "total": 5, "black": 1},
        {"kind": "slides-turn", "seen": 1, "to": "left"},
        {"kind": "slides-turn", "seen": 1, "to": 7},
        {"kind": "slides-clock", "action": "stop", "target": 0},
        {"kind": "slides-point", "x": STAGE + 1, "y": 0, "shown": True},
        {"kind": "slides-point", "x": 0, "y": STAGE + 1, "shown": True},
        {"kind": "slides-point", "x": 0.5, "y": 0, "shown": True},
        {"kind": "slides-stroke", "id": 1, "points": ""},
        {"kind": "slides-stroke", "id": 1, "points": "1,2 3"},
        {"kind": "slides-stroke", "id": 1, "points": "1,10001"},
        {"kind": "slides-stroke", "id": 1, "points": "١,٢"},
        {"kind": "slides-stroke", "id": 1, "points": "1,2\n3,4"},
        {"kind": "slides-stroke", "id": 1, "points": '1,2" onload="x'},
        {"kind": "slides-stroke", "id": 1, "points": "1,2 " * MAX_POINTS},
        {"kind": "slides-goto", "slide": "1", "step": 0},
    ],
    ids=lambda table: table["kind"],
)
def test_what_cannot_be(table: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        decode(json.dumps(table))


@pytest.mark.parametrize(
    "text",
    [
        '{"kind": "slides-fireworks"}',
        '{"kind": "file-offer"}',
        "hello",
        "",
        "[1, 2]",
        '{"of": "mine"}',
        "[" * 20_000,
    ],
    ids=lambda text: text[:30],
)
def test_what_is_not_about_slides_or_of_a_later_version(text: str) -> None:
    assert decode(text) is None


def test_a_word_of_slides_that_is_cut_off_cannot_be() -> None:
    with pytest.raises(Malformed):
        decode(encode(Goto(4))[:-1])
