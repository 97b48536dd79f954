"""The frame's document: the slides in their place, under a policy that runs reveal.js alone."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

import pytest

from app.slides.decks.document import document, frame_policy, policy
from app.slides.decks.outline import Outline

TEMPLATE = (
    '<style>a::before { content: "A" }</style><div class="reveal"><div class="slides"></div></div>'
    '<script>const place = `<div class="slides"></div>`</script>'
    "<script>Reveal.initialize({})</script>"
)
BASE = "https://example.org/page/index.html"


DECK = Outline((), "<section>A</section>", "<style>b{}</style>")


def test_the_deck_stands_in_its_place() -> None:
    text = document(TEMPLATE, BASE, DECK)
    assert text.count('<div class="slides"><section>A</section></div>') == 1
    assert 'const place = `<div class="slides"></div>`' in text
    assert text.endswith("<style>b{}</style></body></html>")


def test_a_link_leads_away_from_the_frame_whatever_the_deck_says() -> None:
    text = document(TEMPLATE, BASE, DECK)
    assert text.index('<base target="_blank">') < text.index("<body>")  # the first one counts


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("", "'none'"),
        ("null", "'none'"),
        ("https://example.org", "https://example.org"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("https://a;sandbox", "'none'"),
        ("https://a\n", "'none'"),
        ("https://[::1]", "'none'"),  # a policy cannot name it
    ],
)
def test_where_the_deck_s_frame_may_go(origin: str, allowed: str) -> None:
    assert frame_policy(origin) == f"frame-src {allowed}"


def test_what_may_run() -> None:
    scripts = (b'const place = `<div class="slides"></div>`', b"Reveal.initialize({})")
    hashes = [base64.b64encode(hashlib.sha256(each).digest()).decode() for each in scripts]
    rules = dict(rule.strip().split(" ", 1) for rule in policy(TEMPLATE, BASE).split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"].split() == [f"'sha256-{each}'" for each in hashes]
    assert rules["form-action"] == rules["base-uri"] == "'none'"
    assert "connect-src" not in rules  # as `default-src`: a deck calls nobody
    assert "frame-src" not in rules


def test_the_policy_comes_first() -> None:
    text = document(TEMPLATE, BASE, DECK)
    assert text.index("Content-Security-Policy") < text.index("<style>")


def test_a_template_without_a_place_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="lacks"):
        document("<p></p>", BASE, DECK)


def test_the_page_s_own_template() -> None:
    page = (Path(__file__).parents[5] / "index.html").read_text()
    (template,) = re.findall(r'<template id="deck-template">(.*?)</template>', page, re.DOTALL)
    text = document(template, BASE, DECK)
    assert ">A</section></div>" in text
    assert policy(template, BASE).count("sha256-") == 1
