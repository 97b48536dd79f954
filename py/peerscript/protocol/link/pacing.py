"""The send window of bulk: how many bytes may be in flight, so that nothing else waits behind them.

All data channels of a connection share the same queues: in both browsers and in the network. A text
waits for all that is in them. So bulk keeps them short: the window grows while frames are read by
the other page about as soon as on an idle path, and shrinks as soon as that takes longer. (LEDBAT,
RFC 6817, does the same for the network; here the other page's reading time counts too.) While
nothing else is sent, the queues may be longer and frames larger, which costs both pages less: the
first text after a while waits for a few milliseconds. Times are seconds of any steady clock.
"""

from __future__ import annotations

from collections import deque

from peerscript.protocol.link.delivery import OutOfSequence

SMALLEST = 32 * 1024  # bytes that may always be in flight
LARGEST = 8 * 1024 * 1024
TARGET = 0.002  # seconds of queueing delay that are allowed, or the path's own delay if longer
ALONE_TARGET = 0.05  # the same, while nothing else is sent
STRIPE_TARGET = 0.2  # the same, of a connection that carries nothing else
ALONE_AFTER = 0.25  # seconds without anything else
SMALLEST_FRAME = 16 * 1024  # bytes
LARGEST_FRAME = 256 * 1024
FRAMES = 2  # in a window: one is on its way while the other is read
MEMORY = 10.0  # seconds after which the path's own delay is measured again


class Pacing:
    """The send window of one data channel, at the sending side.

    Attributes:
        window: bytes that may be in flight.
        round_trip: seconds until the other side's word of what it has read, at best; 0 before.

    Args:
        alone_target: seconds of queueing delay that are allowed while nothing else is sent.
    """

    def __init__(self, alone_target: float = ALONE_TARGET) -> None:
        self._alone_target = alone_target
        self.window = SMALLEST
        self.round_trip = 0.0
        self._sent = 0
        self._read = 0
        self._marks: deque[tuple[int, float]] = deque()  # bytes sent so far, and when
        self._grows_fast = True  # until a queue has built up
        self._delays: tuple[float, float] = (
            float("inf"),
            float("inf"),
        )  # minimum of this and of the previous period
        self._since = 0.0
        self._hurry_until = 0.0
        self._alone = True  # when it was adapted last

    @property
    def frame(self) -> int:
        """The size of the next frame at most, in bytes."""
        return min(max(self.window // FRAMES, SMALLEST_FRAME), LARGEST_FRAME)

    def hurry(self, now: float) -> None:
        """Note that something else is sent, which should not wait behind bulk."""
        self._hurry_until = now + ALONE_AFTER

    @property
    def has_room(self) -> bool:
        """Whether another frame may be sent."""
        return self._sent - self._read < self.window

    def send(self, size: int, now: float) -> None:
        """Note that a frame is sent."""
        self._sent += size
        self._marks.append((self._sent, now))

    def read(self, total: int, now: float) -> None:
        """The other side has read so many bytes on this path.

        Raises:
            OutOfSequence: so many were not sent.
        """
        if total > self._sent:
            raise OutOfSequence(f"{total} bytes are read, and {self._sent} were sent")
        if total <= self._read:
            return
        size, self._read = total - self._read, total
        sent_at = now
        while self._marks and self._marks[0][0] <= total:
            sent_at = self._marks.popleft()[1]
        self._adapt(size, max(now - sent_at, 0.0), now)

    def _adapt(self, size: int, delay: float, now: float) -> None:
        if now - self._since > MEMORY / 2:
            self._since = now
            self._delays = (delay, self._delays[0])
        self._delays = (min(self._delays[0], delay), self._delays[1])
        least = min(self._delays)
        self.round_trip = min(self.round_trip or delay, delay)
        alone_before, self._alone = self._alone, now >= self._hurry_until
        self._grows_fast |= self._alone and not alone_before
        excess = delay - least - max(self._alone_target if self._alone else TARGET, least)
        if excess > 0:
            self._grows_fast = False
            self.window -= int(size * excess / delay)
        elif self._grows_fast:
            self.window += size
        else:
            self.window += size * self.frame // self.window
        self.window = min(max(self.window, SMALLEST), LARGEST)
