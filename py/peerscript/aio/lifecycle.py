"""States with legal moves."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from enum import Enum
from typing import Generic, TypeVar

from peerscript.aio.waiter import Waiter, wake

ExceptionType = type[BaseException]  # of `__aexit__`

logger = logging.getLogger("peerscript")

State = TypeVar("State", bound=Enum)


class Announcer:
    """Wakes the tasks that wait for a change of something."""

    def __init__(self) -> None:
        self._waiting: set[Waiter] = set()

    def announce(self) -> None:
        """Wake every task that waits in `change`."""
        for waiter in tuple(self._waiting):
            wake(waiter)

    async def change(self) -> None:
        """Return at the next `announce`. It does not say what has changed."""
        waiter: Waiter = asyncio.Future()
        self._waiting.add(waiter)
        try:
            await waiter
        finally:
            self._waiting.discard(waiter)


async def follow(
    state: Callable[[], State], changes: Announcer, last: State
) -> AsyncIterator[State]:
    """Iterate over the current state and each later one, ending after `last`. A slow reader skips
    to the newest.

    Args:
        changes: announces each change of what `state` returns.
    """
    seen = None
    while seen is not last:
        if (now := state()) is seen:
            await changes.change()
            continue
        seen = now
        yield now


class Lifecycle(Announcer, Generic[State]):
    """A state, and a table of the legal moves between states.

    Args:
        name: what the log calls the object.
        start: its first state.
        moves: from each state, the states that may follow.
    """

    def __init__(self, name: str, start: State, moves: Mapping[State, frozenset[State]]) -> None:
        super().__init__()
        self.name = name
        self.state = start
        self._moves = moves

    def move(self, to: State, notify: Callable[[], None] | None = None) -> bool:
        """Go to a state; return whether that changed anything.

        Args:
            notify: called before the tasks that wait in `change` resume: they resume at once, and
                may change anything.

        Every move also wakes the tasks that wait in `change`.

        Raises:
            RuntimeError: the move is not in the table: a bug in PeerScript.
        """
        if to is self.state:
            return False
        if to not in self._moves[self.state]:
            raise RuntimeError(f"{self.name}: no way from {self.state.name} to {to.name}")
        logger.debug("%s: %s → %s", self.name, self.state.name, to.name)
        self.state = to
        if notify is not None:
            notify()
        self.announce()
        return True
