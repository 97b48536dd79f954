"""What is written many at once."""

from __future__ import annotations

import asyncio

import pytest

from peerscript.aio.batches import Batches


async def test_what_comes_meanwhile_is_the_next_batch() -> None:
    written: list[list[int]] = []
    gate = asyncio.Event()

    async def write(items: list[int]) -> None:
        await gate.wait()
        written.append(list(items))

    batches = Batches(write)
    async with asyncio.TaskGroup() as adding:
        adding.create_task(batches.add(0))
        await asyncio.sleep(0)
        for each in range(1, 5):
            adding.create_task(batches.add(each))
        await asyncio.sleep(0)
        gate.set()
    await batches.add(5)
    assert written == [[0], [1, 2, 3, 4], [5]]


async def test_each_item_of_a_batch_is_told_why_it_is_not_written() -> None:
    gate = asyncio.Event()

    async def write(items: list[int]) -> None:
        await gate.wait()
        if 1 in items:
            raise OSError("full")

    batches = Batches(write)
    adding = [asyncio.ensure_future(batches.add(each)) for each in (0, 1, 2)]
    await asyncio.sleep(0)
    gate.set()
    found = await asyncio.gather(*adding, return_exceptions=True)
    assert [str(each) for each in found] == ["None", "full", "full"]
    with pytest.raises(OSError, match="full"):
        await batches.add(1)
