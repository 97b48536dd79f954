"""What is written many at once: what comes while some is written is written next, together."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class _Batch(Generic[T]):
    def __init__(self) -> None:
        self.items: list[T] = []
        self.written = False


class Batches(Generic[T]):
    """The slower the writing, the more there is in one batch.

    Args:
        write: writes a batch.
    """

    def __init__(self, write: Callable[[list[T]], Awaitable[None]]) -> None:
        self._write = write
        self._next: _Batch[T] = _Batch()
        self._busy = asyncio.Lock()

    async def add(self, item: T) -> None:
        """Return when it is written.

        Raises:
            Whatever `write` raises, for each item of the batch that could not be written.
        """
        batch = self._next
        batch.items.append(item)
        async with self._busy:  # the first one of a batch writes it for all
            if batch.written:
                return
            if batch is self._next:
                self._next = _Batch()
            await self._write(batch.items)
            batch.written = True
