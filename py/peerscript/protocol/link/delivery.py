"""How the messages of a channel arrive, over paths that break.

`Lane`: exactly once and in order. What is sent has a number and is held until the other side says
that it has arrived. On a new path each side says the last number it has, and the other one goes on
from there. `Newest`: the newest message alone counts; what is overtaken is never sent.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence


class OutOfStep(Exception):
    """The other side names a number that cannot be: it lies, or it has lost its memory."""


class Lane:
    """Both directions, as one side knows them.

    Args:
        sent: the number of the last message that was sent.
        received: the number of the last message that arrived.
        outbox: what was sent and may not have arrived, in order, up to `sent`.
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
        """How many messages may not have arrived."""
        return len(self._outbox)

    def send(self, payload: bytes) -> int:
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

    def unconfirmed(self) -> list[tuple[int, bytes]]:
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


class Newest:
    """Both directions where only the newest message counts, as one side knows them."""

    def __init__(self) -> None:
        self.sent = 0
        self.received = 0
        self.waiting_size = 0
        self._last: bytes | None = None  # the newest, until it is known to have arrived

    @property
    def waiting(self) -> int:
        """How many messages may not have arrived: the newest, or none."""
        return int(self._last is not None)

    def send(self, payload: bytes) -> int:
        """Take a message in place of the one before; return its number."""
        self.sent += 1
        self._last = payload
        return self.sent

    def acknowledge(self, number: int) -> list[int]:
        """Let go of the newest, if it has arrived.

        Raises:
            OutOfStep: nothing of that number was sent.
        """
        if number > self.sent:
            raise OutOfStep(f"message {number} is confirmed, and {self.sent} was the last")
        if number == self.sent:
            self._last = None
        return []

    def unconfirmed(self) -> list[tuple[int, bytes]]:
        """What has to go again on a new path: the newest, or nothing."""
        return [] if self._last is None else [(self.sent, self._last)]

    def take(self, number: int) -> bool:
        """Note that a message arrived; return whether it is newer than the last."""
        if number <= self.received:
            return False
        self.received = number
        return True
