"""What the un-built page does itself, as it has no script before Python; the built page's script
does the same earlier (serving/start.py).
"""

from __future__ import annotations

from typing import Any

import js

from app import language

ATTRIBUTES = (
    "aria-label",
    "title",
    "placeholder",
    "alt",
    "data-empty",
)  # see serving/catalogues.py
_LEFT = "[translate=no], script, style, noscript"


def choose_language(saved: str) -> None:
    """Give <html> the person's language.

    Args:
        saved: the one that was chosen in the settings; "" for the browser's.
    """
    links = js.document.querySelectorAll("link[rel=translation]")
    offered = {str(link.hreflang): link for link in links}
    asked = str(js.URL.new(js.location.href).searchParams.get("lang") or saved)
    wanted = [asked] if asked else [str(each) for each in js.navigator.languages]
    chosen = language.choose(wanted, offered)
    if chosen != language.ENGLISH:
        root = js.document.documentElement
        root.lang, root.dir = chosen, offered[chosen].dir or "ltr"


def translate() -> None:
    """Translate the texts of index.html."""
    _translate(js.document)


def _translate(part: Any) -> None:
    for element in part.querySelectorAll("*"):
        if element.closest(_LEFT):
            continue
        context = element.getAttribute("data-context")
        for name in ATTRIBUTES:
            if text := element.getAttribute(name):
                element.setAttribute(name, _said(text, context))
        for node in element.childNodes:
            if node.nodeType == 3 and (text := str(node.data).strip()):
                node.data = str(node.data).replace(text, _said(text, context))
        if str(element.tagName) == "TEMPLATE":
            _translate(element.content)


def _said(text: str, context: str | None) -> str:
    return language.pgettext(context, text) if context else language._(text)
