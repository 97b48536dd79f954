"""What every deck has, and how much of it."""

from __future__ import annotations

import pytest

from app.slides.decks import NotADeck
from app.slides.decks.outline import Slide, check, short
from peerscript.protocol.slides.messages import MAX_SLIDES
from peerscript.slides import SlideText

SLIDE = Slide(0, 0, SlideText())


def test_some_slides_but_not_too_many() -> None:
    check([SLIDE] * MAX_SLIDES, "talk.md")
    with pytest.raises(NotADeck, match="has no slides"):
        check([], "talk.md")
    with pytest.raises(NotADeck, match="has 2001 slides"):
        check([SLIDE] * (MAX_SLIDES + 1), "talk.md")


def test_the_first_words_of_a_text() -> None:
    assert short("  one\n two\t ") == "one two"
    assert short("w" * 80) == "w" * 80
    assert short("word " * 40) == f"{('word ' * 16)[:79].rstrip()}…"
