"""Markdown is cut as reveal.js cuts it."""

from __future__ import annotations

import pytest

from app.slides.decks.markdown import describe, read_markdown
from peerscript.slides import SlideText


def titles(text: str) -> list[tuple[int, int, str]]:
    return [(each.across, each.down, each.text.title) for each in read_markdown("talk.md", text)]


def test_slides_across_and_down() -> None:
    assert titles("# One\n\n---\n\n## Two\n\n--\n\n### Below two\n\n---\nThree") == [
        (0, 0, "One"),
        (1, 0, "Two"),
        (1, 1, "Below two"),
        (2, 0, "Three"),
    ]


def test_line_ends_and_marks_of_windows() -> None:
    assert titles("\ufeff# One\r\n---\r\n# Two\r\n") == [(0, 0, "One"), (1, 0, "Two")]


def test_front_matter_is_no_slide() -> None:
    assert titles("---\ntitle: My talk\n---\n# One\n---\n# Two") == [(0, 0, "One"), (1, 0, "Two")]


@pytest.mark.parametrize("fence", ["```", "~~~", "````"])
def test_code_is_not_cut(fence: str) -> None:
    code = f"# One\n{fence}yaml\na: 1\n---\nNote: no note\n{fence}\nNote: a note\n---\n# Two"
    first, second = read_markdown("talk.md", code)
    assert (first.text, second.text.title) == (SlideText("One", "a note"), "Two")
    assert "Note: no note" in first.html


@pytest.mark.parametrize("mark", ["Note:", "note:", "Notes:", "NOTES:"])
def test_notes(mark: str) -> None:
    (slide,) = read_markdown("talk.md", f"# One\ntext\n\n{mark} breathe\n\n* and smile\n")
    assert slide.text == SlideText("One", "breathe\n\n* and smile")
    assert "breathe" not in slide.html


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
    (slide,) = read_markdown("talk.md", "# </textarea></section><script>alert(1)</script> &lt;")
    inside = slide.html.partition("<textarea data-template>")[2].rpartition("</textarea>")[0]
    assert "<" not in inside
    assert "&lt;/textarea&gt;" in inside
    assert "&amp;lt;" in inside


def test_an_empty_slide_is_one() -> None:
    first, empty, last = read_markdown("talk.md", "# One\n---\n\n---\n# Three")
    assert (first.text.title, empty.text, last.text.title) == ("One", SlideText(), "Three")
