"""What of a text is a formula, and what is a price."""

from __future__ import annotations

import html
import re

import pytest

from app.slides.decks.formulas import (
    asks_for_formulas,
    draw_formulas,
    formulas_in,
    mark_formulas,
)
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


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("- a $x$ and $y$ <!-- .element: A -->", "- a &#8203;<!-- .element: A -->[x] and [y]"),
        ("- <!-- .element: A --> $x$", "- <!-- .element: A --> [x]"),
        ("- a <!-- .element: A -->\n- $x$", "- a <!-- .element: A -->\n- [x]"),
        ("- $x$ <!-- said -->", "- [x] <!-- said -->"),
    ],
)
def test_what_is_said_of_a_line_is_not_said_of_its_formula(text: str, shown: str) -> None:
    assert re.sub("<span[^>]*>(.*?)</span>", r"[\1]", mark_formulas(text)) == shown


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


# In a reveal.js page


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a $x$ b $ y $", "a [x] b [y]"),
        (r"\(x\) and \[y\]", "[x] and [[y]]"),
        ("$$a$b$$ and $$\nc\n$$", "[[a$b]] and [[c]]"),
        (r"it is \$5, $5\$$", r"it is $5, [5\$]"),
        (r"\[a \\[2pt] b\]", r"[[a \\[2pt] b]]"),
        (
            r"so \begin{align*}a &= b\end{align*}.",
            r"so [[\begin{align*}a &= b\end{align*}]].",
        ),
    ],
)
def test_formulas_in_a_page(text: str, shown: str) -> None:
    around = {"": "{}", "inline": "[{}]", "display": "[[{}]]"}
    assert "".join(around[kind].format(part) for part, kind in formulas_in(text)) == shown


@pytest.mark.parametrize("text", ["", "one $", "$$", "$ $", r"\(x", r"\begin{align}", r"a \ b"])
def test_what_stays_text_in_a_page(text: str) -> None:
    assert formulas_in(text) == []


def test_beginnings_without_an_end_take_no_time() -> None:
    for part in ("$$x", r"\(", r"\[", r"\begin{align}", "$", r"\$", r"\begin{align}\end{"):
        formulas_in(part * 20_000)


@pytest.mark.parametrize(
    ("script", "asks"),
    [
        ("https://cdn.jsdelivr.net/npm/reveal.js@4.6.1/plugin/math/math.js", True),
        ("https://cdn.jsdelivr.net/npm/mathjax@3/es5/tex-chtml.js", True),
        ("Reveal.initialize({plugins: [RevealMath.KaTeX]})", True),
        ("const total = Math.max(1, 2); // mathematics", False),
    ],
)
def test_a_page_asks_for_formulas(script: str, asks: bool) -> None:
    assert asks_for_formulas(script) is asks


def test_what_is_drawn_in_a_page_is_its_html() -> None:
    markup = (
        '<p>a <span data-formula="inline">x_1 &lt;\n*y*</span></p>'
        r'<span data-formula="display">z</span> <span data-formula="inline">\frac{1}{</span>'
    )
    wrong = '<span class="wrong" title="Expected &#x27;}&#x27;, got &#x27;_&#x27;">'
    assert draw_formulas(markup, drawn) == (
        '<p>a <i class="a_b" title="&gt;">x_1 &lt;\n*y*</i></p>'
        rf'<i class="a_b" title="&gt;">z!</i> {wrong}\frac{{1}}{{</span>'
    )
