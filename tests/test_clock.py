"""The tests' own clock: nobody waits, and what would wait for ever says so."""

from __future__ import annotations

import asyncio
import time

import pytest

from tests.clock import QuickLoop, soon, until


async def test_a_week_is_over_at_once() -> None:
    loop = asyncio.get_running_loop()
    began, really = loop.time(), time.perf_counter()
    await asyncio.sleep(604_800)
    assert loop.time() - began == pytest.approx(604_800)
    assert time.perf_counter() - really < 60


async def test_a_condition_is_so_yet_when_it_was_waited_for() -> None:
    seen: list[int] = []

    async def count() -> None:
        for number in range(10):
            seen.append(number)
            await asyncio.sleep(0)

    counting = asyncio.create_task(count())
    await until(lambda: 3 in seen)
    assert seen[-1] == 3
    await counting


async def test_it_tells_how_long_it_took_and_gives_up() -> None:
    reached: list[int] = []
    asyncio.get_running_loop().call_later(5, reached.append, 1)
    with pytest.raises(AssertionError, match="it did not come"):
        await soon(lambda: reached)
    assert await until(lambda: reached) == pytest.approx(5, abs=0.01)
    with pytest.raises(AssertionError, match="it did not come"):
        await until(lambda: False)


async def test_a_condition_that_fails_is_told_to_whoever_waits() -> None:
    ready = asyncio.Event()
    asyncio.get_running_loop().call_later(1, ready.set)
    with pytest.raises(ZeroDivisionError):
        await until(lambda: ready.is_set() and 1 / 0)


def run(work: object) -> None:
    with asyncio.Runner(loop_factory=QuickLoop) as runner:
        runner.run(work)  # type: ignore[arg-type]


def test_what_would_never_end() -> None:
    async def turn() -> None:
        while True:
            await asyncio.sleep(0)

    with pytest.raises(RuntimeError, match="turns without end"):
        run(turn())
    with pytest.raises(RuntimeError, match="nothing will ever happen"):
        run(asyncio.Event().wait())


def test_no_other_clock_is_waited_for() -> None:
    with pytest.raises(AssertionError, match="real clock"):
        time.sleep(0.001)
    waiting = asyncio.sleep(0)
    with pytest.raises(AssertionError, match="real clock"):
        asyncio.run(waiting)
    waiting.close()
