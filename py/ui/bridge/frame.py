"""The sandboxed frame in which a deck is shown; only messages pass between it and the page.

It is inside a frame of our own, whose policy tells the browser where the deck's
frame may navigate (decision 12): so no other document can send messages from it.

https://developer.mozilla.org/en-US/docs/Web/HTML/Reference/Elements/iframe#sandbox
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from js import URL, Array, MessageEvent, Object, document
from pyodide.ffi import JsProxy, to_js

from app.language import N_, _
from app.slides.decks.document import frame_policy
from peerscript.bridge.listeners import Listeners
from peerscript.errors import UnreadableMessage
from peerscript.protocol.throttle import Throttle
from peerscript.protocol.values import jsontext
from ui.bridge.elements import Element

logger = logging.getLogger("peerscript.app")

# The only methods of reveal.js that are called.
_METHODS = frozenset(("next", "prev", "slide", "getSlideNotes", "getTotalSlides"))
_MAX_MESSAGE = 256 * 1024  # characters that are read
# Messages that are read: so many for each one sent to the frame, and beyond them so many a second.
_ANSWERS, _RATE, _BURST = 20, 100, 500
_MAX_DROPPED = 20_000  # dropped messages after which a frame is removed
_TEMPLATE = "deck-template"
# A file: in a srcdoc document within another srcdoc, Firefox matches 'self' with nothing.
_AROUND = "./site/deck-frame.html"
_LED_AWAY = N_("it was led away to another page")


# Made on first use, here and elsewhere: a memory snapshot of what is imported holds no JavaScript
# objects (decision 20).
@cache
def _one_source() -> tuple[JsProxy, JsProxy]:
    """What `Array.from` takes: an array of one, filled by the getter of an event's `source`."""
    source = Object.getOwnPropertyDescriptor(MessageEvent.prototype, "source").get
    return to_js({"length": 1}, dict_converter=Object.fromEntries), source


def template() -> str:
    """The HTML of the frame's document, without the slides."""
    return str(document.getElementById(_TEMPLATE).innerHTML)


class DeckFrame:
    """An <iframe>, created anew for each deck, so that messages of the one before are not read.

    Args:
        host: the element that it stands in, with a <template> of it.
        html: the document to show; or
        url: the address of a reveal.js page.
        stopped: called with the reason when the frame was removed: it sent too many messages, or
            navigated to another document.
    """

    def __init__(
        self, host: Element, stopped: Callable[[str], None], *, html: str = "", url: str = ""
    ) -> None:
        self._shown = ("src", url) if url else ("srcdoc", html)
        self._stopped = stopped
        self._on_message: Callable[[Mapping[str, Any]], None] = lambda _: None
        self._throttle = Throttle(_RATE, _BURST, time.monotonic())
        self._expected_answers = 0
        self._dropped = 0
        self._loads = 0
        self._window: JsProxy | None = None
        self._listeners = Listeners()
        self._policy = frame_policy(str(URL.new(url).origin) if url else "")
        self._node = _insert(host)
        self._listeners.listen(self._node, "load", self._fill)
        self._node.src = _AROUND

    def _fill(self, _event: JsProxy) -> None:
        """Our own frame has loaded: apply its policy, and insert the deck's frame."""
        inner = self._node.contentDocument
        policy = inner.createElement("meta")
        policy.httpEquiv, policy.content = "Content-Security-Policy", self._policy
        inner.head.appendChild(policy)
        deck = inner.createElement("iframe")
        for name, value in (("sandbox", "allow-scripts"), ("title", _("The slide")), self._shown):
            deck.setAttribute(name, value)
        self._listeners.listen(self._node.contentWindow, "message", self._receive)
        self._listeners.listen(inner, "securitypolicyviolation", self._refuse)
        self._listeners.listen(deck, "load", self._count)
        inner.body.appendChild(deck)
        self._window = deck.contentWindow

    def _count(self, _event: JsProxy) -> None:
        """A document has loaded in the deck's frame; a second one is not ours."""
        self._loads += 1
        if self._loads > 1:
            self._stop(_(_LED_AWAY))

    def _refuse(self, event: JsProxy) -> None:
        """The browser has blocked something in our own frame by its policy."""
        if event.effectiveDirective == "frame-src":
            self._stop(_(_LED_AWAY))

    def post(self, method: str, *arguments: int) -> None:
        """Call a method of reveal.js.

        Raises:
            ValueError: it is none of the allowed methods.
        """
        if method not in _METHODS:
            raise ValueError(f"{method} is not for decks")
        if self._window is not None and self._node.isConnected:  # else another deck has replaced it
            # "*", since a sandboxed frame has no origin; the message holds no secret.
            message = json.dumps({"method": method, "args": arguments})
            self._window.postMessage(message, "*")
            self._expected_answers = min(self._expected_answers + _ANSWERS, 100 * _ANSWERS)

    def bind(self, on_message: Callable[[Mapping[str, Any]], None]) -> None:
        """Report messages that are JSON objects to `on_message` from now on; others are ignored."""
        self._on_message = on_message

    def close(self) -> None:
        """Remove the frame. Closing twice does nothing."""
        self._listeners.close()
        self._node.remove()

    def _stop(self, why: str) -> None:
        logger.warning("the deck's frame was removed: %s", why)
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
        """Whether the event comes from this frame: `event.source === window`, but compared in
        JavaScript, since a proxy of a foreign window costs half a millisecond.
        """
        one, source = _one_source()
        sources = Array.from_(one, source.bind(event))
        return bool(sources.includes(self._window))

    def _allows_another(self) -> bool:
        if self._expected_answers:
            self._expected_answers -= 1
            return True
        if self._throttle.allows(time.monotonic()):
            return True
        self._dropped += 1
        if self._dropped > _MAX_DROPPED:
            self._stop(_("it would not let the page do its work"))
        return False


def _insert(host: Element) -> JsProxy:
    """A frame out of the host's template: until a deck is shown, the page has none."""
    template = host.node.querySelector(":scope > template")
    frame: JsProxy = template.content.firstElementChild.cloneNode(False)
    template.after(frame)
    return frame
