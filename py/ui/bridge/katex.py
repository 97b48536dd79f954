"""Formulas, drawn by KaTeX (https://katex.org/docs/api), which is loaded when first needed."""

from __future__ import annotations

import js
from pyodide.ffi import JsException, to_js

from app.language import _
from app.slides.decks import NotADeck
from ui.bridge.elements import by_id
from ui.bridge.scripts import run_script

_TEMPLATE = "katex-template"


async def load() -> None:
    """Have KaTeX.

    Raises:
        NotADeck: it could not be loaded.
    """
    if getattr(js.globalThis, "katex", None):
        return
    script = by_id(_TEMPLATE).node.content.querySelector("script")
    try:
        await run_script(script.cloneNode(True))
    except OSError as error:
        raise NotADeck(
            _("What draws formulas could not be loaded: {error}", error=error)
        ) from error


def draw(formula: str, display: bool) -> str:
    """The HTML of a formula, which needs `styles` where it is shown; `load` comes first.

    Raises:
        ValueError: what is wrong with it.
    """
    options = to_js({"displayMode": display}, dict_converter=js.Object.fromEntries)
    try:
        return str(js.katex.renderToString(formula, options))
    except Exception as error:
        # KaTeX's errors have a `length`: Pyodide's class for them is none that `except` would name.
        if not isinstance(error, JsException):
            raise
        raise ValueError(str(error.message).removeprefix("KaTeX parse error: ")) from error


def styles() -> str:
    """The element that gives a document KaTeX's style sheet."""
    return str(by_id(_TEMPLATE).node.content.querySelector("link").outerHTML)
