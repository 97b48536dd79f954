"""When what was read is acknowledged."""

from __future__ import annotations

import asyncio
import itertools

import pytest

from peerscript.link import channel_session
from peerscript.link.acks import ACK_DELAY, ACK_INTERVAL
from peerscript.link.channel_inbox import MESSAGE_COST
from peerscript.protocol.link.channels import Mode
from peerscript.protocol.link.messages import Ack
from tests.unit.peerscript.link.sides import Side

STEP = ACK_DELAY / 4
SOON = [Mode.KEPT, Mode.BULK]
AT_INTERVALS = [Mode.RELIABLE, Mode.LIVE]


async def stream(side: Side, first: int, last: int) -> list[int]:
    """Hear and read a message each step; return the numbers that were acknowledged."""
    for number in range(first, last + 1):
        side.hear(number, bytes(100))
        await side.read()
        await asyncio.sleep(STEP)
    return acknowledged(side)


def acknowledged(side: Side) -> list[int]:
    heard = side.path.take()
    assert all(isinstance(each, Ack) for each in heard)
    return [each.number for each in heard]


@pytest.mark.parametrize("mode", AT_INTERVALS)
async def test_a_stream_that_nobody_waits_for_is_acknowledged_at_intervals(mode: Mode) -> None:
    side = Side(mode)
    side.begin()
    count = round(1 / STEP)
    numbers = await stream(side, 1, count)
    assert len(numbers) in (3, 4, 5)
    assert numbers[0] in (4, 5)  # the first one soon
    await asyncio.sleep(2 * ACK_INTERVAL + ACK_DELAY)
    assert acknowledged(side) == [count]
    (number,) = await stream(side, count + 1, count + 6)  # soon after a pause
    assert number <= count + 5


@pytest.mark.parametrize("mode", SOON)
async def test_what_a_sender_looks_at_is_always_acknowledged_soon(mode: Mode) -> None:
    side = Side(mode)
    side.begin()
    numbers = await stream(side, 1, round(1 / STEP))
    assert len(numbers) >= 25


async def test_what_gives_a_sender_room_is_acknowledged_soon(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    size = len(bytes(100)) + MESSAGE_COST
    monkeypatch.setattr(channel_session, "WINDOW", 4 * 20 * size)
    side = Side()
    side.begin()
    numbers = await stream(side, 1, 100)
    between = {later - earlier for earlier, later in itertools.pairwise(numbers)}
    assert between <= {20, 21, 22, 23, 24}  # messages, one a quarter of the delay


async def test_only_what_was_read_counts() -> None:
    side = Side()
    side.begin()
    side.hear(1, "first")
    await side.read()
    await asyncio.sleep(2 * ACK_DELAY)
    assert acknowledged(side) == [1]
    for number in range(2, 7):
        side.hear(number, bytes(200_000))
    await side.read()
    await asyncio.sleep(2 * ACK_DELAY)
    assert acknowledged(side) == []  # 200 of 512 KiB
    for _ in range(2):
        await side.read()
    await asyncio.sleep(2 * ACK_DELAY)
    assert acknowledged(side) == [4]


async def test_nothing_is_acknowledged_of_a_closed_channel() -> None:
    side = Side()
    side.begin()
    side.hear(1, "first")
    await side.read()
    side.session.close()
    await asyncio.sleep(2 * ACK_INTERVAL)
    assert acknowledged(side) == []
