"""What is large waits until what is on its way was read, and tells what it has read."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, cast

import pytest

from peerscript.errors import ConnectionClosed, LinkMisused, MessageTooBig
from peerscript.link.bulk import Bulk
from peerscript.protocol.link.delivery import OutOfSequence
from peerscript.protocol.link.messages import BulkRead
from peerscript.protocol.link.pacing import LARGEST_FRAME, SMALLEST
from tests.clock import until

FRAME = bytes(8 * 1024)
MESSAGE = ("load", 1, bytes(8 * 1024 - 14))  # as large as a frame


class Side:
    """A data channel that takes everything, or is closed."""

    def __init__(self, *incoming: bytes) -> None:
        self.sent: list[bytes] = []
        self.closed = False
        self.max_frame = LARGEST_FRAME
        self._incoming = incoming

    async def send(self, frame: bytes) -> None:
        if self.closed:
            raise ConnectionClosed("closed")
        if len(frame) > self.max_frame:
            raise MessageTooBig("too big")
        self.sent.append(frame)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for frame in self._incoming:
            yield frame


def bulk(said: list[BulkRead] | None = None) -> Bulk:
    heard: list[BulkRead] = [] if said is None else said
    return Bulk(heard.append, asyncio.get_running_loop().time)


async def test_no_more_is_on_its_way_than_is_read() -> None:
    side, ours = Side(), bulk()
    for _ in range(20):
        ours.send(*MESSAGE)
    writing = asyncio.create_task(ours.write(cast("Any", side), LARGEST_FRAME))
    await until(lambda: len(side.sent) * len(FRAME) == SMALLEST)
    for _ in range(10):
        await asyncio.sleep(0)
    assert len(side.sent) * len(FRAME) == SMALLEST
    ours.on_read(BulkRead(SMALLEST))
    await until(lambda: len(side.sent) * len(FRAME) >= 2 * SMALLEST)
    ours.close()
    ours.on_read(BulkRead(len(side.sent) * len(FRAME)))
    ours.on_read(BulkRead(len(side.sent) * len(FRAME)))
    await writing
    assert len(side.sent) == 20


async def test_frames_grow_up_to_what_the_other_side_accepts() -> None:
    side, ours = Side(), bulk()
    ours.send("load", 1, bytes(9_000_000))
    writing = asyncio.create_task(ours.write(cast("Any", side), 64 * 1024))
    while not writing.done():
        ours.on_read(BulkRead(sum(map(len, side.sent))))
        await asyncio.sleep(0)
        ours.close()
    sizes = [len(frame) for frame in side.sent]
    assert sizes[0] < 16 * 1024 < 63 * 1024 < max(sizes) <= 64 * 1024
    assert sum(sizes) == 9_000_000 + len(sizes) * 14


async def test_what_is_read_is_told() -> None:
    said: list[BulkRead] = []
    side = Side(*[FRAME] * 5)
    frames = [frame async for frame in bulk(said).frames(cast("Any", side))]
    assert frames == [FRAME] * 5
    assert said == [BulkRead(2 * len(FRAME)), BulkRead(4 * len(FRAME))]


async def test_a_side_that_closes_ends_it() -> None:
    side, ours = Side(), bulk()
    side.closed = True
    ours.send(*MESSAGE)
    await ours.write(cast("Any", side), LARGEST_FRAME)
    assert side.sent == []


@pytest.mark.parametrize("max_frame", [0, 1, 42, 1000])
async def test_who_accepts_less_than_any_browser_is_dropped(max_frame: int) -> None:
    side, ours = Side(), bulk()
    side.max_frame = max_frame
    ours.send(*MESSAGE)
    async with asyncio.timeout(5):
        with pytest.raises(LinkMisused):
            await ours.write(cast("Any", side), max_frame)


async def test_reading_what_was_not_sent_is_out_of_step() -> None:
    with pytest.raises(OutOfSequence):
        bulk().on_read(BulkRead(1))
