"""What is to be seen in a message's text: links, code, and emoji that stand alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from urllib.parse import urlsplit

MAX_FORMATTED = 20_000  # characters; a longer text is shown plainly
MAX_EMOJI = 12  # characters of a text of emoji that is shown large

_SPANS = re.compile(
    r"```(?:\w*\n)?(?P<block>.+?)\n?```|`(?P<code>[^`\n]+)`|(?P<link>https?://[^\s<>\"`]+)",
    re.DOTALL | re.IGNORECASE,
)
_AFTER_LINK = ".,;:!?'\"*_…”’»"
_BRACKETS = {")": "(", "]": "[", "}": "{"}
_PICTURE = r"[\U0001f000-\U0001faff\u2600-\u27bf\u2b05-\u2b55\u231a-\u23ff]|[0-9#*]\ufe0f?\u20e3"
_EMOJI = re.compile(rf"(?:{_PICTURE})(?:{_PICTURE}|[\u200d\ufe0f\s])*")


class Kind(Enum):
    """How a part of a text is shown."""

    TEXT = "text"
    LINK = "link"
    CODE = "code"
    BLOCK = "block"  # of code, over several lines


@dataclass(frozen=True)
class Span:
    """A part of a text. The address of a link is its text: nobody is led anywhere else."""

    kind: Kind
    text: str


def spans(text: str) -> Iterator[Span]:
    """The parts of a text, in order."""
    end = 0
    for found in _SPANS.finditer(text) if len(text) <= MAX_FORMATTED else ():
        if found["link"]:
            kind, shown = Kind.LINK, _link(found["link"])
            after = found.start() + len(shown)
            if not _leads_somewhere(shown):
                continue
        else:
            kind = Kind.BLOCK if found["block"] else Kind.CODE
            shown, after = found["block"] or found["code"], found.end()
        if found.start() > end:
            yield Span(Kind.TEXT, text[end : found.start()])
        yield Span(kind, shown)
        end = after
    if end < len(text):
        yield Span(Kind.TEXT, text[end:])


def only_emoji(text: str) -> bool:
    """Whether a text is a few emoji and nothing else."""
    return len(text) <= MAX_EMOJI and bool(_EMOJI.fullmatch(text))


def _link(link: str) -> str:
    """A link without the punctuation after it, or a bracket that was opened before it."""
    while link:
        last = link[-1]
        unopened = last in _BRACKETS and link.count(last) > link.count(_BRACKETS[last])
        if last not in _AFTER_LINK and not unopened:
            break
        link = link[:-1]
    return link


def _leads_somewhere(link: str) -> bool:
    try:
        return bool(urlsplit(link).hostname)
    except ValueError:
        return False
