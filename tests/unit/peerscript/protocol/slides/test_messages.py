"""What two pages say about slides: written, read, and refused when it cannot be."""

from __future__ import annotations

from typing import Any

import pytest

from peerscript.protocol.slides.messages import (
    MAX_PART,
    MAX_POINTS,
    MAX_SLIDES,
    SLIDES,
    SLIDES_DECK,
    SLIDES_POINT,
    STAGE,
    Black,
    Clock,
    DeckHeader,
    DeckPart,
    Ended,
    Follow,
    Goto,
    Hand,
    Offer,
    Point,
    Position,
    RoleGranted,
    SlideInfo,
    SlideMessage,
    Stroke,
    Timing,
    Turn,
    Wipe,
)
from peerscript.protocol.values import pythonpack
from peerscript.protocol.vocabulary import Malformed, Vocabulary

WORDS: list[SlideMessage] = [
    RoleGranted("remote"),
    DeckHeader(1, "markdown", "talk.md", 7),
    DeckHeader(2, "none", ""),
    SlideInfo(MAX_SLIDES - 1, "Tïtle 😀", "Notes"),
    Position(3, 1, 2, 5, False),
    Position(1, 0, 0, 0, True),
    Timing(True, 61_000, 0),
    Offer(),
    Ended(),
    Turn(3, "previous"),
    Goto(4),
    Black(True),
    Clock(600_000, "target"),
    Follow(),
    Stroke(1, "0,0 10000,10000"),
    Stroke(1, "5,5"),
    Wipe(),
    Hand(False),
]


@pytest.mark.parametrize(
    ("vocabulary", "word"),
    [
        *((SLIDES, word) for word in WORDS),
        (SLIDES_POINT, Point(STAGE, 0, True)),
        (SLIDES_DECK, DeckPart(1, 0, b"\xff" * MAX_PART)),
        (SLIDES_DECK, DeckPart(2, MAX_PART, b"A")),
    ],
    ids=lambda value: type(value).__name__,
)
def test_there_and_back(vocabulary: Vocabulary[Any], word: object) -> None:
    travels = pythonpack.pack(vocabulary.to_value(word))
    assert vocabulary.from_value(pythonpack.unpack_one(travels)) == word


def test_points_and_parts_have_channels_of_their_own() -> None:
    kinds = [set(each.kinds) for each in (SLIDES, SLIDES_POINT, SLIDES_DECK)]
    assert len(set.union(*kinds)) == sum(map(len, kinds))


BAD_POINTS = [
    {"kind": "point", "x": STAGE + 1, "y": 0, "shown": True},
    {"kind": "point", "x": 0, "y": STAGE + 1, "shown": True},
    {"kind": "point", "x": 0.5, "y": 0, "shown": True},
]
BAD_PARTS = [
    {"kind": "part", "id": 1, "offset": 0, "data": b"A" * (MAX_PART + 1)},
    {"kind": "part", "id": 1, "offset": 0, "data": "QUJD"},
    {"kind": "part", "id": 1, "offset": -1, "data": b"A"},
    {"kind": "part", "id": 1, "data": b"A"},
]
BAD_WORDS = [
    {"kind": "role", "role": "king"},
    {"kind": "role", "role": "invited"},  # an offer says so
    {"kind": "deck", "id": 1, "format": "exe", "name": "", "size": 0},
    {"kind": "deck", "id": -1, "format": "pdf", "name": "", "size": 0},
    {"kind": "deck", "id": 1, "format": "pdf", "name": "n" * 201, "size": 0},
    {"kind": "slide", "number": MAX_SLIDES, "title": "", "notes": ""},
    {"kind": "slide", "number": 0, "title": "t" * 201, "notes": ""},
    {"kind": "slide", "number": 0, "title": "", "notes": "n" * 10_001},
    {"kind": "state", "revision": 1, "slide": 5, "step": 0, "total": 5, "black": False},
    {"kind": "state", "revision": 1, "slide": 0, "step": 0, "total": 5, "black": 1},
    {"kind": "turn", "seen": 1, "to": "left"},
    {"kind": "turn", "seen": 1, "to": 7},
    {"kind": "clock", "action": "stop", "target": 0},
    {"kind": "stroke", "id": 1, "points": ""},
    {"kind": "stroke", "id": 1, "points": "1,2 3"},
    {"kind": "stroke", "id": 1, "points": "1,10001"},
    {"kind": "stroke", "id": 1, "points": "١,٢"},
    {"kind": "stroke", "id": 1, "points": "1,2\n3,4"},
    {"kind": "stroke", "id": 1, "points": '1,2" onload="x'},
    {"kind": "stroke", "id": 1, "points": "1,2 " * MAX_POINTS},
    {"kind": "goto", "slide": "1", "step": 0},
]


@pytest.mark.parametrize(
    ("vocabulary", "table"),
    [
        *((SLIDES, table) for table in BAD_WORDS),
        *((SLIDES_POINT, table) for table in BAD_POINTS),
        *((SLIDES_DECK, table) for table in BAD_PARTS),
    ],
    ids=lambda value: value["kind"] if isinstance(value, dict) else "",
)
def test_what_cannot_be(vocabulary: Vocabulary[Any], table: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        vocabulary.from_value(table)


@pytest.mark.parametrize("vocabulary", [SLIDES, SLIDES_POINT, SLIDES_DECK])
@pytest.mark.parametrize("kind", ["fireworks", "file-offer", ""])
def test_a_word_of_a_later_version_is_passed_over(vocabulary: Vocabulary[Any], kind: str) -> None:
    assert vocabulary.from_value({"kind": kind, "bang": [1]}) is None


@pytest.mark.parametrize("vocabulary", [SLIDES, SLIDES_POINT, SLIDES_DECK])
@pytest.mark.parametrize("value", ["hello", "", [1, 2], {"of": "mine"}, {"kind": 7}, b"", None])
def test_what_is_no_word_at_all_cannot_be(vocabulary: Vocabulary[Any], value: object) -> None:
    with pytest.raises(Malformed):
        vocabulary.from_value(value)


@pytest.mark.parametrize(
    "table",
    [
        {"kind": "goto"},
        {"kind": "goto", "slide": True, "step": 0},
        {"kind": "black"},
        {"kind": "hand", "up": 1},
        {"kind": "slide", "number": 0, "title": "\ud800", "notes": ""},
    ],
)
def test_a_word_with_a_field_that_lacks_or_is_of_another_kind(table: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        SLIDES.from_value(table)
