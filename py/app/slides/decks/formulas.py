"""Formulas in decks: `$…$` in a line, `$$…$$` on its own. KaTeX makes HTML of them.

In Markdown, what a dollar means is pandoc's rule: the first has no space after it, the last none
before it and no digit after it, so that prices stay prices (https://pandoc.org/MANUAL.html#math).
In a reveal.js page that asks for formulas it is as its plugin has it (https://revealjs.com/math/).
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
_MARKED = re.compile(
    r'&lt;span data-formula="(inline|display)"&gt;(.*?)&lt;/span&gt;'  # as text, for Markdown
    r'|<span data-formula="(inline|display)">(.*?)</span>',
    re.DOTALL,
)
# In the text of a page. What has no end takes no time: another beginning ends the search for it.
_TEX = r"(?:\\[^()\[\]]|[^\\])+?"
_BEGIN = r"\\begin\{(?:equation|align|alignat|gather|CD)\*?\}"
_IN_PAGE = re.compile(
    r"\\(?P<dollar>\$)"
    r"|\$\$(?P<display>(?:\\.|[^$\\]|\$(?!\$))+?)\$\$"
    r"|\$(?P<inline>(?:\\.|[^$\\])+)\$"
    rf"|\\\((?P<round>{_TEX})\\\)"
    rf"|\\\[(?P<square>{_TEX})\\\]"
    rf"|(?P<block>{_BEGIN}(?:(?!{_BEGIN}).)+?\\end\{{\w+\*?\}})",
    re.DOTALL,
)
_KINDS = {
    "dollar": "",
    "display": "display",
    "inline": "inline",
    "round": "inline",
    "square": "display",
    "block": "display",
}
_ATTRIBUTES = re.compile(r"[ \t]*<!--[ \t]*\.element:[^>]*-->")
_ASKED = re.compile(r"katex|mathjax|RevealMath|plugin/math", re.IGNORECASE)

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

    marked = _FORMULA.sub(mark, prose)
    if marked == prose or ".element" not in marked:
        return marked
    return "\n".join(map(_with_target, marked.split("\n")))


def _with_target(line: str) -> str:
    """Move `<!-- .element: … -->` before the formulas of its line. reveal.js gives what it says to
    the element before it, and to what both stand in if there is none; a formula was none of one's
    own when it was written.
    """
    first, found = line.find("<span data-formula="), _ATTRIBUTES.search(line)
    if first < 0 or not found or found.start() < first:
        return line
    rest = line[first : found.start()] + line[found.end() :]
    # A space of no width before it: a comment that begins a line would make HTML of all of it.
    return f"{line[:first]}&#8203;{found[0].strip()}{rest}"


def asks_for_formulas(script: str) -> bool:
    """Whether a script of a reveal.js page, by its address or its text, is one that draws them."""
    return bool(_ASKED.search(script))


def formulas_in(text: str) -> list[tuple[str, str]]:
    """The parts of a text in a reveal.js page that asks for formulas, with what each is: "inline"
    or "display" for the source of a formula, "" for what stays text. [] if it has none.
    """
    parts: list[tuple[str, str]] = []
    end = 0
    for found in _IN_PAGE.finditer(text):
        kind = found.lastgroup or ""
        formula = found[kind].strip()
        if formula:
            parts.append((text[end : found.start()], ""))
            parts.append((formula, _KINDS[kind]))
            end = found.end()
    return [*parts, (text[end:], "")] if parts else []


def draw_formulas(markup: str, draw: Draw) -> str:
    """Put what is drawn into the elements that mark formulas.

    Args:
        markup: of a deck, with its Markdown in text areas.
        draw: raises a ValueError that says what is wrong with a formula.
    """

    def put(found: re.Match[str]) -> str:
        kind, formula = found[1] or found[3], html.unescape(found[2] or found[4])
        if found[1]:
            formula = html.unescape(formula)
        try:
            drawn = draw(formula, kind == "display")
        except ValueError as error:
            title = html.escape(str(error))
            drawn = f'<span class="wrong" title="{title}">{html.escape(formula)}</span>'
        if found[3]:
            return drawn
        drawn = _SIGN_IN_HTML.sub(lambda part: part[1] or _reference(part), drawn)
        return html.escape(drawn, quote=False)

    return _MARKED.sub(put, markup)


def _reference(sign: re.Match[str]) -> str:
    return f"&#{ord(sign[0])};"
