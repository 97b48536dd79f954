"""What of a text is a formula, and what is a price."""

from __future__ import annotations

import html
import re

import pytest

from app.slides.decks.formulas import draw_formulas, mark_formulas
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


def drawn(formula: str, display: bool) -> str:
    if formula == "\\frac{1}{":
        raise ValueError("Expected '}', got '_'")
    return f'<i class="a_b" title="&gt;">{html.escape(formula)}{"!" * display}</i>'


def test_what_is_drawn_stands_where_the_formula_stood() -> None:
    deck = read_markdown("talk.md", "a *b* $x_1 < *y*$ and\n\n$$z$$")
    shown = html.unescape(draw_formulas(deck.markup, drawn))  # as the plugin gets it
    marked = '<i class="a_b" title="&gt;">x&#95;1 &lt; &#42;y&#42;</i>'
    assert f'a *b* {marked} and\n\n<i class="a_b" title="&gt;">z&#33;</i>' in shown


def test_a_wrong_formula_is_shown_as_it_is_written() -> None:
    deck = read_markdown("talk.md", r"$\frac{1}{$")
    shown = html.unescape(draw_formulas(deck.markup, drawn))
    assert '<span class="wrong" title="Expected &#x27;}&#x27;, got &#x27;_&#x27;">' in shown
    assert "&#92;frac&#123;1&#125;&#123;</span>" in shown
