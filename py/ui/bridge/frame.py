"""The sandboxed frame in which a deck is shown: words in, words out, and nothing else.

https://developer.mozilla.org/en-US/docs/Web/HTML/Reference/Elements/iframe#sandbox
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from js import document, window
from pyodide.ffi import JsProxy, create_proxy

from peerscript.errors import UnreadableMessage
from peerscript.protocol import jsontext
from ui.bridge.elements import Element, by_id

# All that a deck is ever told to do.
_METHODS = frozenset(("next", "prev", "slide", "getSlideNotes"))
_MAX_WORD = 256 * 1024  # characters that are read
_TEMPLATE = "deck-template"


def template() -> str:
    """The HTML of the frame's document, without the slides."""
    return str(document.getElementById(_TEMPLATE).innerHTML)


class DeckFrame:
    """`#slides-frame`, new for each deck: what the one before still says reaches nobody.

    Args:
        html: the document to show; or
        url: the address of a reveal.js page.
    """

    def __init__(self, *, html: str = "", url: str = "") -> None:
        before = by_id("slides-frame").node
        self._node = before.cloneNode(False)
        for attribute in ("src", "srcdoc"):
            self._node.removeAttribute(attribute)
        self._hear: Callable[[Mapping[str, Any]], None] = lambda word: None
        self._listener = create_proxy(self._receive)
        window.addEventListener("message", self._listener)
        if html:
            self._node.srcdoc = html
        elif url:
            self._node.src = url
        before.replaceWith(self._node)
        self.element = Element(self._node)

    def post(self, method: str, *arguments: int) -> None:
        """Have reveal.js do something.

        Raises:
            ValueError: that is none of the few things that a deck may be told.
        """
        if method not in _METHODS:
            raise ValueError(f"{method} is not for decks")
        frame = self._node.contentWindow
        if frame:
            # "*", since a sandboxed frame has no origin; nothing in this is a secret.
            frame.postMessage(json.dumps({"method": method, "args": arguments}), "*")

    def listen(self, hear: Callable[[Mapping[str, Any]], None]) -> None:
        """Hear what the frame says: JSON objects; whatever else it says is passed over."""
        self._hear = hear

    def close(self) -> None:
        """Empty the frame."""
        window.removeEventListener("message", self._listener)
        self._listener.destroy()
        empty = self._node.cloneNode(False)
        for attribute in ("src", "srcdoc"):
            empty.removeAttribute(attribute)
        self._node.replaceWith(empty)

    def _receive(self, event: JsProxy) -> None:
        if event.source != self._node.contentWindow or not isinstance(event.data, str):
            return
        if len(event.data) > _MAX_WORD:
            return
        try:
            word = jsontext.parse(event.data)
        except UnreadableMessage:
            return
        if isinstance(word, dict):
            self._hear(word)
