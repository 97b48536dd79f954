"""Where a browser's callbacks end: a queue that is filled without waiting and read with `await`."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Generic, TypeVar

from peerscript.aio.waiter import Waiter
from peerscript.errors import InboxFull

T = TypeVar("T")


class EndOfInbox(Exception):
    """Nothing is left, and nothing more will come."""


class Inbox(Generic[T]):
    """A queue with one end.

    Args:
        limit: how much may lie unread, in the unit of `put`'s `size`; None for any amount.
    """

    def __init__(self, limit: int | None = None) -> None:
        self._limit = limit
        self._unread = 0
        self._items: deque[tuple[T, int]] = deque()
        self._waiting: deque[Waiter] = deque()
        self._closed = False
        self._reason: Exception | None = None

    @property
    def unread(self) -> int:
        """How much lies unread, in the unit of `put`'s `size`."""
        return self._unread

    @property
    def has_reader(self) -> bool:
        """Whether somebody waits for an item."""
        return bool(self._waiting)

    def put(self, item: T, size: int = 0) -> None:
        """Add an item and wake the reader who has waited longest.

        Raises:
            InboxFull: the limit is passed; the item is not taken.
        """
        self.put_all((item,), size)

    def put_all(self, items: Sequence[T], size: int = 0) -> None:
        """Add several items of `size` together, and then wake readers: one that reads in a loop
        has them all without waiting again.

        Raises:
            InboxFull: the limit is passed; none is taken.
        """
        if self._closed or not items:
            return
        if self._limit is not None and self._items and self._unread + size > self._limit:
            raise InboxFull(f"{self._unread} bytes lie unread; the limit is {self._limit}")
        each = size // len(items)
        for item in items:
            self._items.append((item, each))
        self._unread += each * len(items)
        # A woken reader may run at once, take all there is, and wait again.
        while self._items and self._wake_one():
            continue

    def clear(self) -> None:
        """Forget what lies unread."""
        self._items.clear()
        self._unread = 0

    def close(self, reason: Exception | None = None) -> None:
        """Let readers have what is left, then raise `reason` (EndOfInbox by default)."""
        if not self._closed:
            self._closed, self._reason = True, reason
            for waiter in tuple(self._waiting):
                waiter.wake()

    async def get(self) -> T:
        """Return the oldest item; wait for one if there is none.

        Cancelling is safe: nothing is lost.

        Raises:
            EndOfInbox: closed and read to the end; or what `close` was given.
        """
        while not self._items:
            if self._closed:
                # Made anew: one that is kept would keep its traceback, and so whoever reads.
                raise self._reason or EndOfInbox
            waiter = Waiter()
            self._waiting.append(waiter)
            try:
                await waiter
            except BaseException:
                # Cancelled after being woken: the item that woke us is for the next reader.
                if self._items:
                    self._wake_one(besides=waiter)
                raise
            finally:
                self._waiting.remove(waiter)
        item, size = self._items.popleft()
        self._unread -= size
        return item

    def _wake_one(self, besides: Waiter | None = None) -> bool:
        for waiter in self._waiting:
            if not waiter.done() and waiter is not besides:
                waiter.wake()
                return True
        return False

    def __aiter__(self) -> Inbox[T]:
        return self

    async def __anext__(self) -> T:
        if self._items:  # as in `get`, whose coroutine would cost as much as reading a message
            item, size = self._items.popleft()
            self._unread -= size
            return item
        try:
            return await self.get()
        except EndOfInbox:
            raise StopAsyncIteration from None
