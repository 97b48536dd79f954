"""What slides need from the page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from app.slides.views import PresenterView, RemoteView
from peerscript.protocol.slides.ink import Ink
from peerscript.slides import Deck, DeckSource


class Screen(Protocol):
    """Where a deck is shown: `ui.slides.stage.Stage`."""

    on_turned: Callable[[], None]

    async def show(self, source: DeckSource) -> Deck:
        """Open a deck, in place of the one before.

        Raises:
            NotADeck: it cannot be shown; the one before is gone, too.
        """

    def close(self) -> None:
        """Take the deck away."""

    def black(self, on: bool) -> None:
        """Hide the slide, or show it again."""

    def ink(self, ink: Ink) -> None:
        """Show a laser's point and strokes over the slide."""

    def cover(self, text: str) -> None:
        """Lay words over the slide; "" takes them away."""


class PresenterPanel(Protocol):
    """The presenter's controls."""

    def show(self, view: PresenterView) -> None:
        """Show this state."""

    def hide(self) -> None:
        """Nothing is presented."""


class RemotePanel(Protocol):
    """The controls of a remote, or of somebody who follows."""

    def show(self, view: RemoteView) -> None:
        """Show this state."""

    def hide(self) -> None:
        """Nothing is watched."""


class DeckStore(Protocol):
    """Where the deck that is presented outlives a reload."""

    async def save(self, key: str, source: DeckSource) -> None:
        """Keep a deck."""

    async def load(self, key: str) -> DeckSource | None:
        """The deck that was kept."""

    async def forget(self, key: str) -> None:
        """Keep it no more."""
