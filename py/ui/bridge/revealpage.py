"""reveal.js pages, read by the browser's own parser (app.slides.decks.revealhtml.PageParser).

A document made by DOMParser belongs to no window: no script in it runs, and nothing is loaded.
https://html.spec.whatwg.org/multipage/dynamic-markup-insertion.html#dom-domparser-parsefromstring
"""

from __future__ import annotations

from typing import Any

from js import DOMParser, NodeFilter
from pyodide.ffi import JsProxy

from app.slides.decks.formulas import asks_for_formulas, formulas_in
from app.slides.decks.markdown import marked
from app.slides.decks.revealhtml import RevealPage, Section

# Elements that do not work in the frame (decision 12), and hidden slides.
_CUT = 'base, link, meta, script:not([data-markdown] script), section[data-visibility="hidden"]'
_HEADINGS = "h1, h2, h3, h4, h5, h6"
_NOTES = "aside.notes"
_MARKDOWN = "[data-template], script"  # as reveal.js's own plugin looks for it
# Where no formula is drawn: as reveal.js's own plugin has it, and in what is no text of a slide.
_LEFT_ALONE = (
    "script, noscript, style, textarea, pre, code, svg, math, "
    f"[data-markdown], [data-formula], {_NOTES}"
)
_PANDOC = ".math.inline, .math.display"  # its formulas, which have no dollars with KaTeX


def parse(page: str) -> RevealPage | None:
    """Read a page, and run and load nothing of it; None if no element is of class "slides"."""
    document = DOMParser.new().parseFromString(page, "text/html")
    slides = document.querySelector(".slides")
    if not slides:
        return None
    scripts = document.querySelectorAll("script")
    asked = any(
        asks_for_formulas(str(each.getAttribute("src") or each.textContent)) for each in scripts
    )
    formulas = asked and _mark_formulas(document, slides)
    for unwanted in document.querySelectorAll(_CUT):
        unwanted.remove()
    markup = str(slides.innerHTML)
    columns = tuple(
        tuple(_section(each) for each in (_sections(column) or [column]))
        for column in _sections(slides)
    )
    slides.remove()
    styles = "".join(str(style.outerHTML) for style in document.querySelectorAll("style"))
    return RevealPage(columns, markup, styles, formulas)


def _mark_formulas(document: JsProxy, slides: JsProxy) -> bool:
    """Make an element of each formula, as its source (app.slides.decks.formulas); return whether
    there is one.
    """
    for element in slides.querySelectorAll(_PANDOC):
        formula = str(element.textContent).strip()
        if not formula.startswith(("$", "\\(", "\\[")):
            kind = "display" if element.classList.contains("display") else "inline"
            element.replaceChildren(_element(document, formula, kind))
    walk = document.createTreeWalker(slides, NodeFilter.SHOW_TEXT)
    texts = []  # first, as what is replaced leads nowhere
    while text := walk.nextNode():
        texts.append(text)
    for text in texts:
        parts = formulas_in(str(text.data))
        if parts and not text.parentElement.closest(_LEFT_ALONE):
            text.replaceWith(*(_element(document, *part) for part in parts))
    found = bool(slides.querySelector("[data-formula]"))
    for section in slides.querySelectorAll("section[data-markdown]"):
        source = section.querySelector(_MARKDOWN) or section
        markdown = str(source.textContent)
        if (shown := marked(markdown)) != markdown:
            area = document.createElement("textarea")
            area.setAttribute("data-template", "")
            area.textContent = shown
            section.replaceChildren(area)
            found = True
    return found


def _element(document: JsProxy, text: str, kind: str) -> Any:
    if not kind:
        return document.createTextNode(text)
    element = document.createElement("span")
    element.setAttribute("data-formula", kind)
    element.textContent = text
    return element


def _sections(parent: JsProxy) -> list[JsProxy]:
    """The direct child sections, which reveal.js takes as slides."""
    return list(parent.querySelectorAll(":scope > section"))


def _section(section: JsProxy) -> Section:
    """Read one slide. Its notes are removed from it first: they are no part of its title."""
    if section.hasAttribute("data-markdown"):
        source = section.querySelector(_MARKDOWN) or section
        return Section(markdown=str(source.textContent))
    asides = list(section.querySelectorAll(_NOTES))
    for aside in asides:
        aside.remove()
    heading = section.querySelector(_HEADINGS)
    titled = heading if heading and str(heading.textContent).strip() else section
    return Section(
        str(titled.innerHTML),
        str(section.getAttribute("data-notes") or ""),
        tuple(str(aside.innerHTML) for aside in asides),
    )
