"""A window beside this one, which Python of this page fills: no script runs in it."""

from __future__ import annotations

from collections.abc import Callable

import js
from pyodide.ffi import create_proxy

from ui.bridge.elements import Element
from ui.bridge.gestures import on_keys


class Popup:
    """A window with the page's own styles. It ends with this page.

    Args:
        window: it, empty.
        title: of the window.
        template_id: of the template with what it shows.
    """

    def __init__(self, window: js.JsProxy, title: str, template_id: str) -> None:
        self._window = window
        self._document = window.document
        styles = js.document.querySelectorAll('head > link[rel="stylesheet"]')
        template = js.document.getElementById(template_id)
        root = js.document.documentElement
        self._document.write(
            f'<!doctype html><html lang="{root.lang}" dir="{root.dir}"><head><meta charset="utf-8">'
            f"<title>{title}</title>"
            f'<base href="{js.document.baseURI}"><meta name="color-scheme" content="light dark">'
            f"{''.join(str(each.outerHTML) for each in styles)}</head>"
            f"<body>{template.innerHTML}</body></html>"
        )
        self._document.close()
        js.window.addEventListener("pagehide", create_proxy(lambda _: window.close()))

    @classmethod
    def open(cls, title: str, template_id: str) -> Popup | None:
        """Open one, while something is pressed; None if the browser does not."""
        window = js.window.open("", "", "popup,width=1100,height=720")
        return cls(window, title, template_id) if window else None

    @property
    def closed(self) -> bool:
        """Whether it was closed."""
        return bool(self._window.closed)

    def by_id(self, id: str) -> Element:
        """The element of that ID."""
        return Element(self._document.getElementById(id))

    def on_keys(self, pressed: Callable[[str], bool]) -> None:
        """Listen to the keys of a presentation in it, as `gestures.on_keys` does in the page."""
        on_keys(pressed, self._document)

    def focus(self) -> None:
        """Bring it to the front."""
        self._window.focus()

    def close(self) -> None:
        """Close it."""
        self._window.close()
