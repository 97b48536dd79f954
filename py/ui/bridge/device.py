"""The device: vibration, wake lock, fullscreen, and a timer."""

from __future__ import annotations

import logging
from collections.abc import Callable

import js
from pyodide.ffi import JsException, create_once_callable, create_proxy

from ui.bridge.elements import Element

logger = logging.getLogger("peerscript.app")

_TICK = 10  # milliseconds of a haptic tick


def tick() -> None:
    """Give haptic feedback for a press, where the device can."""
    if getattr(js.navigator, "vibrate", None):
        js.navigator.vibrate(_TICK)


def every_second(action: Callable[[], None]) -> None:
    """Do something once a second, for as long as the page lives."""
    js.setInterval(create_proxy(action), 1000)


class WakeLock:
    """Keeps the screen on.

    https://developer.mozilla.org/en-US/docs/Web/API/Screen_Wake_Lock_API. The browser releases it
    when the page is hidden, so it is requested again when the page is visible again.
    """

    def __init__(self) -> None:
        self._wanted = False
        self._held: js.JsProxy | None = None
        self._asking = False
        js.document.addEventListener("visibilitychange", create_proxy(lambda _: self._ask()))

    def want(self, wanted: bool) -> None:
        """Keep the screen on, or let it sleep."""
        self._wanted = wanted
        if wanted:
            self._ask()
        elif self._held:
            self._held.release()
            self._held = None

    def _ask(self) -> None:
        visible = str(js.document.visibilityState) == "visible"
        held = bool(self._held and not self._held.released)
        lock = getattr(js.navigator, "wakeLock", None)
        if self._wanted and visible and lock and not held and not self._asking:
            self._asking = True
            lock.request("screen").then(
                create_once_callable(self._have), create_once_callable(self._refused)
            )

    def _have(self, lock: js.JsProxy) -> None:
        self._asking, self._held = False, lock
        js.document.documentElement.setAttribute("data-awake", "true")
        if not self._wanted:
            self.want(False)

    def _refused(self, error: JsException) -> None:
        self._asking = False
        logger.info("the screen may go to sleep: %s", error)  # a low battery, for example


def has_fullscreen() -> bool:
    """Whether an element can be shown in fullscreen; not on an iPhone."""
    return bool(getattr(js.document, "fullscreenEnabled", False))


def when_fullscreen(changed: Callable[[Element | None], None]) -> None:
    """Listen to fullscreen: the element that has all of the screen; None when none has any more."""

    def take(_: js.JsProxy) -> None:
        shown = js.document.fullscreenElement
        changed(Element(shown) if shown else None)

    js.document.addEventListener("fullscreenchange", create_proxy(take))


def toggle_fullscreen(element: Element) -> None:
    """Enter or leave fullscreen with an element."""
    document = js.document
    asked = (
        document.exitFullscreen()
        if document.fullscreenElement
        else element.node.requestFullscreen()
    )
    asked.catch(create_once_callable(_no_fullscreen))


def _no_fullscreen(error: JsException) -> None:
    logger.info("the browser keeps the screen as it is: %s", error)
