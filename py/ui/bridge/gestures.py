"""Pointer, swipe and key events, translated to actions."""

from __future__ import annotations

from collections.abc import Callable

from js import document, window
from pyodide.ffi import JsProxy, create_once_callable, create_proxy

from ui.bridge.elements import Element

_SWIPE = 50  # CSS pixels; a swipe is at least so long, and mostly horizontal
_STAGE = 10_000  # see peerscript.protocol.slides.messages

# Keys of keyboards and presentation remotes; not every browser passes on the last of each.
_FORWARD = frozenset(("ArrowRight", "ArrowDown", "PageDown", " ", "MediaTrackNext"))
_BACK = frozenset(("ArrowLeft", "ArrowUp", "PageUp", "Backspace", "MediaTrackPrevious"))
# Only on a phone: a laptop's volume keys must not turn slides.
_VOLUME = {"AudioVolumeUp": "next", "AudioVolumeDown": "previous"}
_BLACK = frozenset(("b", "B", "."))
_TYPING = "input:not([type=radio]), textarea, select, [contenteditable], dialog, [popover]"
# Focused by the Tab key, these elements use such keys themselves; focused by a click, they do not.
# (`:focus-visible` cannot tell: any key press sets it on a clicked element.)
_MOVING = "input, [tabindex]:not(#slides-stage)"
_THEIRS = frozenset(("ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp", "PageDown", "PageUp", " "))
_NOT_SWIPED = "[popover], select, input"


class Drag:
    """A pointer that is pressed and moved over an element.

    Args:
        moved: called with x and y in 1/10000 of the element's size, and whether this is the
            beginning; at most once a frame.
        ended: called when the pointer is lifted.
    """

    def __init__(
        self,
        element: Element,
        moved: Callable[[int, int, bool], None],
        ended: Callable[[], None],
    ) -> None:
        self._element = element
        self._moved = moved
        self._ended = ended
        self._pointer: int | None = None
        self._last: tuple[int, int] | None = None
        element.on("pointerdown", self._begin)
        element.on("pointermove", self._move)
        for event in ("pointerup", "pointercancel"):
            element.on(event, self._end)

    def _begin(self, event: JsProxy) -> None:
        if self._pointer is None and event.button == 0:
            self._pointer = event.pointerId
            self._element.node.setPointerCapture(event.pointerId)
            self._moved(*self._place(event), True)

    def _move(self, event: JsProxy) -> None:
        if event.pointerId != self._pointer:
            return
        if self._last is None:
            window.requestAnimationFrame(create_once_callable(self._report))
        self._last = self._place(event)

    def _report(self, _: float) -> None:
        if self._last is not None:
            place, self._last = self._last, None
            self._moved(*place, False)

    def _end(self, event: JsProxy) -> None:
        if event.pointerId == self._pointer:
            self._report(0)
            self._pointer = None
            self._ended()

    def _place(self, event: JsProxy) -> tuple[int, int]:
        box = self._element.node.getBoundingClientRect()
        across = (event.clientX - box.left) / (box.width or 1)
        down = (event.clientY - box.top) / (box.height or 1)
        return _within(across), _within(down)


def _within(part: float) -> int:
    return round(min(max(part, 0.0), 1.0) * _STAGE)


def on_swipe(element: Element, swiped: Callable[[str], None]) -> None:
    """Listen to swipes across an element: "next" for one to the left, "previous" to the right."""
    begun: list[tuple[float, float]] = []

    def begin(event: JsProxy) -> None:
        begun.clear()
        if event.touches.length == 1 and not event.target.closest(_NOT_SWIPED):
            begun.append((event.touches[0].clientX, event.touches[0].clientY))

    def end(event: JsProxy) -> None:
        if not begun:
            return
        touch = event.changedTouches[0]
        across, along = touch.clientX - begun[0][0], touch.clientY - begun[0][1]
        begun.clear()
        if abs(across) >= _SWIPE and abs(across) > 2 * abs(along):
            swiped("next" if across < 0 else "previous")

    element.on("touchstart", begin)
    element.on("touchend", end)
    element.on("touchcancel", lambda _: begun.clear())


def on_keys(pressed: Callable[[str], bool], where: JsProxy | None = None) -> None:
    """Listen to the keys of a presentation: "next", "previous" and "black".

    Args:
        pressed: returns whether it was taken.
        where: another window's document; this one's if none is given.
    """
    _Keys(pressed, where or document)


class _Keys:
    def __init__(self, pressed: Callable[[str], bool], where: JsProxy) -> None:
        self._pressed = pressed
        self._tabbed = False  # whether the focus was moved by the Tab key
        where.addEventListener("keydown", create_proxy(self._take))
        where.addEventListener("pointerdown", create_proxy(self._point))

    def _point(self, _: JsProxy) -> None:
        self._tabbed = False

    def _take(self, event: JsProxy) -> None:
        key = str(event.key)
        if key == "Tab":
            self._tabbed = True
        if event.ctrlKey or event.altKey or event.metaKey or event.target.closest(_TYPING):
            return
        if key == " " and event.target.closest("button, summary, a, label"):
            return  # it presses that
        if key in _THEIRS and self._tabbed and event.target.closest(_MOVING):
            return
        meaning = "next" if key in _FORWARD else "previous" if key in _BACK else ""
        if key in _VOLUME and window.matchMedia("(pointer: coarse)").matches:
            meaning = _VOLUME[key]
        if key in _BLACK:
            meaning = "black"
        if meaning and self._pressed(meaning):
            event.preventDefault()


def on_held(key: str, changed: Callable[[bool], bool]) -> None:
    """Listen to a key being held and let go, where it means nothing else: not while writing, nor on
    a button, nor where it turns slides.

    Args:
        changed: returns whether it was taken.
    """
    held: list[bool] = []

    def take(event: JsProxy) -> None:
        if str(event.key) != key:
            return
        down = str(event.type) == "keydown"
        if not down and held:
            held.clear()
            changed(False)
        elif down and held:
            event.preventDefault()  # it repeats
        elif down and _is_free(event) and changed(True):
            held.append(True)
            event.preventDefault()

    def leave(_: JsProxy) -> None:
        if held:  # the key is let go elsewhere, which this page is not told
            held.clear()
            changed(False)

    for name in ("keydown", "keyup"):
        document.addEventListener(name, create_proxy(take))
    window.addEventListener("blur", create_proxy(leave))


def on_letter(pressed: Callable[[str], bool]) -> None:
    """Listen to letters, in lower case, where they write nothing.

    Args:
        pressed: returns whether it was taken.
    """

    def take(event: JsProxy) -> None:
        if event.defaultPrevented or event.repeat or event.ctrlKey or event.altKey or event.metaKey:
            return
        if not event.target.closest(_TYPING) and pressed(str(event.key).lower()):
            event.preventDefault()

    document.addEventListener("keydown", create_proxy(take))


def _is_free(event: JsProxy) -> bool:
    if event.defaultPrevented or event.repeat or event.ctrlKey or event.altKey or event.metaKey:
        return False
    return not event.target.closest(f"{_TYPING}, button, summary, a, label, input")
