"""Links, code and emoji of a text; nothing of it is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.chat.formatting import MAX_FORMATTED, Kind, Span, only_emoji, spans

SITE = "https://example.org/a_(b)?c=d#e"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("no link", ["no link"]),
        (f"see {SITE}, ok", ["see ", SITE, ", ok"]),
        (f"({SITE}).", ["(", SITE, ")."]),
        (f"{SITE}\nand HTTP://EXAMPLE.ORG", [SITE, "\nand ", "HTTP://EXAMPLE.ORG"]),
        ("“https://example.org/ü”", ["“", "https://example.org/ü", "”"]),
        ("https:// and https://[x and javascript:alert(1)", None),
        ("ftp://example.org", None),
    ],
)
def test_links(text: str, shown: list[str] | None) -> None:
    found = list(spans(text))
    assert [span.text for span in found] == (shown or [text])
    links = [span.text for span in found if span.kind is Kind.LINK]
    assert links == [each for each in shown or () if each.lower().startswith("http")]


def test_code() -> None:
    text = "run `x = 1` or\n```python\nfor a in b:\n    c()\n```\nso `it is, `` and `"
    assert list(spans(text))[:4] == [
        Span(Kind.TEXT, "run "),
        Span(Kind.CODE, "x = 1"),
        Span(Kind.TEXT, " or\n"),
        Span(Kind.BLOCK, "for a in b:\n    c()"),
    ]
    assert list(spans("`https://example.org`")) == [Span(Kind.CODE, "https://example.org")]


@given(st.text(st.sampled_from("`ab \n:/.)(https"), max_size=60))
def test_nothing_but_the_marks_of_code_is_lost(text: str) -> None:
    kept = "".join(span.text for span in spans(text))
    assert [each for each in kept if each in ").:"] == [each for each in text if each in ").:"]


def test_a_long_text_is_plain() -> None:
    text = f"{SITE} " * (MAX_FORMATTED // len(SITE))
    assert list(spans(text)) == [Span(Kind.TEXT, text)]


@pytest.mark.parametrize("text", ["😀", "👍🏽", "👩‍👩‍👧", "🇩🇪", "❤️", "1️⃣", "🎉 🎉"])
def test_emoji_alone(text: str) -> None:
    assert only_emoji(text)


@pytest.mark.parametrize("text", ["", " ", "1", "a😀", "😀!", "😀" * 20, "#", "\ufe0f"])
def test_other_texts(text: str) -> None:
    assert not only_emoji(text)
