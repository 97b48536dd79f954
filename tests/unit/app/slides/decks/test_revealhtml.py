"""What the slides of a reveal.js page are called; how it is read, browsers' tests show."""

from __future__ import annotations

import pytest

from app.slides.decks import NotADeck
from app.slides.decks.outline import Outline, Slide
from app.slides.decks.revealhtml import RevealPage, Section, read_html
from peerscript.protocol.slides.messages import MAX_SLIDES
from peerscript.slides import SlideText


def read(*columns: tuple[Section, ...]) -> Outline:
    page = RevealPage(columns, "<section></section>", "<style></style>")
    return read_html("talk.html", "the page", {"the page": page}.get)


def text(section: Section) -> SlideText:
    return read((section,)).slides[0].text


def test_slides_across_and_down() -> None:
    one, two, below = (Section(title=name) for name in ("One", "Two", "Below two"))
    assert read((one,), (two, below)) == Outline(
        (
            Slide(0, 0, SlideText("One")),
            Slide(1, 0, SlideText("Two")),
            Slide(1, 1, SlideText("Below two")),
        ),
        "<section></section>",
        "<style></style>",
    )


def test_titles_and_notes_are_words() -> None:
    section = Section("A <b>fine</b><br>title", "a < b", ("<p>say <i>hi</i></p>", "", "bye"))
    assert text(section) == SlideText("A fine title", "a < b\nsay hi\n\nbye")


def test_markdown_in_a_page() -> None:
    assert text(Section(markdown="# One\nNote: say it")) == SlideText("One", "say it")


def test_a_page_with_formulas() -> None:
    page = RevealPage(((Section(),),), "", "", formulas=True)
    assert read_html("talk.html", "the page", {"the page": page}.get).formulas


def test_a_page_without_slides_or_with_too_many() -> None:
    with pytest.raises(NotADeck, match="no reveal.js slides"):
        read_html("talk.html", "another", lambda _: None)
    with pytest.raises(NotADeck, match="no slides"):
        read()
    with pytest.raises(NotADeck, match="2001 slides"):
        read((Section(),) * (MAX_SLIDES + 1))
