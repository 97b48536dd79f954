"""Resuming a task at once.

`asyncio.Future.set_result` wakes its task by an event-loop hop, and a hop of Pyodide's loop costs
some 150 µs: most of a message's latency. `wake`, called from a browser's callback, runs the task's
next step inside that callback. Inside another task (the in-memory network, say) it falls back to
the loop, since tasks cannot nest.
"""

from __future__ import annotations

import asyncio

Waiter = asyncio.Future[None]  # itself, not a subclass: a task handles it without any Python code


def wake(waiter: Waiter) -> None:
    """Resume the task that awaits it. A second call does nothing."""
    if waiter.done():
        return
    steps = waiter._callbacks if asyncio.current_task() is None else None
    for step, _ in steps or ():
        waiter.remove_done_callback(step)
    waiter.set_result(None)
    for step, context in steps or ():
        context.run(step, waiter)
