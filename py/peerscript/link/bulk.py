"""What is large, on a data channel of its own: no more is on its way than the other side reads."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable

from peerscript.aio.inbox import Inbox
from peerscript.aio.lifecycle import Announcer
from peerscript.data.wire import SideChannel
from peerscript.errors import ConnectionClosed
from peerscript.link.pace import Pace
from peerscript.protocol.link.messages import BulkRead
from peerscript.protocol.link.pacing import Pacing
from peerscript.protocol.values.codecs import Frame

logger = logging.getLogger("peerscript")

FRAMES_PER_SECOND = 3000
STEP = 16 * 1024  # bytes read after which the other side is told


class Bulk:
    """The bulk of one path.

    Args:
        say: tells the other side over the path's own data channel.
        now: the event loop's time.
    """

    def __init__(self, say: Callable[[BulkRead], None], now: Callable[[], float]) -> None:
        self._say = say
        self._now = now
        self._outgoing: Inbox[bytes] = Inbox()
        self._pacing = Pacing()
        self._room = Announcer()
        self._read = self._told = 0  # bytes

    def post(self, frame: bytes) -> None:
        """Send a frame, after those before it."""
        self._outgoing.put(frame)

    def close(self) -> None:
        """Send nothing more."""
        self._outgoing.close()

    async def write(self, side: SideChannel) -> None:
        """Send what is posted, as fast as the other side reads it."""
        pace = Pace(FRAMES_PER_SECOND, self._now)
        try:
            async for frame in self._outgoing:
                while not self._pacing.has_room:
                    await self._room.change()
                await pace.keep()
                self._pacing.send(len(frame), self._now())
                await side.send(frame)
        except ConnectionClosed as error:
            logger.debug("bulk: %s", error)  # the path ends, and tells

    async def frames(self, side: SideChannel) -> AsyncIterator[Frame]:
        """Give what comes, and tell the other side that it was read."""
        async for frame in side:
            yield frame
            self._read += len(frame)
            if self._read - self._told >= STEP:
                self._told = self._read
                self._say(BulkRead(self._read))

    def on_read(self, message: BulkRead) -> None:
        """The other side has read so much.

        Raises:
            OutOfStep: so much was not sent.
        """
        self._pacing.read(message.size, self._now())
        self._room.announce()
