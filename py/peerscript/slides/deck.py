"""The interface of a deck: any object with these four members."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from peerscript.protocol.slides.messages import MAX_SLIDES


@dataclass(frozen=True)
class DeckState:
    """The position of a deck.

    Attributes:
        slide: counted from 0.
        total: how many slides there are.
        step: how many of the slide's fragments are shown.
    """

    slide: int = 0
    total: int = 1
    step: int = 0


@dataclass(frozen=True)
class SlideText:
    """A slide's title and notes, in plain text."""

    title: str = ""
    notes: str = ""


class Deck(Protocol):
    """A deck. It may also have `slides`, a sequence of SlideText.

    The methods may take effect later: the owner of the deck calls `Presenter.update` when it has
    turned. A slide that does not exist changes nothing.
    """

    @property
    def state(self) -> DeckState:
        """The current position."""

    def next(self) -> None:
        """Go one step forward: a fragment, or a slide."""

    def previous(self) -> None:
        """Go one step back."""

    def goto(self, slide: int, step: int = 0) -> None:
        """Go to a slide, counted from 0, with so many of its fragments shown."""


def texts_of(deck: Deck) -> tuple[SlideText, ...]:
    """The titles and notes that a deck has."""
    slides: Sequence[SlideText] = getattr(deck, "slides", ())
    return tuple(slides)[:MAX_SLIDES]


def require_deck(deck: object) -> None:
    """Raise a TypeError that names what an object lacks of a deck."""
    missing = [name for name in ("state", "next", "previous", "goto") if not hasattr(deck, name)]
    if missing:
        raise TypeError(f"{deck!r} is no deck: it has no {', '.join(missing)}")
