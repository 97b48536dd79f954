"""Decks that are reveal.js pages: their slides are taken out, and shown by our own reveal.js."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from app.language import _
from app.slides.decks import NotADeck
from app.slides.decks.markdown import describe
from app.slides.decks.outline import Outline, Slide, check, short
from app.slides.decks.plain import plain_text
from peerscript.slides import SlideText


@dataclass(frozen=True)
class Section:
    """A <section> that is one slide.

    Attributes:
        title: the HTML of its heading; of all but its notes, if it has none.
        notes: the text of its attribute for notes.
        asides: the HTML of each element with notes in it.
        markdown: what reveal.js makes the slide of; None if it is HTML.
    """

    title: str = ""
    notes: str = ""
    asides: tuple[str, ...] = ()
    markdown: str | None = None

    def text(self) -> SlideText:
        if self.markdown is not None:
            return describe(self.markdown)
        notes = "\n".join((self.notes, *(plain_text(aside) for aside in self.asides)))
        return SlideText(short(plain_text(self.title)), notes.strip())


@dataclass(frozen=True)
class RevealPage:
    """What a reveal.js page has in it, as a browser reads it.

    Attributes:
        columns: the sections in the element of class "slides", each with those in it, if any: they
            are below each other.
        markup: that element's HTML, without what would not work in the frame (decision 12).
        styles: the page's <style> elements outside of it.
        formulas: whether formulas are marked in it, as its own scripts would draw them.
    """

    columns: tuple[tuple[Section, ...], ...]
    markup: str
    styles: str
    formulas: bool = False


class PageParser(Protocol):
    """The browser's parser, as `ui.bridge.revealpage` has it."""

    def __call__(self, page: str, /) -> RevealPage | None:
        """Read a page, and run and load nothing of it; None if no element is of class "slides"."""


def read_html(name: str, page: str, parse: PageParser) -> Outline:
    """Take the slides out of a reveal.js page, and its own styles.

    Raises:
        NotADeck: there are none, or too many.
    """
    found = parse(page)
    if found is None:
        raise NotADeck(_("{name} has no reveal.js slides in it.", name=name))
    slides = tuple(
        Slide(across, down, section.text())
        for across, column in enumerate(found.columns)
        for down, section in enumerate(column)
    )
    check(slides, name)
    return Outline(slides, found.markup, found.styles, found.formulas)
