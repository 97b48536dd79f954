"""The kinds of Markdown that people write decks in, and what each means by the same marks.

reveal.js (https://revealjs.com/markdown/) and reveal-md, Marp (https://marpit.marp.app/markdown),
Slidev (https://sli.dev/guide/syntax). How a deck looks (themes, layouts, CSS) is left to reveal.js.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

_FIELD = re.compile(r"([A-Za-z][\w-]*):(?:[ \t]+(.*))?")
_RULE = re.compile(r"([-*_])(?:[ \t]*\1){2,}")
_NO_PARAGRAPH = ("#", "<", "|", "-", "*", "+", ">", "```", "~~~")
_OF_SLIDEV_DECKS = frozenset(
    ("layout", "drawings", "mdc", "canvasWidth", "aspectRatio", "highlighter", "lineNumbers")
)
_OF_SLIDEV_SLIDES = frozenset(
    ("layout", "class", "background", "transition", "clicks", "level", "hide", "src", "title")
)
_ESCAPED = re.compile(r"\\([^\w\s])")
_SEPARATORS = ("separator", "verticalSeparator")

Separates = Callable[[str, str], bool]  # a line, given the one before it


@dataclass(frozen=True)
class Dialect:
    """How a deck is to be read.

    Attributes:
        name: for people.
        across: whether a line separates two slides.
        down: whether a line separates a slide and the one below it.
        comments_are_notes: whether what an HTML comment says is for the speaker.
        slide_front_matter: whether fields may stand at a slide's top, up to the next `---`.
    """

    name: str
    across: Separates
    down: Separates
    comments_are_notes: bool = False
    slide_front_matter: bool = False


def detect(fields: Mapping[str, str], lines: Iterable[str]) -> Dialect:
    """Tell what a deck is written in.

    Args:
        fields: of its front matter.
        lines: those outside code, without the front matter.
    """
    lines = [line.rstrip() for line in lines]
    if fields.get("marp") == "true":
        return Dialect("Marp", is_rule, _never, comments_are_notes=True)
    if _OF_SLIDEV_DECKS & fields.keys() or _slides_have_fields(lines):
        return Dialect("Slidev", _exactly("---"), _never, True, True)
    if any(key in fields for key in _SEPARATORS):
        across, down = (_separator(fields.get(key, "")) for key in _SEPARATORS)
        return Dialect("reveal-md", across or _exactly("---"), down or _exactly("----"))
    name = "reveal-md" if {"revealOptions", "theme", "css"} & fields.keys() else "reveal.js"
    if "---" in lines:
        return Dialect(name, _exactly("---"), _exactly("----" if "----" in lines else "--"))
    return Dialect("Markdown", is_rule, _exactly("--"))


def front_matter(lines: list[str]) -> tuple[dict[str, str], int]:
    """The fields at a deck's top, between two lines of `---`, and how many lines they take."""
    if not lines or lines[0].rstrip() != "---":
        return {}, 0
    return _fields_up_to_rule(lines, 1)


def slide_fields(lines: list[str]) -> int:
    """How many of a slide's first lines are its fields and the `---` after them; 0 if it has none.

    Args:
        lines: from the one after the separator on.
    """
    fields, count = _fields_up_to_rule(lines, 0)
    return count if _OF_SLIDEV_SLIDES & fields.keys() else 0


def is_rule(line: str, before: str) -> bool:
    """Whether Markdown draws a line here: `---`, `***`, `___`, `- - -`. Under a paragraph, `---`
    makes a heading of it.
    """
    line, before = line.strip(), before.strip()
    underlines = set(line) == {"-"} and before and not before.startswith(_NO_PARAGRAPH)
    return bool(_RULE.fullmatch(line)) and not underlines


def _fields_up_to_rule(lines: list[str], start: int) -> tuple[dict[str, str], int]:
    """Fields as in YAML, of which only the names and one-line values are read."""
    fields: dict[str, str] = {}
    for number in range(start, len(lines)):
        line = lines[number].rstrip()
        if line == "---":
            return fields, number + 1
        if found := _FIELD.fullmatch(line):
            fields[found[1]] = (found[2] or "").strip().strip("'\"")
        elif line and not (fields and line.startswith((" ", "\t", "- ", "#"))):
            break
    return {}, 0


def _slides_have_fields(lines: list[str]) -> bool:
    separators = [number for number, line in enumerate(lines) if line == "---"]
    return any(slide_fields(lines[number + 1 :]) for number in separators)


def _never(_line: str, _before: str) -> bool:
    return False


def _exactly(separator: str) -> Separates:
    return lambda line, _: line.rstrip() == separator


def _separator(pattern: str) -> Separates | None:
    """A line that a regular expression stands for, if it stands for one alone.

    Others are not tried: one from another page could take for ever.
    """
    for around in (r"\r?\n", r"\n", "^", "$"):
        pattern = pattern.removeprefix(around).removesuffix(around)
    plain = not re.search(r"[][().*+?{}|^$\\]", _ESCAPED.sub("", pattern))
    return _exactly(_ESCAPED.sub(r"\1", pattern)) if pattern and plain else None
