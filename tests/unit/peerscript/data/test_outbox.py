"""The first frame leaves at once; those close behind it leave together."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, cast

import pytest

from peerscript import DataConnection
from peerscript.data.outbox import HIGH_WATER, TOGETHER, Outbox
from peerscript.errors import ConnectionClosed
from peerscript.ports import Channel
from peerscript.protocol.values.codecs import Codec, Frame
from peerscript.testing import MemoryNetwork

Pair = tuple[DataConnection, DataConnection]


class Wire:
    """A channel that keeps what it is given."""

    def __init__(self) -> None:
        self.sent: list[Frame] = []
        self.buffered_amount = 0
        self.closed = False

    def send(self, frame: Frame) -> None:
        if self.closed:
            raise ConnectionClosed("closed")
        self.sent.append(frame)

    def send_all(self, frames: Sequence[Frame]) -> None:
        for frame in frames:
            self.send(frame)


class Joining(Codec):
    def encode(self, value: object, max_frame_size: int) -> list[Frame]:
        raise NotImplementedError

    decode: Any = encode

    def join(self, frames: Sequence[Frame]) -> list[Frame]:
        return [b"+".join(frame for frame in frames if isinstance(frame, bytes))]


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [100.0]
    monkeypatch.setattr("time.perf_counter", lambda: now[0])
    return now


@pytest.fixture
def outbox(wire: Wire, clock: list[float]) -> Outbox:
    return Outbox(cast(Channel, wire), Joining())


async def test_one_at_a_time_never_waits(outbox: Outbox, wire: Wire, clock: list[float]) -> None:
    for frame in (b"s1", b"s2", b"s3"):
        outbox.put(frame)
        clock[0] += 1
    assert wire.sent == [b"s1", b"s2", b"s3"]


async def test_those_close_behind_wait_until_the_end_of_the_turn(
    outbox: Outbox, wire: Wire
) -> None:
    for frame in (b"s1", b"s2", b"s3"):
        outbox.put(frame)
    assert wire.sent == [b"s1"]
    assert outbox.buffered_amount == 4
    await asyncio.sleep(0)
    assert wire.sent == [b"s1", b"s2+s3"]
    assert outbox.buffered_amount == 0


async def test_order_is_kept_before_a_large_frame(outbox: Outbox, wire: Wire) -> None:
    large = b"l" * TOGETHER
    for frame in (b"s1", b"s2", b"s3", large, b"s4"):
        outbox.put(frame)
    outbox.flush()
    assert wire.sent == [b"s1", b"s2+s3", large, b"s4"]


async def test_so_much_waits_and_no_more(outbox: Outbox, wire: Wire) -> None:
    piece = b"s" * (TOGETHER // 4)
    for _ in range(6):
        outbox.put(piece)
    assert len(wire.sent) == 2
    assert len(wire.sent[1]) < 2 * TOGETHER


async def test_a_channel_that_closes_meanwhile(outbox: Outbox, wire: Wire) -> None:
    outbox.put(b"s1")
    outbox.put(b"s2")
    wire.closed = True
    await asyncio.sleep(0)
    assert outbox.buffered_amount == 0


async def test_the_browsers_buffer_is_looked_at_now_and_then(outbox: Outbox, wire: Wire) -> None:
    wire.buffered_amount = HIGH_WATER + 1
    assert not outbox.full
    outbox.put(b"n" * 100_000)
    assert outbox.full
    wire.buffered_amount = 0
    assert not outbox.full


# Over a whole connection


async def test_small_messages_in_one_go_share_a_frame(pair: Pair, network: MemoryNetwork) -> None:
    near, far = pair
    await near.send(None)  # waits until the pages know each other
    assert await far.receive() is None
    sent: list[Frame] = []
    send = near._channel.send

    def count(frame: Frame) -> None:
        sent.append(frame)
        send(frame)

    near._channel.send = count  # type: ignore[method-assign]
    for number in range(500):
        await near.send({"n": number})
    assert near.buffered_amount > 0
    assert [await far.receive() for _ in range(500)] == [{"n": number} for number in range(500)]
    assert len(sent) < 20


async def test_close_flushes_what_shares_a_frame(pair: Pair) -> None:
    near, far = pair
    await near.send(None)
    for number in range(10):
        await near.send(number)
    await near.close()
    assert [message async for message in far] == [None, *range(10)]
