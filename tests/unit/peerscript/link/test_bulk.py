"""What is large waits until what is on its way was read, and tells what it has read."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, cast

import pytest

from peerscript.errors import ConnectionClosed, LinkMisused, MessageTooBig
from peerscript.link.bulk import Bulk, Stripe
from peerscript.protocol.link.delivery import OutOfSequence
from peerscript.protocol.link.envelope import Envelope
from peerscript.protocol.link.messages import BulkRead
from peerscript.protocol.link.pacing import LARGEST_FRAME, SMALLEST
from peerscript.protocol.link.striping import STALLED
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


def stripe(said: list[BulkRead] | None = None) -> tuple[Bulk, Stripe]:
    heard: list[BulkRead] = [] if said is None else said
    bulk = Bulk()
    return bulk, Stripe(bulk, heard.append, asyncio.get_running_loop().time)


async def test_no_more_is_on_its_way_than_is_read() -> None:
    side, (bulk, ours) = Side(), stripe()
    for _ in range(20):
        bulk.send(*MESSAGE)
    writing = asyncio.create_task(ours.write(cast("Any", side), LARGEST_FRAME))
    await until(lambda: len(side.sent) * len(FRAME) == SMALLEST)
    for _ in range(10):
        await asyncio.sleep(0)
    assert len(side.sent) * len(FRAME) == SMALLEST == ours.sent
    assert bulk.waits
    ours.on_read(SMALLEST)
    await until(lambda: len(side.sent) * len(FRAME) >= 2 * SMALLEST)
    bulk.close()
    bulk.send(*MESSAGE)  # into the void
    ours.on_read(len(side.sent) * len(FRAME))
    ours.on_read(len(side.sent) * len(FRAME))
    await writing
    assert len(side.sent) == 20
    assert not bulk.waits


async def test_frames_grow_up_to_what_the_other_side_accepts() -> None:
    side, (bulk, ours) = Side(), stripe()
    bulk.send("load", 1, bytes(9_000_000))
    writing = asyncio.create_task(ours.write(cast("Any", side), 64 * 1024))
    while not writing.done():
        ours.on_read(sum(map(len, side.sent)))
        await asyncio.sleep(0)
        bulk.close()
    sizes = [len(frame) for frame in side.sent]
    assert sizes[0] < 16 * 1024 < 63 * 1024 < max(sizes) <= 64 * 1024
    assert sum(sizes) == 9_000_000 + len(sizes) * 14


async def test_what_is_read_is_told() -> None:
    said: list[BulkRead] = []
    side, (_, ours) = Side(*[FRAME] * 5), stripe(said)
    frames = [frame async for frame in ours.frames(cast("Any", side))]
    assert frames == [FRAME] * 5
    assert said == [BulkRead(2 * len(FRAME)), BulkRead(4 * len(FRAME))]
    assert ours.read == 5 * len(FRAME)


async def test_a_side_that_closes_ends_it() -> None:
    side, (bulk, ours) = Side(), stripe()
    side.closed = True
    bulk.send(*MESSAGE)
    await ours.write(cast("Any", side), LARGEST_FRAME)
    assert side.sent == []


async def test_what_a_lost_stripe_had_on_its_way_is_sent_before_the_rest() -> None:
    bulk, side = Bulk(), Side()
    first, other = (
        Stripe(bulk, lambda _: None, asyncio.get_running_loop().time, number) for number in (1, 2)
    )
    for number in range(1, 10):
        bulk.send("load", number, MESSAGE[2])
    writing = asyncio.create_task(first.write(cast("Any", side), LARGEST_FRAME))
    await until(lambda: first.sent == SMALLEST)
    first.on_read(2 * len(FRAME))
    await until(lambda: len(side.sent) == 8)
    writing.cancel()
    first.lose()
    side.sent.clear()
    bulk.close()
    writing = asyncio.create_task(other.write(cast("Any", side), LARGEST_FRAME))
    while not writing.done():
        other.on_read(other.sent)
        await asyncio.sleep(0)
    assert [Envelope.decode(frame).number for frame in side.sent] == list(range(3, 10))


async def test_a_stripe_stalls_when_nothing_on_its_way_is_read() -> None:
    side, (bulk, ours) = Side(), stripe()
    await asyncio.sleep(2 * STALLED)
    assert not ours.stalled
    bulk.send(*MESSAGE)
    writing = asyncio.create_task(ours.write(cast("Any", side), LARGEST_FRAME))
    await until(lambda: side.sent)
    await asyncio.sleep(2 * STALLED)
    assert not ours.stalled  # so little is not told
    bulk.send(*MESSAGE)
    await until(lambda: len(side.sent) == 2)
    assert not ours.stalled
    await asyncio.sleep(STALLED + 0.1)
    assert ours.stalled
    ours.on_read(ours.sent)
    assert not ours.stalled
    bulk.close()
    await writing


@pytest.mark.parametrize("max_frame", [0, 1, 42, 1000])
async def test_who_accepts_less_than_any_browser_is_dropped(max_frame: int) -> None:
    side, (bulk, ours) = Side(), stripe()
    side.max_frame = max_frame
    bulk.send(*MESSAGE)
    async with asyncio.timeout(5):
        with pytest.raises(LinkMisused):
            await ours.write(cast("Any", side), max_frame)


async def test_reading_what_was_not_sent_is_out_of_step() -> None:
    with pytest.raises(OutOfSequence):
        stripe()[1].on_read(1)
