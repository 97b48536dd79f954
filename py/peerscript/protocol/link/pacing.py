"""How many bytes of bulk may be on their way, so that nothing else waits behind them.

Messages of all data channels of a connection pass the same queues: in the sender's and the
receiver's browser, and on the way. What lies there is what a text has to wait for. So bulk keeps
those queues short: while what is sent is read over there about as soon as on an idle path, more may
be on its way; as soon as it takes longer, less. (LEDBAT, RFC 6817, does the same on the network;
here the other page's reading counts, too.) Times are seconds of any steady clock.
"""

from __future__ import annotations

from collections import deque

from peerscript.protocol.link.delivery import OutOfStep

SMALLEST = 32 * 1024  # bytes that may always be on their way
LARGEST = 8 * 1024 * 1024
STEP = 16 * 1024  # bytes more for each whole window that was read without delay
TARGET = 0.002  # seconds of queueing that are always allowed; else as long as the path itself takes
MEMORY = 10.0  # seconds after which the path's own delay is taken anew


class Pacing:
    """What one side has sent on a path, and what the other has read of it."""

    def __init__(self) -> None:
        self.window = SMALLEST
        self._sent = 0
        self._read = 0
        self._marks: deque[tuple[int, float]] = deque()  # bytes sent so far, and when
        self._grows_fast = True  # until something has queued
        self._delays: tuple[float, float] = (float("inf"), float("inf"))  # least, now and before
        self._since = 0.0

    @property
    def has_room(self) -> bool:
        """Whether another frame may go."""
        return self._sent - self._read < self.window

    def send(self, size: int, now: float) -> None:
        """Note that a frame goes."""
        self._sent += size
        self._marks.append((self._sent, now))

    def read(self, total: int, now: float) -> None:
        """The other side has read so many bytes on this path.

        Raises:
            OutOfStep: so many were not sent.
        """
        if total > self._sent:
            raise OutOfStep(f"{total} bytes are read, and {self._sent} were sent")
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
        excess = delay - least - max(TARGET, least)
        if excess > 0:
            self._grows_fast = False
            self.window -= int(size * excess / delay)
        elif self._grows_fast:
            self.window += size
        else:
            self.window += size * STEP // self.window
        self.window = min(max(self.window, SMALLEST), LARGEST)
