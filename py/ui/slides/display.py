"""An element in which decks are shown: a frame for reveal.js, and a canvas for PDFs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from app.language import _
from app.slides.decks import DeckRemoved, NotADeck
from app.slides.decks.document import document
from app.slides.decks.formulas import draw_formulas
from app.slides.decks.inlined import inlined
from app.slides.decks.markdown import read_markdown
from app.slides.decks.outline import Outline
from app.slides.decks.pdf import PdfDeck
from app.slides.decks.reading import text_of
from app.slides.decks.reveal import RevealDeck
from app.slides.decks.revealhtml import read_html
from peerscript.slides import Deck, DeckSource
from ui.bridge import katex, page
from ui.bridge.elements import Element
from ui.bridge.frame import DeckFrame, template
from ui.bridge.pdf import PdfPages
from ui.bridge.revealpage import parse

_ASKED = "postMessageEvents=true"  # makes a reveal.js page send its events


class Display:
    """One such element.

    Args:
        host: has a <template> of a frame, and a <canvas>; its `data-shows` tells which is seen.
        turned: called when the deck has turned, for whatever reason.
        stopped: called with the words for a person when the deck was taken away.
        ask: returns the password of a locked PDF, or None; True: the one before was wrong.
    """

    def __init__(
        self,
        host: Element,
        turned: Callable[[], None],
        stopped: Callable[[str], None],
        ask: Callable[[DeckSource, bool], Awaitable[str | None]],
    ) -> None:
        self._host = host
        self._turned = turned
        self._tell_stopped = stopped
        self._ask = ask
        self._frame: DeckFrame | None = None
        self._deck: RevealDeck | None = None  # in the frame
        self._pages: PdfPages | None = None
        self._changes = 0  # of what is to be shown

    async def show(self, source: DeckSource) -> Deck:
        """Show a deck, replacing the one before.

        Raises:
            DeckRemoved: another was chosen, or none, before it was there.
            NotADeck: it cannot be shown; the one before is removed all the same.
        """
        self.close()
        change = self._changes
        if source.format == "pdf":
            return await self._show_pdf(source, change)
        return await self._show_in_frame(source, change)

    async def _show_pdf(self, source: DeckSource, change: int) -> Deck:
        pages = await PdfPages.open(source.data, self._host, lambda wrong: self._ask(source, wrong))
        if change != self._changes:
            pages.close()
            raise DeckRemoved
        self._pages = pages
        self._host.set(data_shows="page")
        deck = PdfDeck(self._pages, self._turned)
        await deck.open()
        self._require_newest(change)
        return deck

    async def _show_in_frame(self, source: DeckSource, change: int) -> Deck:
        text = text_of(source)
        slides = None
        if source.format == "url":
            self._frame = DeckFrame(self._host, self._stopped, url=_asked(text))
        else:
            outline = (
                read_html(source.name, text, parse)
                if source.format == "html"
                else read_markdown(source.name, text)
            )
            slides = outline.slides
            if outline.formulas:
                outline = await _drawn(outline)
            shown = document(await _inlined(template()), page.address(), outline)
            self._require_newest(change)
            self._frame = DeckFrame(self._host, self._stopped, html=shown)
        self._host.set(data_shows="frame")
        self._deck = deck = RevealDeck(self._frame, self._turned)
        await deck.open(slides)
        self._require_newest(change)
        return deck

    def _require_newest(self, change: int) -> None:
        if change != self._changes:
            raise DeckRemoved

    def close(self) -> None:
        """Remove the deck, or show none that is about to be."""
        self._changes += 1
        self._host.drop("data-shows")
        frame, self._frame = self._frame, None
        deck, self._deck = self._deck, None
        pages, self._pages = self._pages, None
        if deck is not None:
            deck.stop(DeckRemoved())
        if frame is not None:
            frame.close()
        if pages is not None:
            pages.close()

    def _stopped(self, why: str) -> None:
        words = _("This deck was stopped: {why}.", why=why)
        self._tell_stopped(words)
        if self._deck is not None:
            self._deck.stop(NotADeck(words))


_complete: dict[str, str] = {}  # by the HTML without its files: another deck needs no network


async def _inlined(html: str) -> str:
    """The HTML with the files that it names in it.

    Raises:
        NotADeck: one is not to be had.
    """
    if html not in _complete:
        try:
            _complete[html] = await inlined(html, page.address(), page.fetch)
        except OSError as error:
            words = _("What shows decks could not be loaded: {error}", error=error)
            raise NotADeck(words) from error
    return _complete[html]


async def _drawn(outline: Outline) -> Outline:
    """The deck with its formulas drawn."""
    await katex.load()
    markup = draw_formulas(outline.markup, katex.draw)
    return replace(outline, markup=markup, styles=await _inlined(katex.styles()) + outline.styles)


def _asked(url: str) -> str:
    """The address, with the query that makes reveal.js send its events."""
    address, hash, fragment = url.partition("#")
    return f"{address}{'&' if '?' in address else '?'}{_ASKED}{hash}{fragment}"
