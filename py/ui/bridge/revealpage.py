"""reveal.js pages, read by the browser's own parser (app.slides.decks.revealhtml.PageParser).

A document made by DOMParser belongs to no window: no script in it runs, and nothing is loaded.
https://html.spec.whatwg.org/multipage/dynamic-markup-insertion.html#dom-domparser-parsefromstring
"""

from __future__ import annotations

from js import DOMParser
from pyodide.ffi import JsProxy

from app.slides.decks.revealhtml import RevealPage, Section

# Elements that do not work in the frame (decision 12), and hidden slides.
_CUT = 'base, link, meta, script:not([data-markdown] script), section[data-visibility="hidden"]'
_HEADINGS = "h1, h2, h3, h4, h5, h6"
_NOTES = "aside.notes"
_MARKDOWN = "[data-template], script"  # as reveal.js's own plugin looks for it


def parse(page: str) -> RevealPage | None:
    """Read a page, and run and load nothing of it; None if no element is of class "slides"."""
    document = DOMParser.new().parseFromString(page, "text/html")
    slides = document.querySelector(".slides")
    if not slides:
        return None
    for unwanted in document.querySelectorAll(_CUT):
        unwanted.remove()
    markup = str(slides.innerHTML)
    columns = tuple(
        tuple(_section(each) for each in (_sections(column) or [column]))
        for column in _sections(slides)
    )
    slides.remove()
    styles = "".join(str(style.outerHTML) for style in document.querySelectorAll("style"))
    return RevealPage(columns, markup, styles)


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
