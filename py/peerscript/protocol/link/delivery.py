"""Delivery of a channel's messages over paths that break.

`Lane`: exactly once and in order. Messages are numbered, and held until the other side acknowledges
them. On a new path each side sends the last number it has received, and the other one continues
from there. `Newest`: only the newest message is sent; older ones are dropped.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence


class OutOfSequence(Exception):
    """The other side sent a number that is impossible in the sequence."""


class Lane:
    """The state of both directions at one side.

    Args:
        sent: the number of the last message that was sent.
        received: the number of the last message that arrived.
        outbox: the messages that were not acknowledged, in order, up to `sent`.
    """

    def __init__(
        self, sent: int = 0, received: int = 0, outbox: Sequence[tuple[int, bytes]] = ()
    ) -> None:
        self.sent = sent
        self.received = received
        self._outbox: deque[tuple[int, bytes]] = deque(outbox)
        self.waiting_size = sum(len(payload) for _, payload in outbox)

    @property
    def waiting(self) -> int:
        """The number of messages that were not acknowledged."""
        return len(self._outbox)

    def send(self, payload: bytes) -> int:
        """Add a message to send; return its number."""
        self.sent += 1
        self._outbox.append((self.sent, payload))
        self.waiting_size += len(payload)
        return self.sent

    def acknowledge(self, number: int) -> list[int]:
        """Drop the messages up to an acknowledged number; return their numbers.

        Raises:
            OutOfSequence: nothing of that number was sent.
        """
        if number > self.sent:
            raise OutOfSequence(f"message {number} is confirmed, and {self.sent} was the last")
        arrived = []
        while self._outbox and self._outbox[0][0] <= number:
            confirmed, payload = self._outbox.popleft()
            self.waiting_size -= len(payload)
            arrived.append(confirmed)
        return arrived

    def unconfirmed(self) -> list[tuple[int, bytes]]:
        """What has to be sent again on a new path, in order."""
        return list(self._outbox)

    def take(self, number: int) -> bool:
        """Note that a message arrived; return whether it is new.

        Raises:
            OutOfSequence: one before it is missing, which cannot happen within a path.
        """
        if number > self.received + 1:
            raise OutOfSequence(f"message {number} came after {self.received}")
        if number <= self.received:
            return False
        self.received = number
        return True


class Newest:
    """The state of both directions at one side, where only the newest message counts."""

    def __init__(self) -> None:
        self.sent = 0
        self.received = 0
        self.waiting_size = 0
        self._last: bytes | None = None  # the newest, until it is acknowledged

    @property
    def waiting(self) -> int:
        """1 if the newest message was not acknowledged, else 0."""
        return int(self._last is not None)

    def send(self, payload: bytes) -> int:
        """Replace the message to send; return its number."""
        self.sent += 1
        self._last = payload
        return self.sent

    def acknowledge(self, number: int) -> list[int]:
        """Drop the newest message if it is acknowledged.

        Raises:
            OutOfSequence: nothing of that number was sent.
        """
        if number > self.sent:
            raise OutOfSequence(f"message {number} is confirmed, and {self.sent} was the last")
        if number == self.sent:
            self._last = None
        return []

    def unconfirmed(self) -> list[tuple[int, bytes]]:
        """What has to be sent again on a new path: the newest, or nothing."""
        return [] if self._last is None else [(self.sent, self._last)]

    def take(self, number: int) -> bool:
        """Note that a message arrived; return whether it is newer than the last."""
        if number <= self.received:
            return False
        self.received = number
        return True
