"""Decks in Markdown, as reveal.js has them: `---` between slides, `--` below a slide, `Note:`.

reveal.js's own plugin makes the slides, in the frame. Here the text is only cut, so that titles and
notes are known without asking the frame.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from app.slides.decks.outline import Outline, Slide, check, short
from peerscript.slides import SlideText

# Separators that are nowhere: the plugin would cut once more, and in the midst of code.
_WHOLE = 'data-markdown data-separator="(?!)" data-separator-notes="(?!)"'
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n.*?\n---[ \t]*\n", re.DOTALL)
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_HEADING = re.compile(r" {0,3}#{1,6}[ \t]+(.+?)[ \t]*#*[ \t]*$", re.MULTILINE)
_NOTES = re.compile(r"^notes?:[ \t]*", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_MARKS = re.compile(r"!?\[([^\]]*)\]\([^)]*\)|[*_`~]+|^[#>\-+ \t]+|<[^>]*>", re.MULTILINE)


def read_markdown(name: str, text: str) -> Outline:
    """Cut a deck into its slides.

    Raises:
        NotADeck: there are none, or too many.
    """
    text = _FRONT_MATTER.sub("", text.replace("\r\n", "\n").removeprefix("\ufeff"), count=1)
    columns = [list(_split(column, "--")) for column in _split(text, "---")]
    slides = tuple(
        Slide(across, down, describe(source))
        for across, column in enumerate(columns)
        for down, source in enumerate(column)
    )
    check(slides, name)
    return Outline(slides, "".join(_column(column) for column in columns))


def _split(text: str, separator: str) -> Iterator[str]:
    """The parts between lines that are the separator, but for those in code."""
    part: list[str] = []
    for line, in_code in _lines(text):
        if not in_code and line.rstrip() == separator:
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


def _column(sources: list[str]) -> str:
    shown = "".join(_section(source) for source in sources)
    return shown if len(sources) == 1 else f"<section>{shown}</section>"


def _section(source: str) -> str:
    shown = _cut_notes(source)[0]
    if not shown.strip():
        return "<section></section>"
    escaped = html.escape(shown, quote=False)
    return f"<section {_WHOLE}><textarea data-template>\n{escaped}\n</textarea></section>"


def describe(source: str) -> SlideText:
    """What one slide is called, and its notes."""
    shown, notes = _cut_notes(source)
    return SlideText(_title(shown), notes)


def _cut_notes(source: str) -> tuple[str, str]:
    lines = list(_lines(source))
    for number, (line, in_code) in enumerate(lines):
        if not in_code and (found := _NOTES.match(line)):
            rest = [line[found.end() :], *(each for each, _ in lines[number + 1 :])]
            return "\n".join(each for each, _ in lines[:number]), "\n".join(rest).strip()
    return source, ""


def _title(shown: str) -> str:
    prose = "\n".join(line for line, in_code in _lines(_COMMENT.sub("", shown)) if not in_code)
    heading = _HEADING.search(prose)
    words = heading[1] if heading else prose
    return short(html.unescape(_MARKS.sub(r"\1", words)))
