"""Notes that come as HTML are words."""

from __future__ import annotations

import pytest

from app.slides.decks.plain import plain_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>say <strong>hi</strong> &amp; bye</p>", "say hi & bye"),
        ("<p>one</p><p>two<br>three</p>", "one\ntwo\nthree"),
        ("<ul><li>one</li><li>two</li></ul>", "• one\n• two"),
        ("a<script>steal()</script>b<style>p{}</style>", "ab"),
        ("</script>still here<img src=x onerror=alert(1)>", "still here"),
        ("<b>never closed", "never closed"),
        ("", ""),
        (None, ""),
        (7, ""),
        ({"a": 1}, ""),
    ],
)
def test_plain_text(html: object, text: str) -> None:
    assert plain_text(html) == text
