"""The way out: frames to the browser, small ones that are sent in one go sharing one.

Each `RTCDataChannel.send` costs more than packing a small message. So when a PeerScript page
listens, the first frame leaves at once, and those that follow without a pause wait for each other
until the end of this turn of the event loop: a single message never waits.
"""

from __future__ import annotations

import asyncio
import time

from peerscript.errors import ConnectionClosed
from peerscript.ports import Channel
from peerscript.protocol.codecs import Codec, Frame

HIGH_WATER = 1024 * 1024  # bytes in the browser's buffer at which a sender waits
SHARED_SIZE = 16 * 1024  # bytes at which a shared frame leaves
PAUSE = 0.0002  # seconds; frames closer than this share
_LOOK_EVERY = 64 * 1024  # bytes between two looks at the browser's buffer, each a call across


class Outbox:
    """What is sent and has not left this page."""

    def __init__(self, channel: Channel, codec: Codec) -> None:
        self._channel = channel
        self._codec = codec
        self._waiting: list[bytes] = []
        self._waiting_size = 0
        self._last_sent = 0.0
        self._unlooked = 0

    @property
    def buffered_amount(self) -> int:
        """Bytes that wait here or in the browser."""
        return self._waiting_size + self._channel.buffered_amount

    @property
    def full(self) -> bool:
        """Whether the sender should wait for room."""
        if self._unlooked < _LOOK_EVERY:
            return False
        if self._channel.buffered_amount > HIGH_WATER:
            return True
        self._unlooked = 0
        return False

    def put(self, frame: Frame) -> None:
        """Send a frame, or let it share one.

        Raises:
            ConnectionClosed, MessageTooBig: see `ports.Channel.send`.
        """
        if (
            isinstance(frame, bytes)
            and self._codec.joinable is not None
            and frame[0] == self._codec.joinable
            and len(frame) < SHARED_SIZE
            and (self._waiting or self._follows_closely())
        ):
            self._share(frame)
        else:
            if self._waiting:
                self.flush()
            self._unlooked += len(frame)
            self._channel.send(frame)

    def _follows_closely(self) -> bool:
        now = time.perf_counter()
        close = now - self._last_sent < PAUSE
        self._last_sent = now
        return close

    def _share(self, frame: bytes) -> None:
        if not self._waiting:
            asyncio.get_running_loop().call_soon(self._flush_or_drop)
        self._waiting.append(frame)
        self._waiting_size += len(frame)
        if self._waiting_size >= SHARED_SIZE:
            self.flush()

    def _flush_or_drop(self) -> None:
        try:
            self.flush()
        except ConnectionClosed:
            self.drop()  # the channel's `on_close` tells the connection, which tells its user

    def flush(self) -> None:
        """Send what waits to share a frame."""
        if self._waiting:
            joined = self._codec.join(self._waiting)
            self.drop()
            self._unlooked += len(joined)
            self._channel.send(joined)

    def drop(self) -> None:
        """Forget what waits."""
        self._waiting = []
        self._waiting_size = 0
