"""Formulas in Markdown: `$…$` in a line, `$$…$$` on its own. KaTeX draws them, in the frame.

What a dollar means is pandoc's rule: the first has no space after it, the last none before it and
no digit after it, so that prices stay prices (https://pandoc.org/MANUAL.html#math).
"""

from __future__ import annotations

import re

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
_SIGN = re.compile(r"[!-/:-@[-`{-~]")  # of ASCII, each of which Markdown may read otherwise


def mark_formulas(prose: str) -> str:
    """Make an element of each formula, which the frame gives to KaTeX. Its signs are written as
    references (`&#95;`), which Markdown leaves as they are.

    Args:
        prose: Markdown without its fenced blocks of code.
    """

    def mark(found: re.Match[str]) -> str:
        for kind in ("display", "inline"):
            if formula := found[kind]:
                return f'<span data-formula="{kind}">{_as_references(formula)}</span>'
        return found[0]

    return _FORMULA.sub(mark, prose)


def _as_references(formula: str) -> str:
    return _SIGN.sub(lambda sign: f"&#{ord(sign[0])};", formula.strip().replace("\n", " "))
