"""A task for each thing that arrives, which ends alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from peerscript.aio.each import handle_each
from peerscript.aio.inbox import Inbox
from peerscript.aio.tasks import TaskOwner
from peerscript.errors import ConnectionLost
from tests.clock import until


@pytest.fixture
async def reported() -> list[str]:
    """What the event loop was told."""
    messages: list[str] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: messages.append(context["message"]))
    return messages


async def test_one_that_fails_disturbs_no_other(
    reported: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    inbox: Inbox[int] = Inbox()
    done: list[int] = []
    go_on = asyncio.Event()

    async def work(number: int) -> None:
        if number == 1:
            raise ConnectionLost("their tab crashed")
        if number == 2:
            raise KeyError("a bug")
        await go_on.wait()
        done.append(number)

    caplog.set_level("INFO", "peerscript")
    owner = TaskOwner("test")
    handling = asyncio.create_task(handle_each(inbox, work, owner))
    inbox.put_all([(0, 0), (1, 0), (2, 0), (3, 0)])
    await until(lambda: len(owner) == 2 and reported)
    go_on.set()
    await until(lambda: done == [0, 3])
    assert reported == ["in 2 of the handler 'work': 'a bug'"]
    assert "1 of the handler 'work' has ended: their tab crashed" in caplog.text
    inbox.close()
    await handling


async def test_once_all_have_arrived_the_rest_have_a_second_to_end() -> None:
    inbox: Inbox[int] = Inbox()
    ended: list[str] = []

    async def work(number: int) -> None:
        try:
            await asyncio.sleep(number)
            ended.append("in time")
        except asyncio.CancelledError:
            ended.append("cancelled")
            raise

    handling = asyncio.create_task(handle_each(inbox, work, TaskOwner("test")))
    inbox.put_all([(0, 0), (60, 0)])
    inbox.close()
    await handling
    assert ended == ["in time", "cancelled"]


async def test_cancelling_cancels_all_and_leaves_each() -> None:
    inbox: Inbox[int] = Inbox()
    left: list[int] = []
    entered: list[int] = []

    @asynccontextmanager
    async def leaving(number: int) -> AsyncIterator[None]:
        entered.append(number)
        try:
            yield
        finally:
            left.append(number)

    async def work(number: int) -> None:
        await asyncio.Event().wait()

    owner = TaskOwner("test")
    handling = asyncio.create_task(handle_each(inbox, work, owner, leaving))
    inbox.put_all([(1, 0), (2, 0)])
    await until(lambda: entered == [1, 2])
    handling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await handling
    assert sorted(left) == [1, 2]
    assert not len(owner)


async def test_a_handler_that_is_not_async_is_reported(reported: list[str]) -> None:
    def work(number: int) -> None: ...

    untyped: Any = work
    inbox: Inbox[int] = Inbox()
    inbox.put(1)
    inbox.close()
    await handle_each(inbox, untyped, TaskOwner("test"))
    assert reported == [
        "in 1 of the handler 'work': the handler 'work' must be an `async def` function"
    ]
