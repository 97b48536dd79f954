"""Reads what a person chose to present as a deck, and detects its format."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from app.language import _
from app.slides.decks import NotADeck
from peerscript.protocol.slides.messages import MAX_NAME
from peerscript.protocol.slides.source import MAX_SOURCE
from peerscript.protocol.text.display import display_line
from peerscript.slides import DeckSource

_BY_ENDING = {
    "md": "markdown",
    "markdown": "markdown",
    "txt": "markdown",
    "html": "html",
    "htm": "html",
    "pdf": "pdf",
}


def read_file(name: str, type: str, data: bytes) -> DeckSource:
    """Take a file as a deck.

    Args:
        name: its name, whose ending tells the kind.
        type: what the browser takes it for; "" if it does not know.
        data: its bytes; more than MAX_SOURCE if it is too large.

    Raises:
        NotADeck: it is not one.
    """
    ending = name.rpartition(".")[2].lower()
    name = display_line(name, MAX_NAME, _("The deck"))
    if len(data) > MAX_SOURCE:
        raise NotADeck(
            _(
                "{name} is larger than {limit} MB: no deck may be.",
                name=name,
                limit=MAX_SOURCE // 2**20,
            )
        )
    if not data.strip():
        raise NotADeck(_("{name} is empty.", name=name))
    kind = _BY_ENDING.get(ending) or _kind_of(type)
    if kind is None:
        raise NotADeck(_("{name} is no deck: open Markdown, a reveal.js page or a PDF.", name=name))
    if kind == "pdf":
        _require(b"%PDF-" in data[:1024], _("{name} is no PDF, whatever it is called.", name=name))
    else:
        text = _text(name, data)
        _require(
            kind != "html" or "slides" in text,
            _("{name} has no reveal.js slides in it.", name=name),
        )
    return DeckSource(kind, name, data)


def read_url(url: str) -> DeckSource:
    """Take a reveal.js page by its address.

    Raises:
        NotADeck: that is no address of a page.
    """
    url = url.strip()
    try:
        parts = urlsplit(url)
        known = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        known = False
    _require(known, _("That is no address of a page: it begins with https://."))
    name = parts.path.rpartition("/")[2] or str(parts.hostname)
    return DeckSource("url", display_line(name, MAX_NAME, _("The deck")), url.encode())


def text_of(source: DeckSource) -> str:
    """The text of a deck, or its address. It is checked again, as it may come from another
    page.

    Raises:
        NotADeck: it is neither.
    """
    text = _text(source.name, source.data)
    return read_url(text).data.decode() if source.format == "url" else text


def _kind_of(type: str) -> str | None:
    kinds = {"text/markdown": "markdown", "text/html": "html", "application/pdf": "pdf"}
    return kinds.get(type.partition(";")[0].strip().lower())


@dataclass(frozen=True)
class Recognised:
    """What a deck was taken for, for people.

    Attributes:
        kind: "a Marp deck", say.
        doubt: what to look at; "" where nothing was guessed.
    """

    kind: str
    doubt: str = ""


def recognise(source: DeckSource) -> Recognised:
    """Tell what a deck was taken for.

    Raises:
        NotADeck: it is no text, where it should be.
    """
    if source.format == "pdf":
        return Recognised(_("a PDF"))
    if source.format == "url":
        return Recognised(_("a reveal.js page at its address"))
    from app.slides.decks.markdown import dialect_name  # not before there is a deck

    text, encoding = _decoded(source.name, source.data)
    kind = (
        _("a {dialect} deck", dialect=dialect_name(text))
        if source.format == "markdown"
        else _("a reveal.js page")
    )
    if encoding == "UTF-8":
        return Recognised(kind)
    return Recognised(
        _("{kind}, in {encoding}", kind=kind, encoding=encoding),
        _(
            "{name} is not in UTF-8. It was read as {encoding}: look at its accents and signs.",
            name=source.name,
            encoding=encoding,
        ),
    )


def _text(name: str, data: bytes) -> str:
    return _decoded(name, data)[0]


def _decoded(name: str, data: bytes) -> tuple[str, str]:
    """The text, and what its characters were encoded in."""
    for codec, encoding in _codecs(data):
        try:
            text = data.decode(codec)
        except UnicodeDecodeError:
            continue
        _require("\0" not in text, _("{name} is not a text.", name=name))
        return text, encoding
    raise NotADeck(_("{name} is not a text.", name=name))


def _codecs(data: bytes) -> Iterator[tuple[str, str]]:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        yield "utf-16", "UTF-16"
        return
    yield "utf-8-sig", "UTF-8"
    yield "cp1252", "Windows-1252"


def _require(good: bool, words: str) -> None:
    if not good:
        raise NotADeck(words)
