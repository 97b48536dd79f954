"""The first frame leaves at once; those close behind it share one."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, cast

import pytest

from peerscript.errors import ConnectionClosed
from peerscript.outbox import HIGH_WATER, SHARED_SIZE, Outbox
from peerscript.ports import Channel
from peerscript.protocol.codecs import Codec, Frame


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


class Joining(Codec):
    joinable = ord("s")

    def encode(self, value: object, max_frame_size: int) -> list[Frame]:
        raise NotImplementedError

    decode: Any = encode

    def join(self, frames: Sequence[bytes]) -> bytes:
        return b"+".join(frames)


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


async def test_those_close_behind_share_until_the_end_of_the_turn(
    outbox: Outbox, wire: Wire
) -> None:
    for frame in (b"s1", b"s2", b"s3"):
        outbox.put(frame)
    assert wire.sent == [b"s1"]
    assert outbox.buffered_amount == 4
    await asyncio.sleep(0)
    assert wire.sent == [b"s1", b"s2+s3"]
    assert outbox.buffered_amount == 0


async def test_order_is_kept_among_frames_that_do_not_share(outbox: Outbox, wire: Wire) -> None:
    large = b"s" * SHARED_SIZE
    for frame in (b"s1", b"s2", b"no", b"s3", b"s4", large, "text"):
        outbox.put(frame)
    outbox.flush()
    assert wire.sent == [b"s1", b"s2", b"no", b"s3+s4", large, "text"]


async def test_a_shared_frame_has_a_size(outbox: Outbox, wire: Wire) -> None:
    piece = b"s" * (SHARED_SIZE // 4)
    for _ in range(6):
        outbox.put(piece)
    assert len(wire.sent) == 2
    assert len(wire.sent[1]) < 2 * SHARED_SIZE


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
