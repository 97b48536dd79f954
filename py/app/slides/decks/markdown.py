"""Decks in Markdown: cut into slides, with titles and notes, as their dialect has it.

reveal.js's own plugin makes the slides, in the frame. Here the text is only cut, so that titles and
notes are known without asking the frame.
"""

from __future__ import annotations

import html
import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from textwrap import dedent

from app.slides.decks.dialects import Dialect, Separates, detect, front_matter, slide_fields
from app.slides.decks.formulas import mark_formulas
from app.slides.decks.outline import Outline, Slide, check, short
from peerscript.slides import SlideText

# Separators that are nowhere: the plugin would cut once more, and in the midst of code.
_WHOLE = 'data-markdown data-separator="(?!)" data-separator-notes="(?!)"'
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_HEADING = re.compile(r" {0,3}#{1,6}[ \t]+(.+?)[ \t]*#*[ \t]*$", re.MULTILINE)
_NOTES = re.compile(r"^notes?:[ \t]*", re.IGNORECASE)
_COMMENT = re.compile(r"<!--(.*?)-->", re.DOTALL)
_DIRECTIVE = re.compile(r"\s*(?:_?[a-zA-Z]+:(?:\s|$)|fit\b)|\s*$")
_EMBED = re.compile(r"(`+)[^`\n]+\1|!\[\[([^\]|\n]+)(?:\|[^\]\n]*)?\]\]")
_PLACE = re.compile(r"^::[\w-]+::[ \t]*$", re.MULTILINE)  # where Slidev's layouts put what follows
_MARKS = re.compile(r"!?\[([^\]]*)\]\([^)]*\)|[*_`~]+|^[#>\-+ \t]+|<[^>]*>", re.MULTILINE)


def read_markdown(name: str, text: str) -> Outline:
    """Cut a deck into its slides.

    Raises:
        NotADeck: there are none, or too many.
    """
    dialect, text = _dialect(text)
    columns = [
        [_Source(*_read(source, dialect)) for source in _split(column, dialect.down)]
        for column in _slides(text, dialect)
    ]
    slides = tuple(
        Slide(across, down, source.text)
        for across, column in enumerate(columns)
        for down, source in enumerate(column)
    )
    check(slides, name)
    formulas = any(source.formulas for column in columns for source in column)
    markup = "".join(_column(column) for column in columns)
    return Outline(slides, markup, formulas=formulas)


def dialect_name(text: str) -> str:
    """What a deck is written in, for people."""
    return _dialect(text)[0].name


def _dialect(text: str) -> tuple[Dialect, str]:
    """What a deck is written in, and its text without the front matter."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff").split("\n")
    fields, count = front_matter(lines)
    text = "\n".join(lines[count:])
    return detect(fields, (line for line, in_code in _lines(text) if not in_code)), text


@dataclass(frozen=True)
class _Source:
    """One slide: what is shown, in Markdown, and what is known of it."""

    shown: str
    text: SlideText
    formulas: bool


def _slides(text: str, dialect: Dialect) -> Iterator[str]:
    """The parts between the lines that separate slides, without the slides' own fields."""
    if not dialect.slide_front_matter:
        yield from _split(text, dialect.across)
        return
    parts = list(_split(text, dialect.across))
    while parts:
        part = parts.pop(0)
        lines = part.split("\n")
        if parts and slide_fields([*lines, "---"]) == len(lines) + 1:
            continue  # these lines were the fields of the slide after them
        yield part


def _split(text: str, separates: Separates) -> Iterator[str]:
    """The parts between lines that separate, but for those in code."""
    part: list[str] = []
    for line, in_code in _lines(text):
        if not in_code and separates(line, part[-1] if part else ""):
            yield "\n".join(part)
            part = []
        else:
            part.append(line)
    yield "\n".join(part)


def _lines(text: str) -> Iterator[tuple[str, bool]]:
    """Each line, and whether it is in a fenced block of code."""
    fence = ""
    for line in text.split("\n"):
        found = _FENCE.match(line)
        if fence:
            closes = found and found[1][0] == fence[0] and len(found[1]) >= len(fence)
            yield line, True
            fence = "" if closes and line.strip() == found[1] else fence  # type: ignore[index]
        else:
            yield line, bool(found)
            fence = found[1] if found else ""


def _column(sources: list[_Source]) -> str:
    shown = "".join(_section(source.shown) for source in sources)
    return shown if len(sources) == 1 else f"<section>{shown}</section>"


def _section(shown: str) -> str:
    if not shown.strip():
        return "<section></section>"
    escaped = html.escape(shown, quote=False)
    return f"<section {_WHOLE}><textarea data-template>\n{escaped}\n</textarea></section>"


def describe(source: str) -> SlideText:
    """What one slide of a reveal.js page is called, and its notes."""
    shown, notes = _cut_notes(dedent(source))
    return SlideText(_title(shown), notes)


def marked(source: str) -> str:
    """One slide of a reveal.js page with its formulas marked, but for its notes. It stands as far
    to the left as reveal.js moves it.
    """
    source = dedent(source)
    shown, _ = _cut_notes(source)
    return _outside_code(shown, mark_formulas) + source[len(shown) :]


def _read(source: str, dialect: Dialect) -> tuple[str, SlideText, bool]:
    """What is shown of a slide, its title and notes, and whether it has a formula."""
    shown, notes = _cut_notes(source)
    if dialect.comments_are_notes:
        shown, comments = _cut_comments(shown)
        notes = "\n\n".join(each for each in (*comments, notes) if each)
    if dialect.slide_front_matter:
        shown = _outside_code(shown, lambda prose: _PLACE.sub("", prose))
    shown = _outside_code(shown, _name_missing_pictures)
    marked = _outside_code(shown, mark_formulas)
    return marked, SlideText(_title(marked), notes), marked != shown


def _cut_notes(source: str) -> tuple[str, str]:
    lines = list(_lines(source))
    for number, (line, in_code) in enumerate(lines):
        if not in_code and (found := _NOTES.match(line)):
            rest = [line[found.end() :], *(each for each, _ in lines[number + 1 :])]
            return "\n".join(each for each, _ in lines[:number]), "\n".join(rest).strip()
    return source, ""


def _cut_comments(shown: str) -> tuple[str, list[str]]:
    """Take comments out, and return those that are not directives (`<!-- _class: lead -->`)."""
    found: list[str] = []

    def cut(prose: str) -> str:
        found.extend(comment[1].strip() for comment in _COMMENT.finditer(prose))
        return _COMMENT.sub("", prose)

    rest = _outside_code(shown, cut)
    return rest, [each for each in found if each and not _is_directive(each)]


def _is_directive(comment: str) -> bool:
    return all(_DIRECTIVE.match(line) for line in comment.split("\n"))


def _outside_code(text: str, change: Callable[[str], str]) -> str:
    """Apply a change to each run of lines that is not in a fenced block of code."""
    parts: list[str] = []
    for in_code, lines in itertools.groupby(_lines(text), key=lambda line: line[1]):
        part = "\n".join(line for line, _ in lines)
        parts.append(part if in_code else change(part))
    return "\n".join(parts)


def _name_missing_pictures(prose: str) -> str:
    """Obsidian's `![[picture.png|300]]` names a file of its vault, which a deck does not have."""

    def name(found: re.Match[str]) -> str:
        return f"`missing: {found[2].strip()}`" if found[2] else found[0]

    return _EMBED.sub(name, prose)


def _title(shown: str) -> str:
    prose = "\n".join(line for line, in_code in _lines(_COMMENT.sub("", shown)) if not in_code)
    heading = _HEADING.search(prose)
    words = heading[1] if heading else prose
    return short(html.unescape(_MARKS.sub(r"\1", words)))
