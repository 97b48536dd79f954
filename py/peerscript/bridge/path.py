"""Watches an RTCPeerConnection, and tells when its path is lost.

PeerJS follows iceConnectionState, which Chromium leaves at "disconnected" for ever when the other
page has vanished. connectionState becomes "failed", 16 s after the last answer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from pyodide.ffi import JsProxy

from peerscript.aio.tasks import TaskOwner
from peerscript.bridge.listeners import Listeners
from peerscript.errors import ConnectionLost
from peerscript.protocol.silence import INTERVAL, Silence

# What counts up in the statistics of a candidate pair when something arrives; Firefox has not all.
_RECEIVED = ("responsesReceived", "requestsReceived", "bytesReceived")


def watch_path(
    path: JsProxy, peer: str, lost: Callable[[ConnectionLost], None], listeners: Listeners
) -> None:
    """Call `lost` when the path to this page is lost, until the listeners are closed."""
    watch = _PathWatch(path, peer, lost)
    listeners.listen(path, "connectionstatechange", watch.on_state)
    listeners.at_close(watch.stop)


class _PathWatch:
    def __init__(self, path: JsProxy, peer: str, lost: Callable[[ConnectionLost], None]) -> None:
        self._path: Any = path
        self._peer = peer
        self._lost = lost
        self._looking: TaskOwner | None = None

    def on_state(self, _: Any) -> None:
        self.stop()
        state = str(self._path.connectionState)
        if state == "failed":
            self._lost(ConnectionLost(f"the path to {self._peer} broke"))
        elif state == "disconnected":
            self._looking = TaskOwner(f"the path to {self._peer}")
            self._looking.start(self._look())

    def stop(self) -> None:
        if self._looking is not None:
            self._looking.cancel()
            self._looking = None

    async def _look(self) -> None:
        clock = asyncio.get_running_loop().time
        silence = Silence(clock())
        lost = False
        while not lost:
            await asyncio.sleep(INTERVAL)
            lost = silence.is_lost(clock(), await self._received())
        self._lost(ConnectionLost(f"{self._peer} does not answer any more"))

    async def _received(self) -> float:
        report = await self._path.getStats()
        pairs = [entry for entry in report.values() if entry.type == "candidate-pair"]
        return sum(getattr(pair, name, 0) for pair in pairs for name in _RECEIVED)
