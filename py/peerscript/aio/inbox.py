"""A queue that a browser's callbacks fill without waiting and that one task reads with `await`."""

from __future__ import annotations

import asyncio
import time
import weakref
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar

from peerscript.aio.waiter import Waiter, wake
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
        self._reading: Callable[[], Reading[T] | None] = lambda: None  # a weak reference
        self._closed = False
        self._reason: Exception | None = None
        self._taken = 0  # items since the last check of the clock
        self._began: float | None = None  # when the reader's turn began, as far as it is known

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
        """Whether a task waits for an item, or iterates."""
        return self._has_waiter or self._iterating() is not None

    @property
    def _has_waiter(self) -> bool:
        return self._waiting is not None and not self._waiting.done()

    def _iterating(self) -> Reading[T] | None:
        """The iteration that is not over yet, if there is one."""
        reading = self._reading()
        at_end = self._closed and not self._items
        return None if reading is None or at_end or reading.task.done() else reading

    def put(self, item: T, size: int = 0) -> None:
        """Add an item and wake the reader.

        Raises:
            InboxFull: it would exceed the limit; it is not added.
        """
        self.put_all(((item, size),))

    def put_all(self, items: Iterable[tuple[T, int]]) -> None:
        """Add several, each with its size, then wake the reader: in a loop, it gets them all
        without waiting again.

        Raises:
            InboxFull: one would exceed the limit; it is not added, nor are those behind it.
        """
        if self._closed:
            return
        refusal = None
        for each in items:
            size = self._size + each[1]
            if self._limit is not None and self._items and size > self._limit:
                refusal = f"{self._size} bytes lie unread; the limit is {self._limit}"
                break
            self._items.append(each)
            self._size = size
        if self._items and self._waiting is not None:
            wake(self._waiting)
        if refusal is not None:
            raise InboxFull(refusal)

    def clear(self) -> None:
        """Drop the unread items."""
        self._items.clear()
        self._size = 0

    def close(self, reason: Exception | None = None) -> None:
        """Add nothing more. The reader gets what is left, then `reason` (EndOfInbox by default)."""
        if not self._closed:
            self._closed, self._reason = True, reason
            if self._waiting is not None:
                wake(self._waiting)

    async def get(self) -> T:
        """Return the oldest item; wait for one if there is none.

        Cancelling is safe: nothing is lost.

        Raises:
            EndOfInbox: closed and read to the end; or what `close` was given.
            RuntimeError: another task iterates, or waits for an item.
        """
        if (reading := self._iterating()) is not None and reading.task is not _this_task():
            raise self._second_reader()
        return await self._next()

    async def _next(self) -> T:
        if self._items and self._is_turn_over():
            await self._let_others_run()
        while not self._items:
            if self._closed:
                # A new EndOfInbox: one that is kept would keep its traceback, and so its reader.
                raise self._reason or EndOfInbox
            if self._has_waiter:
                raise self._second_reader()
            waiter: Waiter = asyncio.Future()
            self._waiting = waiter
            try:
                await waiter
            finally:
                if self._waiting is waiter:  # else a reader that follows waits already
                    self._waiting = None
            # Whether it is alone will be known at the second item: reading the clock takes a while.
            self._taken, self._began = _CHECK_EVERY, None
        return self._pop()

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
        self._taken, now = 0, time.perf_counter()
        if self._began is None:
            self._began = now
        return now - self._began > TURN

    async def _let_others_run(self) -> None:
        await asyncio.sleep(0)
        self._began = time.perf_counter()

    def _second_reader(self) -> RuntimeError:
        return RuntimeError(
            f"{self._name} is read by another task already: two readers would each get a part"
        )

    def begin(self, reading: Reading[T]) -> None:
        """Let an iteration have the items from now on.

        Raises:
            RuntimeError: another task iterates, or waits for an item.
        """
        other = self._iterating()
        if self._has_waiter or (other is not None and other.task is not reading.task):
            raise self._second_reader()
        self._reading = weakref.ref(reading)

    def __aiter__(self) -> Reading[T]:
        return Reading(self)


class Reading(Generic[T]):
    """An iteration over an inbox. While a task is in its `async for`, even if busy with an item, no
    other task can read. The loop alone refers to this, so it is over when this is gone.
    """

    task: asyncio.Task[Any]

    def __init__(self, inbox: Inbox[T]) -> None:
        self._inbox = inbox
        self._begun = False

    def __aiter__(self) -> Reading[T]:
        return self

    async def __anext__(self) -> T:
        inbox = self._inbox
        if not self._begun:
            self.task = _this_task()
            inbox.begin(self)
            self._begun = True
        if inbox._items and inbox._taken < _CHECK_EVERY:
            return inbox._pop()  # as in `_next`, whose coroutine costs as much as reading a message
        try:
            return await inbox._next()
        except EndOfInbox:
            raise StopAsyncIteration from None


def _this_task() -> asyncio.Task[Any]:
    task = asyncio.current_task()
    assert task is not None
    return task
