"""Markdown is cut as reveal.js cuts it."""

from __future__ import annotations

import re

import pytest

from app.slides.decks.markdown import describe, marked, read_markdown
from peerscript.slides import SlideText


def titles(text: str) -> list[tuple[int, int, str]]:
    return [
        (each.across, each.down, each.text.title) for each in read_markdown("talk.md", text).slides
    ]


def test_slides_across_and_down() -> None:
    assert titles("# One\n\n---\n\n## Two\n\n--\n\n### Below two\n\n---\nThree") == [
        (0, 0, "One"),
        (1, 0, "Two"),
        (1, 1, "Below two"),
        (2, 0, "Three"),
    ]


def test_columns_stand_in_sections_of_their_own() -> None:
    markup = read_markdown("talk.md", "A\n---\nB\n--\nC\n---\n\n").markup
    bare = re.sub(r" data-[^>]*|<textarea.*?</textarea>", "", markup, flags=re.DOTALL)
    one = "<section></section>"
    assert bare == f"{one}<section>{one}{one}</section>{one}"


def test_line_ends_and_marks_of_windows() -> None:
    assert titles("\ufeff# One\r\n---\r\n# Two\r\n") == [(0, 0, "One"), (1, 0, "Two")]


def test_front_matter_is_no_slide() -> None:
    assert titles("---\ntitle: My talk\n---\n# One\n---\n# Two") == [(0, 0, "One"), (1, 0, "Two")]


@pytest.mark.parametrize("fence", ["```", "~~~", "````"])
def test_code_is_not_cut(fence: str) -> None:
    code = f"# One\n{fence}yaml\na: 1\n---\nNote: no note\n{fence}\nNote: a note\n---\n# Two"
    deck = read_markdown("talk.md", code)
    first, second = deck.slides
    assert (first.text, second.text.title) == (SlideText("One", "a note"), "Two")
    assert "Note: no note" in deck.markup


@pytest.mark.parametrize("mark", ["Note:", "note:", "Notes:", "NOTES:"])
def test_notes(mark: str) -> None:
    deck = read_markdown("talk.md", f"# One\ntext\n\n{mark} breathe\n\n* and smile\n")
    assert deck.slides[0].text == SlideText("One", "breathe\n\n* and smile")
    assert "breathe" not in deck.markup


@pytest.mark.parametrize(
    ("source", "title"),
    [
        ("## A *fine* [link](https://example.org) `x` ##", "A fine link x"),
        ("text first\n\n# Then a heading", "Then a heading"),
        ("- only\n- a list", "only a list"),
        ("<!-- .slide: class='x' -->\n> quoted &amp; so on", "quoted & so on"),
        ("![](picture.png)", ""),
        ("", ""),
    ],
)
def test_titles(source: str, title: str) -> None:
    assert describe(source).title == title


def test_a_text_stays_a_text_in_the_frame_s_document() -> None:
    deck = read_markdown("talk.md", "# </textarea></section><script>alert(1)</script> &lt;")
    inside = deck.markup.partition("<textarea data-template>")[2].rpartition("</textarea>")[0]
    assert "<" not in inside
    assert "&lt;/textarea&gt;" in inside
    assert "&amp;lt;" in inside


def test_an_empty_slide_is_one() -> None:
    first, empty, last = read_markdown("talk.md", "# One\n---\n\n---\n# Three").slides
    assert (first.text.title, empty.text, last.text.title) == ("One", SlideText(), "Three")


PAGE = """
    ## A slide of $5

    It has $x_0$.

    ```
    $code$
    ```
    Note: say $x$
"""


def test_a_slide_of_a_page_may_stand_to_the_right() -> None:
    assert describe(PAGE) == SlideText("A slide of $5", "say $x$")


def test_formulas_of_a_slide_of_a_page_are_marked() -> None:
    shown = marked(PAGE)
    assert '\nIt has <span data-formula="inline">x&#95;0</span>.\n' in shown
    assert shown.endswith("\n```\n$code$\n```\nNote: say $x$\n")
