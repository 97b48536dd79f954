"""A task for each thing that arrives, which ends alone."""

from __future__ import annotations

from collections.abc import AsyncIterable, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Any, TypeVar

from peerscript.aio.handlers import name_of
from peerscript.aio.tasks import GRACE, TaskOwner
from peerscript.errors import ConnectionClosed

T = TypeVar("T")


async def handle_each(
    arriving: AsyncIterable[T],
    handler: Callable[[T], Awaitable[object]],
    owner: TaskOwner,
    leaving: Callable[[T], AbstractAsyncContextManager[Any]] = nullcontext,
) -> None:
    """Run `handler` for each, in a task of its own; return when all have arrived and ended. Those
    that still run then have `GRACE` seconds to end; then they are cancelled.

    A handler that ends with ConnectionClosed ends quietly, since the other page has gone. Any other
    error is reported to the event loop, also that it is not `async`. Neither disturbs the others.
    Cancelling cancels all.

    Args:
        owner: owns the tasks.
        leaving: entered with what the handler is called with, left when it has ended.
    """
    name = name_of(handler)
    tasks = TaskOwner(name, owner)

    async def run(arrived: T) -> None:
        async with leaving(arrived):
            work = handler(arrived)
            if not isinstance(work, Awaitable):
                raise TypeError(f"{name} must be an `async def` function")
            await work

    try:
        async for arrived in arriving:
            tasks.start(run(arrived), repr(arrived), quietly=(ConnectionClosed,))
        await tasks.close(GRACE)
    finally:
        await tasks.close()
