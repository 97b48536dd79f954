"""An awaitable that resumes its task at once.

`asyncio.Future.set_result` wakes its task by an event-loop hop, and a hop of Pyodide's loop costs
some 150 µs: most of a message's latency. `Waiter.wake`, called from a browser's callback, runs the
task's next step inside that callback. Inside another task (the in-memory network, say) it falls
back to the loop, since tasks cannot nest.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator
from contextvars import Context

_Callback = Callable[["Waiter"], object]


class Waiter:
    """One wait. Its methods are those that `asyncio.Task` requires of an awaited future."""

    _asyncio_future_blocking = False  # how a task knows a future; set while a task waits

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._callbacks: list[tuple[_Callback, Context | None]] = []
        self._done = False
        self._cancelled = False

    def wake(self) -> None:
        """Resume the waiting task. A second call does nothing."""
        if self._done:
            return
        self._done = True
        callbacks, self._callbacks = self._callbacks, []
        may_step_now = asyncio.current_task(self._loop) is None
        for callback, context in callbacks:
            if not may_step_now or context is None:
                self._loop.call_soon(callback, self, context=context)
            else:
                context.run(callback, self)

    def __await__(self) -> Generator[Waiter, None, None]:
        if not self._done:
            self._asyncio_future_blocking = True
            yield self
        if self._cancelled:
            raise asyncio.CancelledError

    def done(self) -> bool:
        return self._done

    def cancelled(self) -> bool:
        return self._cancelled

    def result(self) -> None:
        if self._cancelled:
            raise asyncio.CancelledError

    def exception(self) -> None:
        self.result()

    def get_loop(self) -> asyncio.AbstractEventLoop:
        return self._loop

    def add_done_callback(self, callback: _Callback, *, context: Context | None = None) -> None:
        if self._done:
            self._loop.call_soon(callback, self, context=context)
        else:
            self._callbacks.append((callback, context))

    def remove_done_callback(self, callback: _Callback) -> int:
        kept = [entry for entry in self._callbacks if entry[0] != callback]
        removed = len(self._callbacks) - len(kept)
        self._callbacks = kept
        return removed

    def cancel(self, msg: object = None) -> bool:
        """Called by the waiting task when it is cancelled; the loop does the waking."""
        if self._done:
            return False
        self._done = self._cancelled = True
        for callback, context in self._callbacks:
            self._loop.call_soon(callback, self, context=context)
        self._callbacks = []
        return True
