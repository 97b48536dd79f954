"""Outgoing frames: small ones that are sent at about the same time leave together.

Each `RTCDataChannel.send` costs more than packing a small message: it wakes the browser's network
thread, unless it is still awake from the frame before. So the first frame leaves at once, and those
that follow without a pause wait until the end of this turn of the event loop. To a PeerScript page
they are then joined into one frame. A single message never waits.
"""

from __future__ import annotations

import asyncio
import time

from peerscript.errors import ConnectionClosed
from peerscript.ports import Channel
from peerscript.protocol.values.codecs import Codec, Frame

HIGH_WATER = 1024 * 1024  # bytes in the browser's buffer at which a sender waits
TOGETHER = 16 * 1024  # bytes that leave together
PAUSE = 0.0002  # seconds; frames closer than this leave together
_CHECK_EVERY = (
    64 * 1024
)  # bytes between two checks of the browser's buffer, each a call into JavaScript


class Outbox:
    """Frames that were sent and have not left this page."""

    def __init__(self, channel: Channel, codec: Codec) -> None:
        self._channel = channel
        self._codec = codec
        self._waiting: list[Frame] = []
        self._waiting_size = 0
        self._last_sent = 0.0
        self._unchecked = 0

    @property
    def buffered_amount(self) -> int:
        """Bytes that wait here or in the browser."""
        return self._waiting_size + self._channel.buffered_amount

    @property
    def full(self) -> bool:
        """Whether the sender should wait for `on_buffer_low`."""
        if self._unchecked < _CHECK_EVERY:
            return False
        if self._channel.buffered_amount > HIGH_WATER:
            return True
        self._unchecked = 0
        return False

    def put(self, frame: Frame) -> None:
        """Send a frame, or keep it until the end of this turn to join those behind it.

        Raises:
            ConnectionClosed, MessageTooBig: see `ports.Channel.send`.
        """
        if len(frame) < TOGETHER and (self._waiting or self._follows_closely()):
            self._wait(frame)
        else:
            if self._waiting:
                self.flush()
            self._unchecked += len(frame)
            self._channel.send(frame)

    def _follows_closely(self) -> bool:
        now = time.perf_counter()
        close = now - self._last_sent < PAUSE
        self._last_sent = now
        return close

    def _wait(self, frame: Frame) -> None:
        if not self._waiting:
            asyncio.get_running_loop().call_soon(self._flush_or_drop)
        self._waiting.append(frame)
        self._waiting_size += len(frame)
        if self._waiting_size >= TOGETHER:
            self.flush()

    def _flush_or_drop(self) -> None:
        try:
            self.flush()
        except ConnectionClosed:
            self.drop()  # the channel's `on_close` reports it to the connection

    def flush(self) -> None:
        """Send the waiting frames."""
        if self._waiting:
            frames = self._codec.join(self._waiting)
            self._unchecked += self._waiting_size
            self.drop()
            self._channel.send_all(frames)

    def drop(self) -> None:
        """Drop the waiting frames."""
        self._waiting = []
        self._waiting_size = 0
