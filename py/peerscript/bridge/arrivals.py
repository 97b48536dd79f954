"""Frames as they arrive: one at a time, and those of a burst together.

Each entry into Python from an event costs more than reading a small message. So in a burst the
browser's own `Array.push` takes what arrives, and Python is entered once for all that came until
its turn: a message that it has posted to itself, behind the events that wait already (decision 22).

A close by the other side hands on what has been collected first; one by this side drops that, as
what is still on its way.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from js import Array, MessageChannel
from pyodide.ffi import JsProxy

from peerscript.bridge.listeners import Listeners, report
from peerscript.bridge.wire import frame_of
from peerscript.protocol.values.codecs import Frame

BURST = 16  # frames; so many that have come …
WITHIN = 0.002  # … in so many seconds are a burst. What is answered one by one is slower.
OVER = 4  # frames; a turn for which fewer have come ends the burst
AT_ONCE = 64  # frames that are handed on together: 16 MiB at the most, which any inbox has room for
TURN = 0.008  # seconds after which others have theirs


class Arrivals:
    """Hands the frames of a PeerJS DataConnection on, in order, until the listeners are closed.

    Args:
        on_frames: called with one frame or several.
    """

    def __init__(
        self,
        connection: JsProxy,
        on_frames: Callable[[Sequence[Frame]], None],
        listeners: Listeners,
    ) -> None:
        self._connection = connection
        self._on_frames = on_frames
        self._listeners = listeners
        self._count = 0
        self._since = 0.0
        self._closed = False
        self._collected = Array.new()
        self._post: Callable[[None], object] | None = None  # that it is its turn; made when needed
        self._receive = listeners.function(self._on_data)
        connection.on("data", self._receive)
        listeners.at_close(self._close)

    def take_all(self) -> None:
        """Hand on what has been collected, before its turn."""
        while self._take():
            continue

    def _on_data(self, data: Any) -> None:
        self._hand_on((data,))
        self._count += 1
        if self._count >= BURST:
            self._count, before, self._since = 0, self._since, time.perf_counter()
            if self._since - before < WITHIN and not self._closed:
                self._collect()

    def _collect(self) -> None:
        self._connection.off("data", self._receive)
        self._connection.on("data", self._collected.push, self._collected)
        self._post = self._post or self._turns()
        self._post(None)

    def _turns(self) -> Callable[[None], object]:
        """A function that has `_on_turn` called behind the events that wait already."""
        turns = MessageChannel.new()
        # A listener, which is removed at a close: Firefox delivers what a closed port was posted.
        self._listeners.listen(turns.port1, "message", self._on_turn)
        self._listeners.at_close(turns.port1.close)
        turns.port1.start()
        post: Callable[[None], object] = turns.port2.postMessage
        return post

    def _on_turn(self, _: Any) -> None:
        taken, end = 0, time.perf_counter() + TURN
        try:
            while count := self._take():
                taken += count
                if time.perf_counter() > end:
                    break
        finally:  # the reader's task may have ended the program, and the connection be kept
            self._go_on(over=taken < OVER)

    def _go_on(self, *, over: bool) -> None:
        if self._closed or self._post is None:
            return
        if not over or self._collected.length:
            self._post(None)
            return
        self._connection.off("data", self._collected.push, self._collected)
        self._connection.on("data", self._receive)

    def _take(self) -> int:
        """Hand on the first of what has been collected; return how many that were."""
        if self._closed:
            return 0
        items = self._collected.splice(0, AT_ONCE)
        if count := int(items.length):
            self._hand_on(items)
        return count

    def _hand_on(self, items: Iterable[Any]) -> None:
        try:
            self._on_frames([frame_of(each) for each in items])
        except Exception as error:
            report(error)

    def _close(self) -> None:
        self._closed = True
        self._connection.off("data")
