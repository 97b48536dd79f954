"""The sandboxed frame in which a deck is shown: words in, words out, and nothing else.

It stands in a frame of our own, `#slides-frame`, whose policy tells the browser where the deck's
frame may ever go (decision 12): nothing else can come to be where we listen.

https://developer.mozilla.org/en-US/docs/Web/HTML/Reference/Elements/iframe#sandbox
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Mapping
from typing import Any

from js import URL, Array, MessageEvent, Object, document
from pyodide.ffi import JsProxy, to_js

from app.slides.decks.document import frame_policy
from peerscript.bridge.listeners import Listeners
from peerscript.errors import UnreadableMessage
from peerscript.protocol.throttle import Throttle
from peerscript.protocol.values import jsontext
from ui.bridge.elements import by_id

logger = logging.getLogger("peerscript.app")

# All that a deck is ever told to do.
_METHODS = frozenset(("next", "prev", "slide", "getSlideNotes", "getTotalSlides"))
_MAX_MESSAGE = 256 * 1024  # characters that are read
# Words that are heard: so many for each message to the frame, and beyond them so many a second.
_ANSWERS, _RATE, _BURST = 20, 100, 500
_MAX_DROPPED = 20_000  # words that are passed over before a frame is emptied
_TEMPLATE = "deck-template"
# A file, since Firefox takes 'self' for nothing in a document within a text within a text.
_AROUND = "./site/deck-frame.html"
_LED_AWAY = "it was led away to another page"
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
        stopped: is called with the reason when the frame was emptied: it would not be quiet, or was
            led to another document.
    """

    def __init__(self, stopped: Callable[[str], None], *, html: str = "", url: str = "") -> None:
        self._shown = ("src", url) if url else ("srcdoc", html)
        self._stopped = stopped
        self._on_message: Callable[[Mapping[str, Any]], None] = lambda _: None
        self._throttle = Throttle(_RATE, _BURST, time.monotonic())
        self._expected_answers = 0
        self._dropped = 0
        self._loads = 0
        self._window: JsProxy | None = None
        self._listeners = Listeners()
        self._node = _replace()
        self._listeners.listen(self._node, "load", self._fill)
        self._policy = frame_policy(str(URL.new(url).origin) if url else "")
        self._node.src = _AROUND

    def _fill(self, _: JsProxy) -> None:
        """Our own frame is there: have its policy hold, and put the deck's frame into it."""
        inner = self._node.contentDocument
        policy = inner.createElement("meta")
        policy.httpEquiv, policy.content = "Content-Security-Policy", self._policy
        inner.head.appendChild(policy)
        deck = inner.createElement("iframe")
        for name, value in (("sandbox", "allow-scripts"), ("title", "The slide"), self._shown):
            deck.setAttribute(name, value)
        self._listeners.listen(self._node.contentWindow, "message", self._receive)
        self._listeners.listen(inner, "securitypolicyviolation", self._refuse)
        self._listeners.listen(deck, "load", self._count)
        inner.body.appendChild(deck)
        self._window = deck.contentWindow

    def _count(self, _: JsProxy) -> None:
        """A document has loaded in the deck's frame; the second is none that was asked for."""
        self._loads += 1
        if self._loads > 1:
            self._stop(_LED_AWAY)

    def _refuse(self, event: JsProxy) -> None:
        """The browser has let something of our own frame go nowhere."""
        if event.effectiveDirective == "frame-src":
            self._stop(_LED_AWAY)

    def post(self, method: str, *arguments: int) -> None:
        """Have reveal.js do something.

        Raises:
            ValueError: that is none of the few things that a deck may be told.
        """
        if method not in _METHODS:
            raise ValueError(f"{method} is not for decks")
        if self._window is not None and self._node.isConnected:  # no other deck took its place
            # "*", since a sandboxed frame has no origin; nothing in this is a secret.
            message = json.dumps({"method": method, "args": arguments})
            self._window.postMessage(message, "*")
            self._expected_answers = min(self._expected_answers + _ANSWERS, 100 * _ANSWERS)

    def bind(self, on_message: Callable[[Mapping[str, Any]], None]) -> None:
        """Hear what the frame says: JSON objects; whatever else it says is passed over."""
        self._on_message = on_message

    def close(self) -> None:
        """Empty the frame. Closing twice does nothing."""
        self._listeners.close()
        if self._node.isConnected:
            _replace()

    def _stop(self, why: str) -> None:
        logger.warning("the deck's frame was emptied: %s", why)
        self.close()
        self._stopped(why)

    def _receive(self, event: JsProxy) -> None:
        if not self._is_from_deck(event) or not self._allows_another():
            return
        if not isinstance(event.data, str) or len(event.data) > _MAX_MESSAGE:
            return
        try:
            message = jsontext.parse(event.data)
        except UnreadableMessage:
            return
        if isinstance(message, dict):
            self._on_message(message)

    def _is_from_deck(self, event: JsProxy) -> bool:
        """Whether the event comes from this frame: `event.source === window`, but in JavaScript,
        since a stranger's window costs Python half a millisecond to take hold of.
        """
        sources = Array.from_(_ONE, _SOURCE.bind(event))
        return bool(sources.includes(self._window))

    def _allows_another(self) -> bool:
        if self._expected_answers:
            self._expected_answers -= 1
            return True
        if self._throttle.allows(time.monotonic()):
            return True
        self._dropped += 1
        if self._dropped > _MAX_DROPPED:
            self._stop("it would not let the page do its work")
        return False


def _replace() -> JsProxy:
    """Put an empty frame in the place of the one that is there."""
    before = by_id("slides-frame").node
    empty: JsProxy = before.cloneNode(False)
    empty.removeAttribute("src")
    before.replaceWith(empty)
    return empty
