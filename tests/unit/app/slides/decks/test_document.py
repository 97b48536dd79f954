"""The frame's document: the slides in their place, under a policy that runs reveal.js alone."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

import pytest

from app.slides.decks.document import document, policy
from app.slides.decks.outline import Slide
from peerscript.slides import SlideText

TEMPLATE = (
    '<link rel="stylesheet" href="./vendor/reveal.css">'
    '<div class="reveal"><div class="slides"></div></div>'
    '<script src="./vendor/reveal.js"></script><script src="https://cdn.test/md.js"></script>'
    "<script>Reveal.initialize({})</script>"
)
BASE = "https://example.org/page/index.html"


def slide(across: int, down: int, html: str) -> Slide:
    return Slide(across, down, html, SlideText())


def test_slides_stand_in_their_columns() -> None:
    slides = [slide(0, 0, "A"), slide(1, 0, "B"), slide(1, 1, "C"), slide(2, 0, "D")]
    assert '<div class="slides">A<section>BC</section>D</div>' in document(TEMPLATE, BASE, slides)


def test_what_may_run() -> None:
    digest = base64.b64encode(hashlib.sha256(b"Reveal.initialize({})").digest()).decode()
    rules = dict(rule.strip().split(" ", 1) for rule in policy(TEMPLATE, BASE).split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"].split() == [
        "https://example.org/page/vendor/reveal.js",
        "https://cdn.test/md.js",
        f"'sha256-{digest}'",
    ]
    assert rules["form-action"] == rules["base-uri"] == "'none'"
    assert "connect-src" not in rules  # as `default-src`: a deck calls nobody
    assert "frame-src" not in rules


def test_the_policy_comes_first() -> None:
    text = document(TEMPLATE, BASE, [slide(0, 0, "A")])
    assert text.index("Content-Security-Policy") < text.index("<link")


def test_a_style_stays_a_style() -> None:
    text = document(TEMPLATE, BASE, [], ["p{}</style><script>alert(1)</script>", "b{}"])
    styles = re.findall(r"<style>(.*?)</style>", text)
    assert styles[1] == "b{}"
    assert "<script>alert" in styles[0]  # text in a style, not an element


def test_a_template_without_a_place_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="lacks"):
        document("<p></p>", BASE, [])


def test_the_page_s_own_template() -> None:
    page = (Path(__file__).parents[5] / "index.html").read_text()
    (template,) = re.findall(r'<template id="deck-template">(.*?)</template>', page, re.DOTALL)
    text = document(template, BASE, [slide(0, 0, "A")])
    assert ">A</div>" in text
    assert policy(template, BASE).count("sha256-") == 1
