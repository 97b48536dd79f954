"""What of a text is a formula, and what is a price."""

from __future__ import annotations

import html
import re

import pytest

from app.slides.decks.formulas import mark_formulas
from app.slides.decks.markdown import read_markdown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("$x$", "[x]"),
        ("a $a_1 * b_2$, $c$", "a [a_1 * b_2], [c]"),
        ("$$\n\\frac{1}{2}\n$$", r"[[\frac{1}{2}]]"),
        ("$$a$b$$", "[[a$b]]"),
        (r"$5\$ + x$", r"[5\$ + x]"),
        ("($n$-th)", "([n]-th)"),
        ("two\n$a\n+ b$ lines", "two\n[a + b] lines"),
        ("| $|x|$ | 2 |", "| [|x|] | 2 |"),
        ("<b>$x$</b>", "<b>[x]</b>"),
        ("`$x$` $y$ ``$z$``", "`$x$` [y] ``$z$``"),
        (r"\frac{$a$", r"\frac{[a]"),
    ],
)
def test_formulas(text: str, shown: str) -> None:
    marked = mark_formulas(text)
    assert "_" not in marked
    for kind, around in (("inline", r"[\1]"), ("display", r"[[\1]]")):
        marked = re.sub(rf'<span data-formula="{kind}">(.*?)</span>', around, marked)
    assert html.unescape(marked) == shown


@pytest.mark.parametrize(
    "text",
    [
        "It is $5 and $6.",
        "$5–$10",
        "5$ and 6$",
        "20,000$ and USD$30,000",
        "$ x$",
        "$x $",
        "$",
        "$$",
        "$$$$",
        "`$x$`",
        "``a ` $x$``",
        r"\$x$",
        r"\$x\$",
        "$a\n\nb$",
        "$$a\n\nb$$",
        '<img alt="$x$">',
        "<!-- $x$ -->",
        "[a](https://example.org/$a$)",
        "https://example.org/$a$",
        "$HOME and $PATH",
        "$10 is `$a`",
    ],
)
def test_what_stays_text(text: str) -> None:
    assert mark_formulas(text) == text


def test_many_dollars_take_no_time() -> None:
    for text in ("$$x" * 20_000, "$ x" * 20_000, "$x" * 20_000, "`" * 20_000 + "$x", "<a" * 20_000):
        mark_formulas(text)


def test_a_deck_tells_whether_it_has_formulas() -> None:
    deck = read_markdown("talk.md", "# Energy is $E_0 = m_0 c^2$\n\nNote: $x$ stays.\n---\n# Two")
    assert deck.formulas
    assert deck.slides[0].text.title == "Energy is E_0 = m_0 c^2"
    assert deck.slides[0].text.notes == "$x$ stays."
    code = "# Code\n\n```sh\necho $a$\n```\n\n`$b$` for $5 or $6"
    plain = read_markdown("talk.md", code)
    assert not plain.formulas
    assert "echo $a$" in plain.markup
