"""A task is resumed at once, and all else is as with any future."""

from __future__ import annotations

import asyncio

import pytest

from peerscript.aio.waiter import Waiter, wake


async def _start(waiter: Waiter, seen: list[str]) -> asyncio.Task[None]:
    started = asyncio.Event()

    async def wait() -> None:
        started.set()
        await waiter
        seen.append("resumed")

    task = asyncio.create_task(wait())
    await started.wait()
    return task


async def test_woken_from_a_callback_the_task_runs_inside_it() -> None:
    waiter: Waiter = asyncio.Future()
    seen: list[str] = []
    task = await _start(waiter, seen)

    def callback() -> None:
        wake(waiter)
        seen.append("callback over")

    asyncio.get_running_loop().call_soon(callback)
    await task
    assert seen == ["resumed", "callback over"]


async def test_woken_from_another_task_it_takes_a_turn_of_the_loop() -> None:
    waiter: Waiter = asyncio.Future()
    seen: list[str] = []
    task = await _start(waiter, seen)
    wake(waiter)
    assert seen == []
    await task
    assert seen == ["resumed"]


async def test_waking_twice_and_waiting_late_are_fine() -> None:
    waiter: Waiter = asyncio.Future()
    asyncio.get_running_loop().call_soon(wake, waiter)
    await asyncio.sleep(0)
    wake(waiter)
    await waiter


async def test_cancelling_the_task_cancels_the_wait() -> None:
    waiter: Waiter = asyncio.Future()
    task = await _start(waiter, [])
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert waiter.cancelled()
    wake(waiter)  # too late, and harmless
