"""Bulk data on data channels of its own, each paced by how fast the other side reads it."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence

from peerscript.aio.lifecycle import Announcer
from peerscript.data.wire import SideChannel
from peerscript.errors import ConnectionClosed, LinkMisused, MessageTooBig
from peerscript.link.pace import Pace
from peerscript.protocol.link.envelope import MAX_HEAD, envelopes
from peerscript.protocol.link.messages import BulkRead
from peerscript.protocol.link.pacing import ALONE_TARGET, SMALLEST_FRAME, STRIPE_TARGET, Pacing
from peerscript.protocol.link.striping import STALLED, InFlight
from peerscript.protocol.values.codecs import Frame

logger = logging.getLogger("peerscript")

FRAMES_PER_SECOND = 3000
STEP = 16 * 1024  # bytes read between two BulkRead messages

Message = tuple[str, int, bytes]  # a channel, the message's number there, its payload


class Bulk:
    """What waits to be sent in bulk over a path; its stripes take it."""

    def __init__(self) -> None:
        self._waiting: deque[Message] = deque()
        self._changes = Announcer()
        self._closed = False

    @property
    def waits(self) -> bool:
        """Whether there is something to take."""
        return bool(self._waiting)

    def send(self, channel: str, number: int, payload: bytes) -> None:
        """Queue a message of a channel."""
        if not self._closed:
            self._waiting.append((channel, number, payload))
            self._changes.announce()

    def send_again(self, messages: Sequence[Message]) -> None:
        """Queue what a lost stripe has not brought there, before the rest."""
        self._waiting.extendleft(reversed(messages))
        self._changes.announce()

    async def take(self) -> Message | None:
        """Return the next message, when there is one; None after `close`, when there are none."""
        while not self._waiting:
            if self._closed:
                return None
            await self._changes.change()
        return self._waiting.popleft()

    def close(self) -> None:
        """Take nothing more."""
        self._closed = True
        self._changes.announce()


class Stripe:
    """One data channel for bulk.

    Attributes:
        read: bytes that were read here.

    Args:
        send_message: sends over the path's own data channel.
        now: the event loop's time.
        number: of the stripe on its path; 0 is the one beside the path's own data channel.
    """

    def __init__(
        self,
        bulk: Bulk,
        send_message: Callable[[BulkRead], None],
        now: Callable[[], float],
        number: int = 0,
    ) -> None:
        self.number = number
        self.read = 0
        self._bulk = bulk
        self._send_message = send_message
        self._now = now
        self._in_flight = InFlight[Message]()
        self._pacing = Pacing(STRIPE_TARGET if number else ALONE_TARGET)
        self._window_changes = Announcer()
        self._told = 0  # bytes
        self._heard_at = now()  # when the other side has last read something

    @property
    def sent(self) -> int:
        """Bytes that were sent."""
        return self._in_flight.sent

    @property
    def round_trip(self) -> float:
        """See `Pacing.round_trip`."""
        return self._pacing.round_trip

    @property
    def stalled(self) -> bool:
        """Whether the other side has long read nothing of what is on its way."""
        if self._in_flight.unread < STEP:  # less than that is not told
            self._heard_at = self._now()
        return self._now() - self._heard_at > STALLED

    def hurry(self) -> None:
        """Something else is sent, which should not wait behind bulk."""
        self._pacing.hurry(self._now())

    async def write(self, side: SideChannel, max_frame: int) -> None:
        """Take and write messages, as fast as the other side reads them; end after `Bulk.close`.

        Args:
            max_frame: bytes that the other side accepts in a frame.

        Raises:
            LinkMisused: that is less than any browser's limit.
        """
        pace = Pace(FRAMES_PER_SECOND, self._now)
        try:
            while message := await self._next():
                self._in_flight.begin(message)
                for envelope in envelopes(*message, lambda: self._part_size(max_frame)):
                    await self._room()
                    await pace.wait()
                    frame = envelope.encode()
                    self._in_flight.add(len(frame))
                    self._pacing.send(len(frame), self._now())
                    await side.send(frame)
                self._in_flight.end()
        except ConnectionClosed as error:
            logger.debug("bulk: %s", error)  # whoever reads the channel ends, and reports it
        except MessageTooBig as error:
            raise LinkMisused(f"frames of {max_frame} bytes at most: {error}") from error

    async def _next(self) -> Message | None:
        await self._room()  # else a message would wait here while another stripe has room
        return await self._bulk.take()

    async def _room(self) -> None:
        while not self._pacing.has_room:
            await self._window_changes.change()

    def _part_size(self, max_frame: int) -> int:
        return max(min(self._pacing.frame, max_frame), SMALLEST_FRAME) - MAX_HEAD

    async def frames(self, side: SideChannel) -> AsyncIterator[Frame]:
        """Yield incoming frames, and acknowledge what was read."""
        async for frame in side:
            yield frame
            self.read += len(frame)
            if self.read - self._told >= STEP:
                self._told = self.read
                self._send_message(BulkRead(self.read, self.number))

    def on_read(self, total: int) -> None:
        """The other side has read so many bytes.

        Raises:
            OutOfSequence: so many were not sent.
        """
        self._heard_at = self._now()
        self._pacing.read(total, self._heard_at)
        self._in_flight.read(total)
        self._window_changes.announce()

    def lose(self) -> None:
        """The channel is gone: what it has not brought there goes over the others."""
        self._bulk.send_again(self._in_flight.lost())
