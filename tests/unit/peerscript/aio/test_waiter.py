"""A waiter resumes its task at once, and behaves like a future otherwise."""

from __future__ import annotations

import asyncio

import pytest

from peerscript.aio.waiter import Waiter


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
    waiter = Waiter()
    seen: list[str] = []
    task = await _start(waiter, seen)

    def callback() -> None:
        waiter.wake()
        seen.append("callback over")

    asyncio.get_running_loop().call_soon(callback)
    await task
    assert seen == ["resumed", "callback over"]


async def test_woken_from_another_task_it_takes_a_turn_of_the_loop() -> None:
    waiter = Waiter()
    seen: list[str] = []
    task = await _start(waiter, seen)
    waiter.wake()
    assert seen == []
    await task
    assert seen == ["resumed"]


async def test_waking_twice_and_waiting_late_are_fine() -> None:
    waiter = Waiter()
    waiter.wake()
    waiter.wake()
    await waiter
    assert waiter.done()


async def test_cancelling_the_task_cancels_the_wait() -> None:
    waiter = Waiter()
    task = await _start(waiter, [])
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert waiter.cancelled()
    waiter.wake()  # too late, and harmless


async def test_a_timeout_works() -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await Waiter()
