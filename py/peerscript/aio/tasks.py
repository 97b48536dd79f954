"""Tasks with an owner, which reports their errors and awaits them when it closes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from functools import partial
from typing import Any, TypeVar

logger = logging.getLogger("peerscript")

T = TypeVar("T")

GRACE = 1.0  # seconds that handlers may still run after what they belong to was closed


class TaskOwner:
    """Starts tasks, reports what goes wrong in them, and ends them when it is closed.

    A task that fails ends alone: its error goes once to the event loop's exception handler.

    Args:
        name: whose tasks these are, for reports and for the tasks' names.
        parent: an enclosing owner (the Peer's, for its connections). Closing the parent ends these
            tasks too, and nothing is started afterwards.
    """

    def __init__(self, name: str, parent: TaskOwner | None = None) -> None:
        self._name = name
        self._parent = parent
        self._tasks: set[asyncio.Task[Any]] = set()
        self._closers: set[asyncio.Task[Any] | None] = set()  # the tasks that wait in `close`
        self._closed = False
        self._changed = asyncio.Event()

    def __len__(self) -> int:
        """The number of tasks that have not ended."""
        return len(self._tasks)

    @property
    def closed(self) -> bool:
        """Whether it starts nothing more."""
        return self._closed or (self._parent is not None and self._parent.closed)

    def start(
        self,
        work: Coroutine[Any, Any, T],
        name: str = "",
        *,
        quietly: tuple[type[Exception], ...] = (),
    ) -> asyncio.Task[T]:
        """Run a coroutine as a task. Once closed, the task is cancelled before its first step.

        Args:
            name: what it does, for reports; the coroutine's own name by default.
            quietly: errors that may end it: they are logged alone.
        """
        what = name or getattr(work, "__name__", "a task")
        task = asyncio.get_running_loop().create_task(work, name=f"{what} of {self._name}")
        # Before tasks that await this one resume.
        task.add_done_callback(partial(self._report, quietly))
        self._take(task)
        if self.closed:
            logger.debug("%s is not begun: it is closed", task.get_name())
            task.cancel()
        return task

    def cancel(self) -> None:
        """Cancel what runs, and start nothing more: `close` for code that cannot await.

        The task that calls this is not cancelled.
        """
        self._closed = True
        for task in self._others():
            task.cancel()

    async def finished(self) -> None:
        """Return when nothing runs any more, besides the task that waits here."""
        while self._others():
            self._changed.clear()
            await self._changed.wait()

    async def close(self, grace: float = 0.0) -> None:
        """Return when every task has ended; start nothing more.

        One of the tasks may close its own owner: it is neither cancelled nor waited for. If
        several do so at once, none of them waits for another.

        Cancelling cancels the tasks at once.

        Args:
            grace: seconds that the tasks may go on; then they are cancelled.
        """
        self._closed = True
        caller = asyncio.current_task()
        self._closers.add(caller)
        self._changed.set()
        try:
            if grace:
                await self._finished_within(grace)
        finally:
            self.cancel()
            try:
                await self.finished()
            finally:
                self._closers.discard(caller)

    async def _finished_within(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self.finished()
        except TimeoutError:
            names = ", ".join(task.get_name() for task in self._others())
            logger.info("cancelled, for it did not end within %g s: %s", seconds, names)

    def _others(self) -> set[asyncio.Task[Any]]:
        """The tasks that the running task has to wait for."""
        caller = asyncio.current_task()
        if caller not in self._tasks:
            return set(self._tasks)
        return self._tasks - self._closers - {caller}

    def _take(self, task: asyncio.Task[Any]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        if self._parent is not None:
            self._parent._take(task)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        self._changed.set()

    def _report(self, quietly: tuple[type[Exception], ...], task: asyncio.Task[Any]) -> None:
        if task.cancelled() or (error := task.exception()) is None:
            return
        if isinstance(error, quietly):
            logger.info("%s has ended: %s", task.get_name(), error)
        else:
            self._failed(task.get_name(), error)

    def _failed(self, where: str, error: BaseException) -> None:
        """A task has failed."""
        report(where, error)


def report(where: str, error: BaseException) -> None:
    """Tell the event loop's exception handler."""
    asyncio.get_running_loop().call_exception_handler(
        {"message": f"in {where}: {str(error) or type(error).__name__}", "exception": error}
    )
