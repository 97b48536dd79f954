"""What a presenter's page and its viewers say to each other, on three channels of their Link.

"slides" has everything but points, of which the newest alone counts ("slides-point"), and the parts
of a deck, which are bulk ("slides-deck"). `docs/slides.md` has them as a table. Everything that
arrives is checked here: a word that cannot be is `Malformed`, and its sender is dropped.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar

from peerscript.protocol.vocabulary import Malformed, Vocabulary, data, text

STAGE = 10_000  # the width and the height of the stage, whatever its size in pixels
MAX_POINTS = 8_000  # characters of a stroke
MAX_NAME = 200  # characters of a deck's name
MAX_TITLE = 200  # characters
MAX_NOTES = 10_000  # characters
MAX_PART = 60_000  # bytes of a deck in one word
MAX_SLIDES = 2_000

_PLACE = r"(?:10000|[0-9]{1,4})"
_POINTS = re.compile(f"{_PLACE},{_PLACE}(?: {_PLACE},{_PLACE})*")


Checked = TypeVar("Checked")


class Role(Enum):
    """What somebody may do."""

    REMOTE = "remote"  # turn the slides, see the notes
    FOLLOWER = "follower"  # see the slides
    NOBODY = "nobody"


# The presenter to a viewer


@dataclass(frozen=True)
class Given:
    """What you may do: a Role's value. The first word, and said again when it changes."""

    role: str = text(10)


@dataclass(frozen=True)
class DeckAhead:
    """A deck follows, in parts; what came of the one before is void. "none": nothing to show."""

    id: int
    format: str = text(10)
    name: str = text(MAX_NAME)
    size: int = 0


@dataclass(frozen=True)
class DeckPart:
    """Some bytes of the deck, in order. Those of a deck with another `id` are void, unless the word
    of it is still to come (`SlideChannels.read`).
    """

    id: int
    offset: int
    data: bytes = data(MAX_PART)


@dataclass(frozen=True)
class SlideAhead:
    """What a slide is called. Its notes go to remotes alone."""

    number: int
    title: str = text(MAX_TITLE)
    notes: str = text(MAX_NOTES)


@dataclass(frozen=True)
class Position:
    """Where the deck stands.

    Attributes:
        revision: grows with every change.
        slide: counted from 0.
        step: how many of the slide's fragments are shown.
        total: how many slides there are.
        black: whether the screen is black.
    """

    revision: int
    slide: int
    step: int
    total: int
    black: bool


@dataclass(frozen=True)
class Timing:
    """The timer: milliseconds that it shows, and those that the talk may take; 0 for no limit."""

    running: bool
    elapsed: int
    target: int


@dataclass(frozen=True)
class Ended:
    """Nothing is presented any more."""


# A remote to the presenter


@dataclass(frozen=True)
class Turn:
    """One step: "next" or "previous", from the revision that the sender has seen."""

    seen: int
    to: str = text(10)


@dataclass(frozen=True)
class Goto:
    """To a slide, and so many of its fragments."""

    slide: int
    step: int = 0


@dataclass(frozen=True)
class Black:
    """Make the screen black, or show the slide again."""

    on: bool


@dataclass(frozen=True)
class Clock:
    """The timer: "start", "pause", "reset", or a "target" in milliseconds."""

    target: int
    action: str = text(10)


# Both ways: what a remote draws, and what all see


@dataclass(frozen=True)
class Point:
    """Where the laser points, in 1/10000 of the stage's width and height."""

    x: int
    y: int
    shown: bool


@dataclass(frozen=True)
class Stroke:
    """A pen's line, as SVG has it: "x,y x,y". The same number again takes its place."""

    id: int
    points: str = text(MAX_POINTS)


@dataclass(frozen=True)
class Wipe:
    """All strokes are gone."""


# A viewer to the presenter, and back when the presenter has lowered it


@dataclass(frozen=True)
class Hand:
    """A hand is raised, or not."""

    up: bool


Word = (
    Given
    | DeckAhead
    | SlideAhead
    | Position
    | Timing
    | Ended
    | Turn
    | Goto
    | Black
    | Clock
    | Stroke
    | Wipe
    | Hand
)

_CHOICES: dict[type[Any], tuple[str, frozenset[str]]] = {
    Given: ("role", frozenset(role.value for role in Role)),
    DeckAhead: ("format", frozenset(("markdown", "html", "pdf", "url", "none"))),
    Turn: ("to", frozenset(("next", "previous"))),
    Clock: ("action", frozenset(("start", "pause", "reset", "target"))),
}


class _Checked(Vocabulary[Checked]):
    """Fields are checked against each other and against the choices there are, too."""

    def from_value(self, value: object) -> Checked | None:
        word = super().from_value(value)
        if word is not None and not _is_good(word):
            raise Malformed(f"{type(word).__name__}: {str(word)[:80]}")
        return word


def _is_good(word: object) -> bool:
    if type(word) in _CHOICES:
        name, choices = _CHOICES[type(word)]
        return getattr(word, name) in choices
    if isinstance(word, Point):
        return word.x <= STAGE and word.y <= STAGE
    if isinstance(word, Stroke):
        return bool(_POINTS.fullmatch(word.points))
    if isinstance(word, SlideAhead):
        return word.number < MAX_SLIDES
    if isinstance(word, Position):
        return word.slide < max(word.total, 1)
    return True


SLIDES = _Checked[Word](
    {
        "role": Given,
        "deck": DeckAhead,
        "slide": SlideAhead,
        "state": Position,
        "timer": Timing,
        "end": Ended,
        "turn": Turn,
        "goto": Goto,
        "black": Black,
        "clock": Clock,
        "stroke": Stroke,
        "wipe": Wipe,
        "hand": Hand,
    }
)
SLIDES_POINT = _Checked[Point]({"point": Point})
SLIDES_DECK = _Checked[DeckPart]({"part": DeckPart})
