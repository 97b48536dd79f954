"""The messages between a presenter's page and its viewers, on three channels of their Link.

"slides" has everything except laser points ("slides-point", where only the newest counts) and the
parts of a deck ("slides-deck", which is bulk). `docs/slides.md` lists them in a table. Everything
that arrives is checked here: an invalid message is `Malformed`, and its sender is dropped.
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
MAX_PART = 60_000  # bytes of a deck in one message
MAX_SLIDES = 2_000

_PLACE = r"(?:10000|[0-9]{1,4})"
_POINTS = re.compile(f"{_PLACE},{_PLACE}(?: {_PLACE},{_PLACE})*")


Checked = TypeVar("Checked")


class Role(Enum):
    """What a participant may do."""

    REMOTE = "remote"  # turn the slides, see the notes
    FOLLOWER = "follower"  # see the slides
    INVITED = "invited"  # become a follower by asking
    NOBODY = "nobody"


# The presenter to a viewer


@dataclass(frozen=True)
class RoleGranted:
    """The receiver's role: a Role's value. Sent first, and again when it changes."""

    role: str = text(10)


@dataclass(frozen=True)
class DeckHeader:
    """A new deck, whose parts follow, replaces the one before. Format "none": no deck to show."""

    id: int
    format: str = text(10)
    name: str = text(MAX_NAME)
    size: int = 0


@dataclass(frozen=True)
class DeckPart:
    """Some bytes of the deck, in order. Parts with another `id` than the current DeckHeader's are
    ignored, unless their header is still to come (`SlideChannels.read`).
    """

    id: int
    offset: int
    data: bytes = data(MAX_PART)


@dataclass(frozen=True)
class SlideInfo:
    """A slide's title and notes; notes are sent only to remotes."""

    number: int
    title: str = text(MAX_TITLE)
    notes: str = text(MAX_NOTES)


@dataclass(frozen=True)
class Position:
    """The current position of the deck.

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
    """The timer: the milliseconds elapsed, and the target of the presentation; 0 for no limit."""

    running: bool
    elapsed: int
    target: int


@dataclass(frozen=True)
class Offer:
    """The receiver may follow: see Follow."""


@dataclass(frozen=True)
class Ended:
    """The presentation has ended."""


# A remote to the presenter


@dataclass(frozen=True)
class Turn:
    """Go one step: "next" or "previous", from the revision that the sender has seen."""

    seen: int
    to: str = text(10)


@dataclass(frozen=True)
class Goto:
    """Go to a slide, with so many of its fragments shown."""

    slide: int
    step: int = 0


@dataclass(frozen=True)
class Black:
    """Make the screen black, or show the slide again."""

    on: bool


@dataclass(frozen=True)
class Clock:
    """Control the timer: "start", "pause", "reset", or "target" in milliseconds."""

    target: int
    action: str = text(10)


# Somebody who was offered the slides to the presenter


@dataclass(frozen=True)
class Follow:
    """The sender wants to follow."""


# Both ways: what a remote draws is sent on to all others


@dataclass(frozen=True)
class Point:
    """Where the laser points, in 1/10000 of the stage's width and height."""

    x: int
    y: int
    shown: bool


@dataclass(frozen=True)
class Stroke:
    """A pen's line, as in SVG: "x,y x,y". Another one with the same ID replaces it."""

    id: int
    points: str = text(MAX_POINTS)


@dataclass(frozen=True)
class Wipe:
    """Remove all strokes."""


# A viewer to the presenter, and back when the presenter lowers it


@dataclass(frozen=True)
class Hand:
    """A hand is raised or lowered."""

    up: bool


SlideMessage = (
    RoleGranted
    | DeckHeader
    | SlideInfo
    | Position
    | Timing
    | Offer
    | Ended
    | Turn
    | Goto
    | Black
    | Clock
    | Follow
    | Stroke
    | Wipe
    | Hand
)

_CHOICES: dict[type[Any], tuple[str, frozenset[str]]] = {
    RoleGranted: ("role", frozenset(role.value for role in Role if role is not Role.INVITED)),
    DeckHeader: ("format", frozenset(("markdown", "html", "pdf", "url", "none"))),
    Turn: ("to", frozenset(("next", "previous"))),
    Clock: ("action", frozenset(("start", "pause", "reset", "target"))),
}


class _Checked(Vocabulary[Checked]):
    """Also checks fields against each other and against their allowed values."""

    def from_value(self, value: object) -> Checked | None:
        message = super().from_value(value)
        if message is not None and not _is_good(message):
            raise Malformed(f"{type(message).__name__}: {str(message)[:80]}")
        return message


def _is_good(message: object) -> bool:
    if type(message) in _CHOICES:
        name, choices = _CHOICES[type(message)]
        return getattr(message, name) in choices
    if isinstance(message, Point):
        return message.x <= STAGE and message.y <= STAGE
    if isinstance(message, Stroke):
        return bool(_POINTS.fullmatch(message.points))
    if isinstance(message, SlideInfo):
        return message.number < MAX_SLIDES
    if isinstance(message, Position):
        return message.slide < max(message.total, 1)
    return True


SLIDES = _Checked[SlideMessage](
    {
        "role": RoleGranted,
        "deck": DeckHeader,
        "slide": SlideInfo,
        "state": Position,
        "timer": Timing,
        "offer": Offer,
        "end": Ended,
        "turn": Turn,
        "goto": Goto,
        "black": Black,
        "clock": Clock,
        "follow": Follow,
        "stroke": Stroke,
        "wipe": Wipe,
        "hand": Hand,
    }
)
SLIDES_POINT = _Checked[Point]({"point": Point})
SLIDES_DECK = _Checked[DeckPart]({"part": DeckPart})
