"""Bulk data on a data channel of its own, paced by how fast the other side reads it."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable

from peerscript.aio.inbox import Inbox
from peerscript.aio.lifecycle import Announcer
from peerscript.data.wire import SideChannel
from peerscript.errors import ConnectionClosed, LinkMisused, MessageTooBig
from peerscript.link.pace import Pace
from peerscript.protocol.link.envelope import MAX_HEAD, envelopes
from peerscript.protocol.link.messages import BulkRead
from peerscript.protocol.link.pacing import SMALLEST_FRAME, Pacing
from peerscript.protocol.values.codecs import Frame

logger = logging.getLogger("peerscript")

FRAMES_PER_SECOND = 3000
STEP = 16 * 1024  # bytes read between two BulkRead messages


class Bulk:
    """The bulk of one path.

    Args:
        send_message: sends over the path's own data channel.
        now: the event loop's time.
    """

    def __init__(self, send_message: Callable[[BulkRead], None], now: Callable[[], float]) -> None:
        self._send_message = send_message
        self._now = now
        self._outgoing: Inbox[tuple[str, int, bytes]] = Inbox()
        self._pacing = Pacing()
        self._window_changes = Announcer()
        self._read = self._told = 0  # bytes

    def send(self, channel: str, number: int, payload: bytes) -> None:
        """Queue a message of a channel."""
        self._outgoing.put((channel, number, payload))

    def hurry(self) -> None:
        """Something else is sent, which should not wait behind bulk."""
        self._pacing.hurry(self._now())

    def close(self) -> None:
        """Send nothing more."""
        self._outgoing.close()

    async def write(self, side: SideChannel, max_frame: int) -> None:
        """Write the messages of `send`, as fast as the other side reads them; end after `close`.

        Args:
            max_frame: bytes that the other side accepts in a frame.

        Raises:
            LinkMisused: that is less than any browser's limit.
        """
        pace = Pace(FRAMES_PER_SECOND, self._now)

        def part_size() -> int:
            return max(min(self._pacing.frame, max_frame), SMALLEST_FRAME) - MAX_HEAD

        try:
            async for message in self._outgoing:
                for envelope in envelopes(*message, part_size):
                    while not self._pacing.has_room:
                        await self._window_changes.change()
                    await pace.wait()
                    frame = envelope.encode()
                    self._pacing.send(len(frame), self._now())
                    await side.send(frame)
        except ConnectionClosed as error:
            logger.debug("bulk: %s", error)  # `Path.run` ends, and reports it
        except MessageTooBig as error:
            raise LinkMisused(f"frames of {max_frame} bytes at most: {error}") from error

    async def frames(self, side: SideChannel) -> AsyncIterator[Frame]:
        """Yield incoming frames, and acknowledge what was read."""
        async for frame in side:
            yield frame
            self._read += len(frame)
            if self._read - self._told >= STEP:
                self._told = self._read
                self._send_message(BulkRead(self._read))

    def on_read(self, message: BulkRead) -> None:
        """The other side has read so many bytes.

        Raises:
            OutOfSequence: so many were not sent.
        """
        self._pacing.read(message.size, self._now())
        self._window_changes.announce()
