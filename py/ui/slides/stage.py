"""The screen on which a deck is shown (app.slides.ports.Screen): `#slides-stage`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from peerscript.protocol.slides.ink import Ink
from peerscript.protocol.slides.messages import Point, Stroke
from peerscript.slides import Deck, DeckSource
from ui.bridge.elements import by_id, new_svg
from ui.slides.password import PasswordDialog

if TYPE_CHECKING:
    from ui.slides.display import Display


class Stage:
    """A deck under the ink, a black cover and a text.

    Attributes:
        on_turned: called when the deck has turned, for whatever reason.

    Args:
        password: asks for that of a PDF.
    """

    def __init__(self, password: PasswordDialog) -> None:
        self.on_turned: Callable[[], None] = lambda: None
        self._password = password
        self._display: Display | None = None
        self._point: Point | None = None
        self._strokes: tuple[Stroke, ...] = ()

    async def show(self, source: DeckSource) -> Deck:
        """Show a deck, replacing the one before.

        Raises:
            DeckRemoved: another was chosen, or none, before it was there.
            NotADeck: it cannot be shown; the one before is removed all the same.
        """
        from ui.slides.display import Display  # reads decks of every kind: not before there is one

        self.close()
        if self._display is None:
            ask = self._password.ask
            self._display = Display(by_id("slides-stage"), self._turned, self.cover, ask)
        return await self._display.show(source)

    def close(self) -> None:
        """Remove the deck."""
        self._password.close()
        if self._display is not None:
            self._display.close()
        self.ink(Ink())
        self.black(False)

    def black(self, on: bool) -> None:
        """Hide the slide, or show it again."""
        by_id("slides-black").hidden = not on

    def cover(self, text: str) -> None:
        """Show a text over the slide; "" removes it."""
        cover = by_id("slides-cover")
        if cover.text != text:
            cover.text = text
        cover.hidden = not text

    def ink(self, ink: Ink) -> None:
        """Show a laser's point and strokes over the slide."""
        if ink.point != self._point:
            self._point = ink.point
            laser = by_id("slides-laser")
            if ink.point is None:
                laser.set(visibility="hidden")
            else:
                laser.set(cx=str(ink.point.x), cy=str(ink.point.y), visibility="visible")
        if ink.strokes != self._strokes:
            self._strokes = ink.strokes
            self._draw()

    def _draw(self) -> None:
        drawn = by_id("slides-strokes")
        drawn.clear()
        for stroke in self._strokes:
            line = drawn.append(new_svg("polyline"))
            line.set(points=stroke.points)

    def _turned(self) -> None:
        self.on_turned()
