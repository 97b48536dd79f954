"""What somebody chose is a deck, or they are told why it is none."""

from __future__ import annotations

import pytest

from app.slides.decks import NotADeck
from app.slides.decks.reading import read_file, read_url, text_of
from peerscript.protocol.slides.source import MAX_SOURCE
from peerscript.slides import DeckSource

PAGE = b'<div class="reveal"><div class="slides"><section>One</section></div></div>'


@pytest.mark.parametrize(
    ("name", "type", "data", "format"),
    [
        ("talk.md", "", b"# One", "markdown"),
        ("TALK.MARKDOWN", "", b"\xef\xbb\xbf# One", "markdown"),
        ("talk", "text/markdown; charset=utf-8", b"# One", "markdown"),
        ("talk.html", "text/html", PAGE, "html"),
        ("talk", "text/html", PAGE, "html"),
        ("talk.pdf", "application/pdf", b"%PDF-1.7 \x00\xff", "pdf"),
        ("talk.pdf", "", b"\n\n%PDF-1.4", "pdf"),
    ],
)
def test_decks(name: str, type: str, data: bytes, format: str) -> None:
    source = read_file(name, type, data)
    assert (source.format, source.name, source.data) == (format, name, data)


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("talk.md", b"", "is empty"),
        ("talk.md", b" \n\t", "is empty"),
        ("talk.md", b"\xff\xfe\x00", "not a text in UTF-8"),
        ("talk.md", b"one\x00two", "is not a text"),
        ("talk.html", b"<p>A page</p>", "no reveal.js slides"),
        ("talk.pdf", b"<html>", "is no PDF"),
        ("talk.pptx", b"PK\x03\x04", "is no deck"),
        ("talk", b"what?", "is no deck"),
    ],
)
def test_what_is_no_deck(name: str, data: bytes, words: str) -> None:
    with pytest.raises(NotADeck, match=words):
        read_file(name, "", data)


def test_no_deck_is_larger_than_any_may_be() -> None:
    with pytest.raises(NotADeck, match="larger than 64 MB"):
        read_file("talk.md", "", bytes(MAX_SOURCE + 1))


@pytest.mark.parametrize(
    ("url", "name"),
    [
        (" https://example.org/talks/deck.html?x=1#/3 ", "deck.html"),
        ("http://localhost:8000/", "localhost"),
    ],
)
def test_addresses(url: str, name: str) -> None:
    source = read_url(url)
    assert (source.format, source.name, source.data) == ("url", name, url.strip().encode())


@pytest.mark.parametrize(
    "url", ["", "deck.html", "javascript:alert(1)", "file:///etc/passwd", "https://", "http://[x"]
)
def test_what_is_no_address(url: str) -> None:
    with pytest.raises(NotADeck, match="no address of a page"):
        read_url(url)


def test_what_another_page_calls_a_deck() -> None:
    assert text_of(DeckSource("markdown", "a.md", "\ufeff# Übung".encode())) == "# Übung"
    assert text_of(DeckSource("url", "a", b"https://a.test/b")) == "https://a.test/b"
    for format, data in (
        ("url", b"javascript:alert(1)"),
        ("url", b"data:text/html,x"),
        ("url", b"\xff"),
        ("html", b"\xff"),
        ("markdown", b"\0"),
    ):
        with pytest.raises(NotADeck):
            text_of(DeckSource(format, "a deck", data))


def test_a_name_is_cleaned() -> None:
    assert read_file("talk\u202e\n.md", "", b"# One").name == "talk .md"
    assert read_url("https://example.org/de\u202eck").name == "deck"
