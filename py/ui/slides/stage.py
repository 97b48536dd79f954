"""The screen on which a deck is shown (app.slides.ports.Screen): `#slides-stage`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from app.slides.decks import NotADeck
from app.slides.decks.document import document
from app.slides.decks.formulas import draw_formulas
from app.slides.decks.markdown import read_markdown
from app.slides.decks.outline import Outline
from app.slides.decks.pdf import PdfDeck
from app.slides.decks.reading import text_of
from app.slides.decks.reveal import RevealDeck
from app.slides.decks.revealhtml import read_html
from peerscript.protocol.slides.ink import Ink
from peerscript.protocol.slides.messages import Point, Stroke
from peerscript.slides import Deck, DeckSource
from ui.bridge import katex, page
from ui.bridge.elements import by_id, new_svg
from ui.bridge.frame import DeckFrame, template
from ui.bridge.pdf import PdfPages
from ui.bridge.revealpage import parse
from ui.slides.password import PasswordDialog

_ASKED = "postMessageEvents=true"  # makes a reveal.js page send its events


class Stage:
    """A frame for reveal.js and a canvas for PDFs, under the ink, a black cover and a text.

    Attributes:
        on_turned: called when the deck has turned, for whatever reason.
    """

    def __init__(self) -> None:
        self.on_turned: Callable[[], None] = lambda: None
        self._frame: DeckFrame | None = None
        self._deck: RevealDeck | None = None  # in the frame
        self._pages: PdfPages | None = None
        self._password = PasswordDialog()
        self._point: Point | None = None
        self._strokes: tuple[Stroke, ...] = ()

    async def show(self, source: DeckSource) -> Deck:
        """Show a deck, replacing the one before.

        Raises:
            NotADeck: it cannot be shown; the one before is removed all the same.
        """
        self.close()
        if source.format == "pdf":
            return await self._show_pdf(source)
        return await self._show_in_frame(source)

    async def _show_pdf(self, source: DeckSource) -> Deck:
        self._pages = await PdfPages.open(
            source.data, lambda wrong: self._password.ask(source.name, wrong=wrong)
        )
        by_id("slides-stage").set(data_shows="page")
        deck = PdfDeck(self._pages, self._turned)
        await deck.open()
        return deck

    async def _show_in_frame(self, source: DeckSource) -> Deck:
        text = text_of(source)
        slides = None
        if source.format == "url":
            self._frame = DeckFrame(self._stopped, url=_asked(text))
        else:
            outline = (
                read_html(source.name, text, parse)
                if source.format == "html"
                else read_markdown(source.name, text)
            )
            slides = outline.slides
            if outline.formulas:
                outline = await _drawn(outline)
            shown = document(template(), page.address(), outline)
            self._frame = DeckFrame(self._stopped, html=shown)
        by_id("slides-stage").set(data_shows="frame")
        self._deck = deck = RevealDeck(self._frame, self._turned)
        await deck.open(slides)
        return deck

    def close(self) -> None:
        """Remove the deck."""
        by_id("slides-stage").drop("data-shows")
        frame, self._frame, self._deck = self._frame, None, None
        pages, self._pages = self._pages, None
        self._password.close()
        self.ink(Ink())
        self.black(False)
        if frame is not None:
            frame.close()
        if pages is not None:
            pages.close()

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

    def _stopped(self, why: str) -> None:
        words = f"This deck was stopped: {why}."
        self.cover(words)
        if self._deck is not None:
            self._deck.stop(NotADeck(words))


async def _drawn(outline: Outline) -> Outline:
    """The deck with its formulas drawn."""
    await katex.load()
    markup = draw_formulas(outline.markup, katex.draw)
    return replace(outline, markup=markup, styles=katex.styles() + outline.styles)


def _asked(url: str) -> str:
    """The address, with the query that makes reveal.js send its events."""
    address, hash, fragment = url.partition("#")
    return f"{address}{'&' if '?' in address else '?'}{_ASKED}{hash}{fragment}"
