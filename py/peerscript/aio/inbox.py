"""A queue that a browser's callbacks fill without waiting and that one task reads with `await`."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Sequence
from typing import Generic, TypeVar

from peerscript.aio.waiter import Waiter
from peerscript.errors import InboxFull

T = TypeVar("T")

TURN = 0.008  # seconds that a reader may run before it yields to the event loop
_CHECK_EVERY = 8  # items between two checks of the clock


class EndOfInbox(Exception):
    """Nothing is left, and nothing more will come."""


class Inbox(Generic[T]):
    """A queue that can be closed, with one reader at a time: two would each get a part.

    Args:
        name: what is read, for the error of a second reader.
        limit: how much may be unread, in the unit of `put`'s `size`; None for any amount.
    """

    def __init__(self, name: str = "this", *, limit: int | None = None) -> None:
        self._name = name
        self._limit = limit
        self._size = 0
        self._items: deque[tuple[T, int]] = deque()
        self._waiting: Waiter | None = None  # what the reader waits for
        self._closed = False
        self._reason: Exception | None = None
        self._taken = 0  # items since the last check of the clock
        self._began = 0.0  # when the reader last waited or yielded

    @property
    def count(self) -> int:
        """The number of unread items."""
        return len(self._items)

    @property
    def unread(self) -> int:
        """The total size of the unread items, in the unit of `put`'s `size`."""
        return self._size

    @property
    def has_reader(self) -> bool:
        """Whether a task waits for an item."""
        return self._waiting is not None and not self._waiting.done()

    def put(self, item: T, size: int = 0) -> None:
        """Add an item and wake the reader.

        Raises:
            InboxFull: it would exceed the limit; it is not added.
        """
        self.put_all((item,), size)

    def put_all(self, items: Sequence[T], size: int = 0) -> None:
        """Add several items of `size` in total, then wake the reader: in a loop, it gets them all
        without waiting again.

        Raises:
            InboxFull: they would exceed the limit; none is added.
        """
        if self._closed or not items:
            return
        if self._limit is not None and self._items and self._size + size > self._limit:
            raise InboxFull(f"{self._size} bytes lie unread; the limit is {self._limit}")
        each = size // len(items)
        for item in items:
            self._items.append((item, each))
        self._size += each * len(items)
        if self._waiting is not None:
            self._waiting.wake()

    def clear(self) -> None:
        """Drop the unread items."""
        self._items.clear()
        self._size = 0

    def close(self, reason: Exception | None = None) -> None:
        """Add nothing more. The reader gets what is left, then `reason` (EndOfInbox by default)."""
        if not self._closed:
            self._closed, self._reason = True, reason
            if self._waiting is not None:
                self._waiting.wake()

    async def get(self) -> T:
        """Return the oldest item; wait for one if there is none.

        Cancelling is safe: nothing is lost.

        Raises:
            EndOfInbox: closed and read to the end; or what `close` was given.
            RuntimeError: another task waits for an item already.
        """
        if self._items and self._is_turn_over():
            await self._let_others_run()
        while not self._items:
            if self._closed:
                # A new EndOfInbox: one that is kept would keep its traceback, and so its reader.
                raise self._reason or EndOfInbox
            await self._wait()
        return self._pop()

    async def _wait(self) -> None:
        if self.has_reader:
            raise RuntimeError(
                f"{self._name} is read by another task already: two readers would each get a part"
            )
        waiter = self._waiting = Waiter()
        try:
            await waiter
        finally:
            if self._waiting is waiter:  # else a reader that follows waits already
                self._waiting = None
        self._taken, self._began = 0, time.perf_counter()

    def _pop(self) -> T:
        item, size = self._items.popleft()
        self._size -= size
        self._taken += 1
        return item

    def _is_turn_over(self) -> bool:
        """Whether a reader that never has to wait must yield: without this, a fast sender would
        block the page.
        """
        if self._taken < _CHECK_EVERY:
            return False
        self._taken = 0
        return time.perf_counter() - self._began > TURN

    async def _let_others_run(self) -> None:
        await asyncio.sleep(0)
        self._began = time.perf_counter()

    def __aiter__(self) -> Inbox[T]:
        return self

    async def __anext__(self) -> T:
        if self._items and self._taken < _CHECK_EVERY:
            return self._pop()  # as in `get`, whose coroutine costs as much as reading a message
        try:
            return await self.get()
        except EndOfInbox:
            raise StopAsyncIteration from None
