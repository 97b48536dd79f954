"""The page's language: which it is, its catalogue, and the texts of index.html."""

from __future__ import annotations

import importlib
import io
import logging
import sys
from collections.abc import Sequence
from typing import Any

import js

from app import language
from ui.bridge import page

logger = logging.getLogger("peerscript.app")

_LINKS = "link[rel=translation]"
ATTRIBUTES = ("aria-label", "title", "placeholder", "alt")  # as serving/translations.py has them
_LEFT = "[translate=no], script, style, noscript"


async def speak(saved: str) -> None:
    """Use the person's language from now on.

    The built page's script has translated index.html before Python ran (serving/start.py).

    Args:
        saved: the language that was chosen in the settings; "" for the browser's.
    """
    offered = {str(link.hreflang): link for link in js.document.querySelectorAll(_LINKS)}
    asked = page.take_query(["lang"]).get("lang", "")
    chosen = language.choose(_wanted(asked or saved), offered)
    if chosen == language.ENGLISH:
        return
    link = offered[chosen]
    try:
        content = await page.fetch(str(link.href))
        sys.path_importer_cache.clear()  # the built page's script has just put it there
        reader = importlib.import_module("gettext")  # as a name: an `import` would be built in
    except (OSError, ModuleNotFoundError) as error:
        logger.warning("the page stays in English: %s", error)
        return
    language.use(reader.GNUTranslations(io.BytesIO(content)))
    root = js.document.documentElement
    if str(root.lang) != chosen:
        root.lang, root.dir = chosen, link.dir or "ltr"
        _translate(js.document)


def _wanted(tag: str) -> Sequence[str]:
    return [tag] if tag else [str(each) for each in js.navigator.languages]


def _translate(part: Any) -> None:
    for element in part.querySelectorAll("*"):
        if element.closest(_LEFT):
            continue
        context = element.dataset.context
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
