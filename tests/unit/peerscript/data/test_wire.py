"""A data channel of our own: in order, with room waited for, and with an end."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from peerscript import DataConnection
from peerscript.data.wire import CHECK_EVERY, HIGH_WATER, SideChannel
from peerscript.errors import ConnectionClosed, ConnectionLost, InboxFull
from peerscript.testing import MemoryNetwork
from tests.clock import soon

ID = 1000
Pair = tuple[DataConnection, DataConnection]
Wires = tuple[SideChannel, SideChannel]


@pytest.fixture
async def wires(pair: Pair) -> Wires:
    near, far = (each._open_side_channel(ID, "side", inbox_limit=10_000_000) for each in pair)
    return near, far


async def gather(wire: SideChannel, heard: list[Any]) -> None:
    async for frame in wire:
        heard.append(frame)  # noqa: PERF401  what came before an error is kept


async def test_frames_in_order_and_beside_the_connections_own(pair: Pair, wires: Wires) -> None:
    near, far = wires
    heard: list[Any] = []
    reading = asyncio.create_task(gather(far, heard))
    await near.send("text")  # waits until it is open
    await pair[0].send("the connection's own")
    await near.send(b"bytes")
    assert await pair[1].receive() == "the connection's own"
    await soon(lambda: len(heard) == 2)
    assert heard == ["text", b"bytes"]
    near.close()
    with pytest.raises(ConnectionLost):
        await reading
    assert pair[0].open


async def test_send_waits_for_room(wires: Wires, network: MemoryNetwork) -> None:
    near, far = wires
    await near.send("")
    network.hold()
    sent = 0

    async def send_all() -> None:
        nonlocal sent
        for _ in range(60):
            await near.send(bytes(CHECK_EVERY))
            sent += 1

    sending = asyncio.create_task(send_all())
    await asyncio.sleep(1)
    assert HIGH_WATER < sent * CHECK_EVERY <= HIGH_WATER + 2 * CHECK_EVERY
    heard: list[Any] = []
    reading = asyncio.create_task(gather(far, heard))
    network.release()
    await sending
    await soon(lambda: len(heard) == 61)
    far.close()
    await reading
    assert sent == 60


@pytest.mark.parametrize("who", ["near", "far", "network"])
async def test_a_send_that_waits_hears_of_the_end(
    wires: Wires, network: MemoryNetwork, who: str
) -> None:
    near, far = wires
    await near.send("")
    network.hold()
    sending = asyncio.ensure_future(send_much(near))
    await asyncio.sleep(1)
    assert not sending.done()
    if who == "network":
        network.cut()
    else:
        (near if who == "near" else far).close()
    with pytest.raises(ConnectionClosed):
        await sending
    with pytest.raises(ConnectionClosed):
        await near.send("late")


async def send_much(wire: SideChannel) -> None:
    for _ in range(60):
        await wire.send(bytes(CHECK_EVERY))


async def test_a_send_that_waits_for_it_to_open_hears_of_the_end(pair: Pair) -> None:
    wire = pair[0]._open_side_channel(ID, "side", inbox_limit=1000)
    wire.close()
    wire.close()
    with pytest.raises(ConnectionClosed):
        await wire.send("x")
    assert [frame async for frame in wire] == []


async def test_more_than_may_lie_unread_ends_it(pair: Pair) -> None:
    near = pair[0]._open_side_channel(ID, "side", inbox_limit=1000)
    far = pair[1]._open_side_channel(ID, "side", inbox_limit=1000)
    for _ in range(3):
        await near.send(bytes(600))
    heard: list[Any] = []
    await asyncio.sleep(1)
    with pytest.raises(InboxFull):
        await gather(far, heard)
    assert heard == [bytes(600)]
    with pytest.raises(ConnectionLost):
        await gather(near, heard)


async def test_what_came_before_the_end_can_be_read(wires: Wires, network: MemoryNetwork) -> None:
    near, far = wires
    await near.send("last words")
    await asyncio.sleep(0.1)
    network.cut()
    await asyncio.sleep(0.1)
    heard: list[Any] = []
    with pytest.raises(ConnectionLost):
        await gather(far, heard)
    assert heard == ["last words"]


async def test_a_connection_that_is_not_open_has_none(pair: Pair) -> None:
    await pair[0].close()
    for each in pair:
        await each.wait_closed()
        with pytest.raises(ConnectionClosed):
            each._open_side_channel(ID, "side", inbox_limit=1000)


@pytest.mark.parametrize("whose", [0, 1])
async def test_whoever_hears_of_a_wires_end_first_does_not_hide_the_connections(
    pair: Pair, wires: Wires, network: MemoryNetwork, whose: int
) -> None:
    """A wire ends with its connection, and whoever reads it may close that in turn."""

    async def follow() -> None:
        with pytest.raises(ConnectionClosed):
            await gather(wires[whose], [])
        await pair[whose].close(flush=False)

    following = asyncio.create_task(follow())
    await asyncio.sleep(0.1)
    network.cut()
    await following
    assert isinstance(pair[whose].close_reason, ConnectionLost)
