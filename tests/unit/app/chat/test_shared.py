"""What other apps share, as they share it."""

from __future__ import annotations

import json

import pytest

from app.chat.shared import NAMES, shared_message
from tests.test_architecture import ROOT


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({}, ""),
        ({"title": "", "text": " ", "url": ""}, ""),
        ({"text": "hello\nworld"}, "hello\nworld"),
        ({"title": "A page", "text": "https://example.org/"}, "A page\nhttps://example.org/"),
        (
            {"title": "A page", "text": "A page https://example.org/", "url": ""},
            "A page https://example.org/",
        ),
        (
            {"title": "A page", "text": "Look", "url": "https://example.org/"},
            "A page\nLook\nhttps://example.org/",
        ),
        (
            {"text": "Look: https://example.org/", "url": "https://example.org/"},
            "Look: https://example.org/",
        ),
    ],
)
def test_each_part_once(parts: dict[str, str], message: str) -> None:
    assert shared_message(parts) == message


def test_the_manifest_has_these_names() -> None:
    manifest = json.loads((ROOT / "site" / "manifest.webmanifest").read_text())
    assert manifest["share_target"]["params"] == {name: name for name in NAMES}
