"""Formulas in Markdown: `$…$` in a line, `$$…$$` on its own. KaTeX makes HTML of them.

What a dollar means is pandoc's rule: the first has no space after it, the last none before it and
no digit after it, so that prices stay prices (https://pandoc.org/MANUAL.html#math).
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable

# Where no formula begins: code, HTML, what a link leads to, and what is escaped.
_LEFT_ALONE = (
    r"(?<!`)(`+)(?!`).+?(?<!`)\1(?!`)|<!--.*?-->|</?[A-Za-z][^<>]*>|\]\([^()\n]*\)"
    r"|https?://[^\s<>]+|\\[^\w\s]"
)
_ANYTHING = (
    r"\\.|[^$`\\\n]|\n(?![ \t]*\n)"  # no code, and no blank line, which TeX takes no more either
)
_FORMULA = re.compile(
    rf"{_LEFT_ALONE}"
    rf"|\$\$(?P<display>(?:{_ANYTHING}|\$(?!\$))+?)\$\$"
    rf"|\$(?=[^\s$])(?P<inline>(?:{_ANYTHING})+?)(?<=\S)\$(?!\d)",
    re.DOTALL,
)
# A sign of ASCII is written as a reference (`&#95;`), which Markdown leaves as it is.
_SIGN = re.compile(r"[!-/:-@[-`{-~]")
_SIGN_IN_HTML = re.compile(rf"(<[^>]*>|&#?\w+;)|{_SIGN.pattern}")
_MARKED = re.compile(r'&lt;span data-formula="(inline|display)"&gt;(.*?)&lt;/span&gt;')

Draw = Callable[[str, bool], str]  # the HTML of a formula; True: on a line of its own


def mark_formulas(prose: str) -> str:
    """Make an element of each formula, as its source.

    Args:
        prose: Markdown without its fenced blocks of code.
    """

    def mark(found: re.Match[str]) -> str:
        for kind in ("display", "inline"):
            if formula := found[kind]:
                formula = formula.strip().replace("\n", " ")
                signs = _SIGN.sub(_reference, formula)
                return f'<span data-formula="{kind}">{signs}</span>'
        return found[0]

    return _FORMULA.sub(mark, prose)


def draw_formulas(markup: str, draw: Draw) -> str:
    """Put what is drawn into the elements that `mark_formulas` made.

    Args:
        markup: of a deck, with its Markdown in text areas.
        draw: raises a ValueError that says what is wrong with a formula.
    """

    def put(found: re.Match[str]) -> str:
        formula = html.unescape(html.unescape(found[2]))
        try:
            drawn = draw(formula, found[1] == "display")
        except ValueError as error:
            title = html.escape(str(error))
            drawn = f'<span class="wrong" title="{title}">{html.escape(formula)}</span>'
        drawn = _SIGN_IN_HTML.sub(lambda part: part[1] or _reference(part), drawn)
        return html.escape(drawn, quote=False)

    return _MARKED.sub(put, markup)


def _reference(sign: re.Match[str]) -> str:
    return f"&#{ord(sign[0])};"
