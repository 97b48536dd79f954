"""The inbox keeps order, wakes readers, loses nothing and has an end."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import Iterable
from contextlib import suppress

import pytest

from peerscript.aio.inbox import EndOfInbox, Inbox
from peerscript.aio.waiter import Waiter, wake
from peerscript.errors import ConnectionLost, InboxFull


def light(items: Iterable[int]) -> list[tuple[int, int]]:
    """Without a size."""
    return [(item, 0) for item in items]


async def test_items_come_in_order() -> None:
    inbox: Inbox[int] = Inbox()
    for number in range(3):
        inbox.put(number)
    assert [await inbox.get() for _ in range(3)] == [0, 1, 2]


async def test_a_waiting_reader_is_woken() -> None:
    inbox: Inbox[str] = Inbox()
    reader = asyncio.create_task(inbox.get())
    asyncio.get_running_loop().call_soon(inbox.put, "item")
    assert await reader == "item"


async def test_a_second_reader_is_told_and_the_first_reads_on() -> None:
    inbox: Inbox[str] = Inbox("the connection to bob")
    first = asyncio.create_task(inbox.get())
    await asyncio.sleep(0)
    for second in (inbox.get(), anext(aiter(inbox))):
        with pytest.raises(RuntimeError, match="the connection to bob is read by another task"):
            await second
    inbox.put("item")
    assert await first == "item"


async def test_no_other_task_reads_while_one_is_in_its_loop() -> None:
    """Also while that one is busy with an item, or has many before it."""
    inbox: Inbox[int] = Inbox("the connection to bob")
    inbox.put_all(light(range(4)))
    read: list[int] = []
    go_on = asyncio.Event()

    async def loop() -> None:
        async for item in inbox:
            read.append(item)
            await go_on.wait()
            if item == 2:
                break

    reading = asyncio.create_task(loop())
    await asyncio.sleep(0)
    assert read == [0]
    assert inbox.has_reader
    for second in (inbox.get(), anext(aiter(inbox))):
        with pytest.raises(RuntimeError, match="the connection to bob is read by another task"):
            await second
    go_on.set()
    await reading
    assert read == [0, 1, 2]
    assert not inbox.has_reader
    assert await inbox.get() == 3  # the loop is over


async def test_a_loop_may_take_more_than_its_own_item() -> None:
    inbox: Inbox[int] = Inbox()
    inbox.put_all(light(range(4)))
    inbox.close()
    assert [(item, await inbox.get()) async for item in inbox] == [(0, 1), (2, 3)]


async def test_a_loop_that_was_cancelled_is_over() -> None:
    inbox: Inbox[int] = Inbox()

    async def loop() -> None:
        async for _ in inbox:
            pass

    reading = asyncio.create_task(loop())
    await asyncio.sleep(0)
    with pytest.raises(RuntimeError, match="read by another task"):
        await inbox.get()
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    inbox.put(1)
    assert await inbox.get() == 1


async def test_nobody_iterates_while_another_task_waits() -> None:
    inbox: Inbox[int] = Inbox()
    waiting = asyncio.create_task(inbox.get())
    await asyncio.sleep(0)
    with pytest.raises(RuntimeError, match="read by another task"):
        await anext(aiter(inbox))
    inbox.put(1)
    assert await waiting == 1


async def test_one_after_the_other_may_read() -> None:
    inbox: Inbox[int] = Inbox()
    readers = [asyncio.create_task(inbox.get())]
    await asyncio.sleep(0)
    inbox.put_all(light([1, 2]))
    readers.append(asyncio.create_task(inbox.get()))
    assert await asyncio.gather(*readers) == [1, 2]


@pytest.mark.parametrize("put_first", [True, False])
async def test_a_cancelled_reader_leaves_its_item_to_the_next(put_first: bool) -> None:
    inbox: Inbox[str] = Inbox()
    first = asyncio.create_task(inbox.get())
    await asyncio.sleep(0)

    if put_first:
        inbox.put("item")
    first.cancel()
    second = asyncio.create_task(inbox.get())
    with pytest.raises(asyncio.CancelledError):
        await first
    if not put_first:
        inbox.put("item")
    assert await second == "item"


async def test_closing_ends_iteration_behind_the_last_item() -> None:
    inbox: Inbox[int] = Inbox()
    inbox.put(1)
    inbox.close()
    inbox.put(2)
    assert [item async for item in inbox] == [1]
    with pytest.raises(EndOfInbox):
        await inbox.get()


async def test_a_reason_is_raised_behind_the_last_item() -> None:
    inbox: Inbox[int] = Inbox()
    inbox.put(1)
    inbox.close(ConnectionLost("gone"))
    assert await inbox.get() == 1
    with pytest.raises(ConnectionLost, match="gone"):
        await inbox.get()


async def test_closing_wakes_whoever_waits() -> None:
    inbox: Inbox[int] = Inbox()
    reader = asyncio.create_task(inbox.get())
    asyncio.get_running_loop().call_soon(inbox.close)
    with pytest.raises(EndOfInbox):
        await reader


async def test_the_limit_refuses_what_does_not_fit() -> None:
    inbox: Inbox[str] = Inbox(limit=10)
    inbox.put("larger than the limit, but alone", 32)
    with pytest.raises(InboxFull):
        inbox.put("one more", 1)
    await inbox.get()
    inbox.put("one more", 1)
    assert await inbox.get() == "one more"


async def test_several_at_once_wake_a_reader_once(monkeypatch: pytest.MonkeyPatch) -> None:
    inbox: Inbox[int] = Inbox()
    woken = 0

    def count(waiter: Waiter) -> None:
        nonlocal woken
        woken += 1
        wake(waiter)

    monkeypatch.setattr("peerscript.aio.inbox.wake", count)
    monkeypatch.setattr("peerscript.aio.inbox.TURN", 60.0)  # seconds; a busy machine may be slow
    read: list[int] = []

    async def reader() -> None:
        with suppress(EndOfInbox):
            while True:
                read.append(await inbox.get())

    reading = asyncio.create_task(reader())
    await asyncio.sleep(0)
    # From a browser's callback, as messages come.
    asyncio.get_running_loop().call_soon(inbox.put_all, light(range(500)))
    await asyncio.sleep(0)
    assert read == list(range(500))
    assert woken == 1
    inbox.close()
    await reading


async def test_of_several_too_many_those_are_taken_that_fit() -> None:
    inbox: Inbox[int] = Inbox(limit=10)
    inbox.put_all([(1, 4), (2, 4)])
    with pytest.raises(InboxFull):
        inbox.put_all([(3, 2), (4, 8), (5, 0)])
    assert (inbox.count, inbox.unread) == (3, 10)
    inbox.put_all([])
    assert [await inbox.get() for _ in range(3)] == [1, 2, 3]


async def test_a_reader_is_woken_by_those_that_fit() -> None:
    inbox: Inbox[int] = Inbox(limit=10)
    reader = asyncio.create_task(inbox.get())
    await asyncio.sleep(0)
    with pytest.raises(InboxFull):
        inbox.put_all([(1, 8), (2, 8)])
    assert await reader == 1


async def test_what_lies_unread_is_counted_and_can_be_forgotten() -> None:
    inbox: Inbox[str] = Inbox(limit=10)
    assert inbox.unread == 0
    inbox.put("six", 6)
    inbox.put("four", 4)
    assert inbox.unread == 10
    assert await inbox.get() == "six"
    assert inbox.unread == 4
    inbox.clear()
    assert inbox.unread == 0
    inbox.put("ten", 10)
    assert await anext(aiter(inbox)) == "ten"
    assert inbox.unread == 0


async def test_a_reader_whose_item_was_forgotten_waits_for_the_next() -> None:
    inbox: Inbox[str] = Inbox()
    reader = asyncio.create_task(inbox.get())
    await asyncio.sleep(0)
    inbox.put("forgotten")
    inbox.clear()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert not reader.done()
    inbox.put("read")
    assert await reader == "read"


async def test_whoever_has_read_to_the_end_is_let_go() -> None:
    """Without waiting for the garbage collector: what they hold may be scarce in a browser."""

    class Reader:
        def __init__(self) -> None:
            self.inbox: Inbox[int] = Inbox()

        async def read(self) -> None:
            with pytest.raises(EndOfInbox):
                await self.inbox.get()

    reader = Reader()
    reader.inbox.close()
    await reader.read()
    gone = weakref.ref(reader)
    gc.disable()
    try:
        del reader
        assert gone() is None
    finally:
        gc.enable()


async def test_a_reader_who_always_finds_something_lets_others_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("peerscript.aio.inbox.TURN", 0.0)
    inbox: Inbox[int] = Inbox()
    inbox.put_all(light(range(100)))
    inbox.close()
    seen: list[int] = []
    unread: list[int] = []

    async def read() -> None:
        seen.extend([item async for item in inbox])

    async def look() -> None:
        while len(seen) < 100:
            unread.append(len(inbox._items))
            await asyncio.sleep(0)

    await asyncio.gather(read(), look())
    assert seen == list(range(100))
    assert len(unread) > 5
