"""What slides need from the page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from app.slides.views import PresenterView, RemoteView
from peerscript.protocol.slides.ink import Ink
from peerscript.slides import Deck, DeckSource


class Screen(Protocol):
    """Where a deck is shown: `ui.slides.stage.Stage`."""

    on_turned: Callable[[], None]

    async def show(self, source: DeckSource) -> Deck:
        """Show a deck, replacing the one before.

        Raises:
            DeckRemoved: another was chosen, or none, before it was there.
            NotADeck: it cannot be shown; the one before is removed all the same.
        """

    def close(self) -> None:
        """Remove the deck."""

    def black(self, on: bool) -> None:
        """Hide the slide, or show it again."""

    def ink(self, ink: Ink) -> None:
        """Show a laser's point and strokes over the slide."""

    def cover(self, text: str) -> None:
        """Show a text over the slide; "" removes it."""


class PresenterPanel(Protocol):
    """The presenter's controls."""

    def show(self, view: PresenterView) -> None:
        """Show this state."""

    def hide(self) -> None:
        """Nothing is presented."""


class RemotePanel(Protocol):
    """The controls of a remote or a follower."""

    def show(self, view: RemoteView) -> None:
        """Show this state."""

    def hide(self) -> None:
        """Nothing is watched."""


class OffersPanel(Protocol):
    """Shows whose slides may be followed."""

    def show(self, offers: Sequence[tuple[str, str]]) -> None:
        """Show these: the keys and the names of contacts."""


class DeckStore(Protocol):
    """Stores the presented deck over a reload."""

    async def save(self, key: str, source: DeckSource) -> None:
        """Save a deck."""

    async def load(self, key: str) -> DeckSource | None:
        """The deck that was saved; None if there is none."""

    async def forget(self, key: str) -> None:
        """Delete the deck."""
