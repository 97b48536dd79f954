"""One lane of a Link: messages arrive exactly once and in order, over paths that break.

What is sent has a number and is held until the other side says that it has arrived. On a new path
each side says the last number it has, and the other one goes on from there.
"""

from __future__ import annotations

from collections import deque
from typing import Generic, TypeVar

Payload = TypeVar("Payload", str, bytes, "str | bytes")


class OutOfStep(Exception):
    """The other side names a number that cannot be: it lies, or it has lost its memory."""


class Lane(Generic[Payload]):
    """Both directions of a lane, as one side knows them.

    Args:
        sent: the number of the last message that was sent.
        received: the number of the last message that arrived.
        outbox: what was sent and may not have arrived, in order, up to `sent`.
    """

    def __init__(
        self, sent: int = 0, received: int = 0, outbox: tuple[tuple[int, Payload], ...] = ()
    ) -> None:
        self.sent = sent
        self.received = received
        self._outbox: deque[tuple[int, Payload]] = deque(outbox)
        self.waiting_size = sum(len(payload) for _, payload in outbox)

    @property
    def waiting(self) -> int:
        """How many messages may not have arrived."""
        return len(self._outbox)

    def send(self, payload: Payload) -> int:
        """Take a message; return its number."""
        self.sent += 1
        self._outbox.append((self.sent, payload))
        self.waiting_size += len(payload)
        return self.sent

    def acknowledge(self, number: int) -> list[int]:
        """Let go of what has arrived, up to a number; return the numbers that are new in it.

        Raises:
            OutOfStep: nothing of that number was sent.
        """
        if number > self.sent:
            raise OutOfStep(f"message {number} is confirmed, and {self.sent} was the last")
        arrived = []
        while self._outbox and self._outbox[0][0] <= number:
            confirmed, payload = self._outbox.popleft()
            self.waiting_size -= len(payload)
            arrived.append(confirmed)
        return arrived

    def unconfirmed(self) -> list[tuple[int, Payload]]:
        """What has to go again on a new path, in order."""
        return list(self._outbox)

    def take(self, number: int) -> bool:
        """Note that a message arrived; return whether it is new.

        Raises:
            OutOfStep: one before it is missing. Within a path nothing overtakes, so that is a lie.
        """
        if number > self.received + 1:
            raise OutOfStep(f"message {number} came after {self.received}")
        if number <= self.received:
            return False
        self.received = number
        return True
