"""Whose tasks they are: started, named, reported once, and ended with their owner."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from peerscript.aio.tasks import TaskOwner
from peerscript.aio.waiter import Waiter, wake


@pytest.fixture
def owner() -> TaskOwner:
    return TaskOwner("the test")


@pytest.fixture
async def reported() -> list[dict[str, Any]]:
    """What the event loop was told."""
    contexts: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: contexts.append(context))
    return contexts


async def endless() -> None:
    await asyncio.Event().wait()


async def test_a_task_has_a_name_and_a_result(owner: TaskOwner) -> None:
    async def work() -> int:
        return 5

    task = owner.start(work())
    assert task.get_name() == "work of the test"
    assert owner.start(work(), "adding").get_name() == "adding of the test"
    assert len(owner) == 2
    assert await task == 5
    await owner.finished()
    assert not owner


@pytest.mark.parametrize("by_child", [False, True])
async def test_an_error_is_reported_once(
    by_child: bool, owner: TaskOwner, reported: list[dict[str, Any]]
) -> None:
    async def fail() -> None:
        raise KeyError("oh")

    async def fail_without_words() -> None:
        raise ValueError

    starter = TaskOwner("a part of it", owner) if by_child else owner
    starter.start(fail())
    starter.start(fail_without_words())
    await owner.finished()
    name = "a part of it" if by_child else "the test"
    assert [context["message"] for context in reported] == [
        f"in fail of {name}: 'oh'",
        f"in fail_without_words of {name}: ValueError",
    ]
    assert isinstance(reported[0]["exception"], KeyError)


async def test_closing_cancels_and_waits(owner: TaskOwner, reported: list[dict[str, Any]]) -> None:
    steps: list[str] = []

    async def work() -> None:
        try:
            await endless()
        finally:
            await asyncio.sleep(0)
            steps.append("cleaned up")

    task = owner.start(work())
    await asyncio.sleep(0)
    await owner.close()
    assert steps == ["cleaned up"]
    assert task.cancelled()
    await owner.close()
    assert not reported


async def test_nothing_is_started_afterwards(owner: TaskOwner) -> None:
    begun: list[str] = []

    async def work() -> None:
        begun.append("begun")

    await owner.close()
    child = TaskOwner("a part of it", owner)
    tasks = owner.start(work()), child.start(work())
    await asyncio.wait(tasks)
    assert all(task.cancelled() for task in tasks)
    assert begun == []
    assert owner.closed
    assert child.closed


async def test_what_ends_in_time_is_not_cancelled(owner: TaskOwner) -> None:
    async def work() -> None:
        await asyncio.sleep(0)

    ending, stuck = owner.start(work()), owner.start(endless())
    await owner.close(0.01)
    assert not ending.cancelled()
    assert stuck.cancelled()


async def test_a_child_ends_what_is_its_own(owner: TaskOwner) -> None:
    child = TaskOwner("a part of it", owner)
    mine, other = child.start(endless()), owner.start(endless())
    await child.close()
    assert mine.cancelled()
    assert not other.done()
    assert len(owner) == 1
    await owner.close()
    assert other.cancelled()


async def test_a_task_may_close_its_owner(owner: TaskOwner) -> None:
    async def work() -> str:
        await owner.close(10)
        return "went on"

    other = owner.start(endless())
    other.cancel()
    assert await owner.start(work()) == "went on"
    await owner.finished()


@pytest.mark.parametrize("grace", [0.0, 10.0])
async def test_a_task_may_close_its_owner_inside_a_callback(grace: float, owner: TaskOwner) -> None:
    """`wake` runs the step of the task where it is called."""
    waiter: Waiter = asyncio.Future()

    async def work() -> str:
        await waiter
        await owner.close(grace)
        return "went on"

    task = owner.start(work())
    await asyncio.sleep(0)
    asyncio.get_running_loop().call_soon(wake, waiter)
    assert await task == "went on"


async def test_a_task_may_cancel_its_owners_tasks(owner: TaskOwner) -> None:
    async def work() -> str:
        owner.cancel()
        await asyncio.sleep(0)
        return "went on"

    other, task = owner.start(endless()), owner.start(work())
    assert await task == "went on"
    await owner.finished()
    assert other.cancelled()


async def test_tasks_that_close_their_owner_do_not_wait_for_each_other(owner: TaskOwner) -> None:
    async def work() -> str:
        await owner.close(10)
        return "went on"

    tasks = [owner.start(work()) for _ in range(3)]
    await asyncio.wait_for(owner.close(10), 1)  # whoever is outside waits for them all
    assert [task.result() for task in tasks] == ["went on"] * 3


async def test_one_who_waits_for_a_task_that_closes_the_owner(owner: TaskOwner) -> None:
    """By way of another task: it cannot be told apart from any other, and is cancelled in time."""

    async def inner() -> None:
        await owner.close(0.01)

    async def work() -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(inner())

    task = owner.start(work())
    await asyncio.wait_for(asyncio.wait([task]), 1)
    assert task.cancelled()


async def test_a_close_that_is_cancelled_cancels_at_once(owner: TaskOwner) -> None:
    task = owner.start(endless())
    closing = asyncio.create_task(owner.close(10))
    await asyncio.sleep(0)
    closing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await closing
    assert task.cancelled()
