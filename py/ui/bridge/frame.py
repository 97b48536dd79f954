"""The sandboxed frame in which a deck is shown: words in, words out, and nothing else.

https://developer.mozilla.org/en-US/docs/Web/HTML/Reference/Elements/iframe#sandbox
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Mapping
from typing import Any

from js import Array, MessageEvent, Object, document, window
from pyodide.ffi import JsProxy, create_proxy, to_js

from peerscript.errors import UnreadableMessage
from peerscript.protocol.throttle import Throttle
from peerscript.protocol.values import jsontext
from ui.bridge.elements import by_id

logger = logging.getLogger("peerscript.app")

# All that a deck is ever told to do.
_METHODS = frozenset(("next", "prev", "slide", "getSlideNotes", "getTotalSlides"))
_MAX_WORD = 256 * 1024  # characters that are read
# Words that are heard: so many for each word to the frame, and beyond them so many a second.
_ANSWERS, _RATE, _BURST = 20, 100, 500
_PATIENCE = 20_000  # words that are passed over before a frame is emptied
_TEMPLATE = "deck-template"
_SOURCE = Object.getOwnPropertyDescriptor(MessageEvent.prototype, "source").get
_ONE = to_js({"length": 1}, dict_converter=Object.fromEntries)


def template() -> str:
    """The HTML of the frame's document, without the slides."""
    return str(document.getElementById(_TEMPLATE).innerHTML)


class DeckFrame:
    """`#slides-frame`, new for each deck: what the one before still says reaches nobody.

    Args:
        html: the document to show; or
        url: the address of a reveal.js page.
        stopped: is called when the frame was emptied because it would not be quiet.
    """

    def __init__(self, stopped: Callable[[], None], *, html: str = "", url: str = "") -> None:
        before = by_id("slides-frame").node
        self._node = before.cloneNode(False)
        for attribute in ("src", "srcdoc"):
            self._node.removeAttribute(attribute)
        self._stopped = stopped
        self._hear: Callable[[Mapping[str, Any]], None] = lambda _: None
        self._throttle = Throttle(_RATE, _BURST, time.monotonic())
        self._owed = 0
        self._too_many = 0
        self._listener = create_proxy(self._receive)
        window.addEventListener("message", self._listener)
        if html:
            self._node.srcdoc = html
        elif url:
            self._node.src = url
        before.replaceWith(self._node)
        self._window = self._node.contentWindow

    def post(self, method: str, *arguments: int) -> None:
        """Have reveal.js do something.

        Raises:
            ValueError: that is none of the few things that a deck may be told.
        """
        if method not in _METHODS:
            raise ValueError(f"{method} is not for decks")
        if self._node.isConnected:  # not so when another deck has taken its place
            # "*", since a sandboxed frame has no origin; nothing in this is a secret.
            word = json.dumps({"method": method, "args": arguments})
            self._window.postMessage(word, "*")
            self._owed = min(self._owed + _ANSWERS, 100 * _ANSWERS)

    def listen(self, hear: Callable[[Mapping[str, Any]], None]) -> None:
        """Hear what the frame says: JSON objects; whatever else it says is passed over."""
        self._hear = hear

    def close(self) -> None:
        """Empty the frame. Closing twice does nothing."""
        if not self._node.isConnected:
            return
        window.removeEventListener("message", self._listener)
        self._listener.destroy()
        empty = self._node.cloneNode(False)
        for attribute in ("src", "srcdoc"):
            empty.removeAttribute(attribute)
        self._node.replaceWith(empty)

    def _receive(self, event: JsProxy) -> None:
        if not self._speaks(event) or not self._bears_another():
            return
        if not isinstance(event.data, str) or len(event.data) > _MAX_WORD:
            return
        try:
            word = jsontext.parse(event.data)
        except UnreadableMessage:
            return
        if isinstance(word, dict):
            self._hear(word)

    def _speaks(self, event: JsProxy) -> bool:
        """Whether the event comes from this frame: `event.source === window`, but in JavaScript,
        since a stranger's window costs Python half a millisecond to take hold of.
        """
        sources = Array.from_(_ONE, _SOURCE.bind(event))
        return bool(sources.includes(self._window))

    def _bears_another(self) -> bool:
        if self._owed:
            self._owed -= 1
            return True
        if self._throttle.allows(time.monotonic()):
            return True
        self._too_many += 1
        if self._too_many > _PATIENCE:
            logger.warning("the deck's frame says too much, and was emptied")
            self.close()
            self._stopped()
        return False
