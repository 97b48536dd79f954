"""One task's failure is told, and is nobody else's."""

from __future__ import annotations

import asyncio
import inspect
from typing import Any

from app.faults import explain
from app.tasks import Tasks
from peerscript.errors import Disconnected


class Notices:
    def __init__(self) -> None:
        self.problems: list[str] = []

    def problem(self, text: str, *, about: str = "") -> None:
        self.problems.append(text)

    def settle(self, about: str) -> None:
        raise AssertionError

    def announce(self, text: str) -> None:
        raise AssertionError


async def test_a_failure_ends_that_task_alone() -> None:
    reported: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: reported.append(context))
    notices = Notices()
    done = []

    async def fail() -> None:
        raise KeyError("x")

    async def give_up() -> None:
        raise Disconnected("gone")

    async def work(word: str = "worked") -> None:
        await asyncio.sleep(0)
        done.append(word)

    async with Tasks(notices) as tasks:
        tasks.start(fail())
        tasks.start(give_up())
        tasks.start(work())
        tasks.starter(work)("by a button")
    assert done == ["worked", "by a button"]
    assert notices.problems == [explain(Disconnected("gone"))]
    # What is a bug goes to the loop's handler, which the page shows as well.
    assert isinstance(reported[0]["exception"], KeyError)


async def test_work_that_is_cancelled_before_it_begins() -> None:
    """It is left in peace: a coroutine that nobody awaits is a warning, and an error here."""

    async def work() -> None:
        raise AssertionError

    waiting = work()
    async with Tasks(Notices()) as tasks:
        tasks.start(waiting).cancel()
    assert inspect.getcoroutinestate(waiting) == inspect.CORO_CLOSED
