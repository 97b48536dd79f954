"""Decks in Markdown, as reveal.js has them: `---` between slides, `--` below a slide, `Note:`.

reveal.js's own plugin makes the slides, in the frame. Here the text is only cut, so that titles and
notes are known without asking the frame.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from app.slides.decks.outline import Slide, check, short
from peerscript.slides import SlideText

# Separators that are nowhere: the plugin would cut once more, and in the midst of code.
_WHOLE = 'data-markdown data-separator="(?!)" data-separator-notes="(?!)"'
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n.*?\n---[ \t]*\n", re.DOTALL)
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_HEADING = re.compile(r" {0,3}#{1,6}[ \t]+(.+?)[ \t]*#*[ \t]*$", re.MULTILINE)
_NOTES = re.compile(r"^notes?:[ \t]*", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_MARKS = re.compile(r"!?\[([^\]]*)\]\([^)]*\)|[*_`~]+|^[#>\-+ \t]+|<[^>]*>", re.MULTILINE)


def read_markdown(name: str, text: str) -> tuple[Slide, ...]:
    """Cut a deck into its slides.

    Raises:
        NotADeck: there are none, or too many.
    """
    text = _FRONT_MATTER.sub("", text.replace("\r\n", "\n").removeprefix("\ufeff"), count=1)
    slides = tuple(
        _slide(across, down, source)
        for across, column in enumerate(_split(text, "---"))
        for down, source in enumerate(_split(column, "--"))
    )
    check([slide for slide in slides if slide.html.strip()], name)
    return slides


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


def _slide(across: int, down: int, source: str) -> Slide:
    shown = _cut_notes(source)[0]
    escaped = html.escape(shown, quote=False)
    section = (
        f"<section {_WHOLE}><textarea data-template>\n{escaped}\n</textarea></section>"
        if shown.strip()
        else "<section></section>"
    )
    return Slide(across, down, section, describe(source))


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
