"""What can be turned: any object with these four participants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class DeckState:
    """Where a deck stands.

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
    """What is known of a slide without looking at it; both in plain text."""

    title: str = ""
    notes: str = ""


class Deck(Protocol):
    """A deck. It may also have `slides`, a sequence of SlideText.

    The methods may take effect later: whoever owns the deck calls `Presenter.update` when it has
    turned. A slide that is not there changes nothing.
    """

    @property
    def state(self) -> DeckState:
        """Where it stands now."""

    def next(self) -> None:
        """One step on: a fragment, or a slide."""

    def previous(self) -> None:
        """One step back."""

    def goto(self, slide: int, step: int = 0) -> None:
        """To a slide, counted from 0, with so many of its fragments shown."""
