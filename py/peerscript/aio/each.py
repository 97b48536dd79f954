"""A task for each thing that arrives, which ends alone."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterable, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Any, TypeVar

from peerscript.aio.tasks import GRACE, TaskOwner
from peerscript.errors import ConnectionClosed

logger = logging.getLogger("peerscript")

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
    name = getattr(handler, "__name__", type(handler).__name__)
    tasks = TaskOwner(f"the handler {name!r}", owner)

    async def run(arrived: T) -> None:
        try:
            async with leaving(arrived):
                work = handler(arrived)
                if not isinstance(work, Awaitable):
                    raise TypeError(f"{name} must be an `async def` function")
                await work
        except ConnectionClosed as error:
            logger.info("the handler %r of %r has ended: %s", name, arrived, error)

    try:
        async for arrived in arriving:
            tasks.start(run(arrived), name)
        await tasks.close(GRACE)
    finally:
        await tasks.close()
