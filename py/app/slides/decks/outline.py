"""What a deck is made of, whatever it was read from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.language import _, ngettext
from app.slides.decks import NotADeck
from peerscript.protocol.slides.messages import MAX_SLIDES
from peerscript.protocol.text.display import display_line
from peerscript.slides import SlideText

MAX_TITLE = 80  # characters of a slide's first words, where it has no heading


@dataclass(frozen=True)
class Slide:
    """One slide.

    Attributes:
        across: which column it stands in, counted from 0 (reveal.js: indexh).
        down: how far down in that column (indexv).
        text: its title and notes.
    """

    across: int
    down: int
    text: SlideText


@dataclass(frozen=True)
class Outline:
    """A deck that the frame is given.

    Attributes:
        slides: what it has.
        markup: the HTML that the frame makes them of: all that stands in the element of class
            "slides".
        styles: the deck's own <style> elements.
        formulas: whether KaTeX is needed.
    """

    slides: tuple[Slide, ...]
    markup: str
    styles: str = ""
    formulas: bool = False


def check(slides: Sequence[Slide], name: str) -> None:
    """See that there is something to present, and not more than can be.

    Raises:
        NotADeck: there is not.
    """
    if not slides:
        raise NotADeck(_("{name} has no slides in it.", name=name))
    if len(slides) > MAX_SLIDES:
        raise NotADeck(
            ngettext(
                "{name} has {count} slide: no more than {limit} can be shown.",
                "{name} has {count} slides: no more than {limit} can be shown.",
                len(slides),
                name=name,
                limit=MAX_SLIDES,
            )
        )


def short(text: str) -> str:
    """The first words of a text, in one line."""
    return display_line(text, MAX_TITLE)
