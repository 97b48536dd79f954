"""Decks as people have them, of each dialect."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.slides.decks.dialects import detect, front_matter, is_rule, slide_fields
from app.slides.decks.markdown import dialect_name, read_markdown

DECKS = Path("tests/decks")


@pytest.mark.parametrize(
    ("file", "name", "titles"),
    [
        ("slidev", "Slidev", ["Tides", "Twice a day", "Spring and neap", "Questions?"]),
        (
            "marp",
            "Marp",
            ["Bees in the city", "What they find", "A garden a roof", "Thank you", "bg right"],
        ),
        ("reveal-md", "reveal-md", ["Old maps", "The coast", "The harbour", "The end"]),
        ("obsidian", "Markdown", ["A walk", "The path", "Home"]),
    ],
)
def test_a_deck_is_recognised_and_cut(file: str, name: str, titles: list[str]) -> None:
    text = (DECKS / f"{file}.md").read_text()
    deck = read_markdown(file, text)
    assert dialect_name(text) == name
    assert [slide.text.title for slide in deck.slides] == titles


def notes(file: str) -> list[str]:
    deck = read_markdown(file, (DECKS / f"{file}.md").read_text())
    return [slide.text.notes for slide in deck.slides]


def test_comments_are_notes_and_directives_are_not() -> None:
    assert notes("marp") == ["", "", "Pass the honey round.", "", ""]
    assert notes("slidev")[0].startswith("Welcome everybody.")
    assert notes("slidev")[2] == "the light, not the gravity\n\nShow the table on the wall."
    assert notes("reveal-md")[0] == "unroll the first one"


def test_nothing_but_the_slide_is_shown() -> None:
    for file, hidden in (
        ("slidev", ("layout:", "::right::", "Welcome")),
        ("marp", ("_class", "backgroundColor", "honey", "paginate")),
        ("reveal-md", ("<!--s", "extra.css", "fade")),
    ):
        markup = read_markdown(file, (DECKS / f"{file}.md").read_text()).markup
        assert [words for words in hidden if words in markup] == []
    assert "high: 06:12" in read_markdown("", (DECKS / "slidev.md").read_text()).markup


def test_pictures_of_a_vault_are_named_as_missing() -> None:
    markup = read_markdown("obsidian", (DECKS / "obsidian.md").read_text()).markup
    assert "`missing: heron at dawn.jpg`" in markup
    assert "`missing: map.png`" in markup
    assert markup.count("![[") == 2  # in code


def test_reveal_decks_are_as_before() -> None:
    text = "<!-- .slide: class='x' -->\n# A\n--\n## Below\n---\n# B\n***\nstill B"
    deck = read_markdown("a", text)
    assert [(each.across, each.down) for each in deck.slides] == [(0, 0), (0, 1), (1, 0)]
    assert ".slide:" in deck.markup
    assert detect({"theme": "white"}, ["---"]).name == "reveal-md"
    assert read_markdown("a", "# A\n---\n# B\n----\n# Below").slides[2].down == 1


@pytest.mark.parametrize(
    ("separator", "line"),
    [
        ("<!--s-->", "<!--s-->"),
        ("^---$", "---"),
        (r"\n\*\*\*\n", "***"),
        (r"\r?\n\+\+\r?\n", "++"),
    ],
)
def test_separators_of_reveal_md(separator: str, line: str) -> None:
    assert detect({"separator": separator}, []).across(line, "")


@pytest.mark.parametrize("separator", ["(a+)+$", "^(a|b)$", "[-]+", ".", ""])
def test_a_separator_that_is_no_single_line_is_not_tried(separator: str) -> None:
    across = detect({"separator": separator}, []).across
    assert across("---", "")
    assert not across("a" * 40, "")


@pytest.mark.parametrize("line", ["---", "***", "___", "- - -", " * * *  ", "-----"])
def test_rules(line: str) -> None:
    assert is_rule(line, "")
    assert is_rule(line, "# Heading")
    assert is_rule(line, "text") is (line != "---" and line != "-----")


@pytest.mark.parametrize("line", ["--", "**bold**", "- -", "--- text", "-*-", ""])
def test_no_rules(line: str) -> None:
    assert not is_rule(line, "")


def test_front_matter() -> None:
    lines = ["---", "a: 'b'", "# comment", "list:", "- one", "  deep: 1", "", "---", "# A"]
    assert front_matter(lines) == ({"a": "b", "list": ""}, 8)
    for none in (["---", "", "# A"], ["# A"], [], ["---", "a: 1"], ["---", "text", "---"]):
        assert front_matter(none) == ({}, 0)
    assert slide_fields(["layout: center", "---"]) == 2
    for none in (["", "---"], ["# Title", "class: b", "---"], ["Agenda: all", "---"]):
        assert slide_fields(none) == 0
