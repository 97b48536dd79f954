"""Bulk over several data channels at once: a stripe is one of them.

One association of SCTP is held down by its window on a path with delay; several together have more
(docs/decisions/0017). Each message goes over one stripe, and messages of different stripes overtake
each other: the receiver puts them in order. What a lost stripe had in flight goes over the others.
Times are seconds of any steady clock.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Generic, TypeVar

from peerscript.protocol.link.delivery import OutOfSequence

STRIPES = 4  # besides the path's own data channel
SLOW = 0.01  # seconds of a round trip from which on they are worth it
LONG = 1024 * 1024  # bytes sent without a pause, before they are made
IDLE = 30.0  # seconds without bulk until they are closed
PAUSE = 60.0  # seconds until they are tried again after they could not be made
STALLED = 4.0  # seconds without word from the other side until one is given up
EARLY_LIMIT = 16 * 1024 * 1024  # bytes of messages that wait for one before them
_COST = 256  # bytes of memory that a message takes besides its payload

Message = TypeVar("Message")


class InFlight(Generic[Message]):
    """The messages of one stripe that the other side has not read to their end.

    Attributes:
        sent: bytes, with what is around the messages.
    """

    def __init__(self) -> None:
        self.sent = 0
        self._read = 0
        self._begun: list[Message] = []  # the one that is being sent, if any
        self._whole: deque[tuple[int, Message]] = deque()  # with `sent` at the end of each

    @property
    def unread(self) -> int:
        """Bytes that were sent, and are not known to be read."""
        return self.sent - self._read

    def begin(self, message: Message) -> None:
        """A message is sent next."""
        self._begun = [message]

    def add(self, size: int) -> None:
        """So many bytes of it were sent."""
        self.sent += size

    def end(self) -> None:
        """It was sent to its end."""
        self._whole += [(self.sent, message) for message in self._begun]
        self._begun = []
        self.read(self._read)  # it may have been read meanwhile

    def read(self, total: int) -> None:
        """The other side has read so many bytes of the stripe."""
        self._read = total
        while self._whole and self._whole[0][0] <= total:
            self._whole.popleft()

    def lost(self) -> list[Message]:
        """What has to be sent again when the stripe is lost, in order."""
        return [message for _, message in self._whole] + self._begun


class Early:
    """The messages of a channel that have overtaken others."""

    def __init__(self) -> None:
        self._waiting: dict[int, bytes] = {}
        self._size = 0

    def take(self, number: int, payload: bytes, received: int) -> Iterator[tuple[int, bytes]]:
        """A message has arrived; yield those that are next in order, with their numbers.

        Args:
            received: the number of the last one in order.

        Raises:
            OutOfSequence: too much has overtaken one that is missing.
        """
        if number <= received or number in self._waiting:
            return
        self._waiting[number] = payload
        self._size += len(payload) + _COST
        while (following := self._waiting.pop(received + 1, None)) is not None:
            received += 1
            self._size -= len(following) + _COST
            yield received, following
        if self._size > EARLY_LIMIT:
            raise OutOfSequence(f"{self._size} bytes came before message {received + 1}")

    def clear(self) -> None:
        """Forget them: everything that was not acknowledged comes again."""
        self._waiting.clear()
        self._size = 0


class Demand:
    """Whether stripes are worth it now, on one path. `tick` is called about once a second.

    Attributes:
        wanted: there is much to send, and one association is held down by the path's delay.
        idle: there was nothing to send or receive for a while.
    """

    def __init__(self, now: float) -> None:
        self.wanted = self.idle = False
        self._sent = self._moved = self._spell = 0
        self._moved_at = now

    def tick(self, sent: int, received: int, round_trip: float, waits: bool, now: float) -> None:
        """Decide anew.

        Args:
            sent, received: bytes of bulk on this path so far.
            round_trip: the shortest that was seen on it.
            waits: whether something waits to be sent.
        """
        self._spell = self._spell + sent - self._sent if sent > self._sent else 0
        self._sent = sent
        if sent + received > self._moved:
            self._moved, self._moved_at = sent + received, now
        self.wanted = waits and self._spell >= LONG and round_trip >= SLOW
        self.idle = now - self._moved_at >= IDLE
