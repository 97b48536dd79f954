"""The slides of a reveal.js page: what they are called, and what of them goes into the frame."""

from __future__ import annotations

import pytest

from app.slides.decks import NotADeck
from app.slides.decks.revealhtml import MAX_DEPTH, read_html
from peerscript.slides import SlideText


def page(slides: str, head: str = "") -> str:
    return f'<html><head>{head}</head><body><div class="reveal"><div class="slides">{slides}</div>'


def read(slides: str) -> list[tuple[int, int, str, str]]:
    found, _ = read_html("talk.html", page(slides))
    return [(each.across, each.down, each.text.title, each.text.notes) for each in found]


def test_slides_across_and_down() -> None:
    assert read(
        "<section><h2>One</h2></section>\n"
        "<section><section><h2>Two</h2></section><section>Below two</section></section>"
        "<section><p>Three</p></section>"
    ) == [(0, 0, "One", ""), (1, 0, "Two", ""), (1, 1, "Below two", ""), (2, 0, "Three", "")]


def test_notes_are_words_and_no_title() -> None:
    assert read(
        '<section data-notes="first">'
        '<aside class="notes"><p>say <b>hi</b></p></aside>Text</section>'
    ) == [(0, 0, "Text", "first\nsay hi")]


def test_markdown_in_a_page() -> None:
    assert read(
        "<section data-markdown><textarea data-template># One\nNote: say it</textarea></section>"
        '<section data-markdown><script type="text/template">## Two</script></section>'
    ) == [(0, 0, "One", "say it"), (1, 0, "Two", "")]


def test_scripts_and_links_are_left_out() -> None:
    slides, styles = read_html(
        "talk.html",
        page(
            "<section><h1>One</h1><script>alert(1)</script>"
            '<link rel="stylesheet" href="x"></section>',
            "<style>h1 { color: red }</style><script>var style = '<style>no</style>'</script>",
        ),
    )
    assert "alert" not in slides[0].html
    assert "<link" not in slides[0].html
    assert [style.strip() for style in styles] == ["h1 { color: red }"]


def test_a_slide_that_is_hidden_is_none() -> None:
    assert read('<section data-visibility="hidden">No</section><section>Yes</section>') == [
        (0, 0, "Yes", "")
    ]


def test_what_is_written_carelessly() -> None:
    assert [title for *_, title, _ in read("<section><p>One<section><p>Two<br></section>")]
    assert read("<section>One</section></div></div><section>After</section>") == [(0, 0, "One", "")]


def test_where_slides_begin_over_several_lines() -> None:
    slides, _ = read_html("talk.html", page("\n\r\n<section>\n é 😀 One</section>\n"))
    assert slides[0].html == "<section>\n é 😀 One</section>"
    assert slides[0].text == SlideText("é 😀 One", "")


def test_a_page_without_slides() -> None:
    for text in ("", "<p>slides</p>", page("")):
        with pytest.raises(NotADeck):
            read_html("talk.html", text)


def test_no_depth_of_elements_is_too_much() -> None:
    with pytest.raises(NotADeck):
        read_html("talk.html", "<div>" * (MAX_DEPTH * 200))
    read_html("talk.html", page(f"<section>{'<b>' * (MAX_DEPTH // 2)}One</section>"))
