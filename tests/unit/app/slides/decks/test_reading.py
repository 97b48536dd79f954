"""What somebody chose is a deck, or they are told why it is none."""

from __future__ import annotations

import pytest

from app.slides.decks import NotADeck
from app.slides.decks.reading import read_file, read_url, recognise, text_of
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
        ("talk.md", b"\xff\xfe\x00", "not a text"),  # half a character of UTF-16
        ("talk.md", b"\x81\x8d", "not a text"),  # nothing in Windows-1252
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


@pytest.mark.parametrize(
    ("codec", "encoding"), [("cp1252", "Windows-1252"), ("utf-16", "UTF-16"), ("utf-8-sig", "")]
)
def test_old_encodings_are_read_and_said(codec: str, encoding: str) -> None:
    source = read_file("übung.md", "", "# Übung: 5 €".encode(codec))
    assert text_of(source) == "# Übung: 5 €"
    recognised = recognise(source)
    assert encoding in recognised.doubt
    assert bool(recognised.doubt) is bool(encoding)


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        (DeckSource("markdown", "a.md", b"---\nmarp: true\n---\n# A"), "a Marp deck"),
        (DeckSource("html", "a.html", PAGE), "a reveal.js page"),
        (DeckSource("pdf", "a.pdf", b"%PDF-1.7 \xff"), "a PDF"),
        (DeckSource("url", "a", b"https://a.test/b"), "a reveal.js page at its address"),
    ],
)
def test_what_it_was_taken_for(source: DeckSource, kind: str) -> None:
    assert recognise(source).kind == kind


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
        ("html", b"\x81"),
        ("markdown", b"\0"),
    ):
        with pytest.raises(NotADeck):
            text_of(DeckSource(format, "a deck", data))


def test_a_name_is_cleaned() -> None:
    assert read_file("talk\u202e\n.md", "", b"# One").name == "talk .md"
    assert read_url("https://example.org/de\u202eck").name == "deck"
