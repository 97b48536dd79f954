"""What carries the values of a plain page: how much may wait for it, and in which order."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from peerscript import DataConnection
from peerscript.aio.tasks import TaskOwner
from peerscript.errors import ConnectionClosed, ConnectionLost, LinkClosed, OutboxFull
from peerscript.room.transports import PlainTransport
from peerscript.testing import MemoryNetwork
from tests.clock import until

Pair = tuple[DataConnection, DataConnection]


@pytest.fixture
async def owner() -> TaskOwner:
    return TaskOwner("test")


@pytest.fixture
async def plain(pair: Pair, owner: TaskOwner) -> PlainTransport:
    """Alice's end of a connection with Bob."""
    return PlainTransport(pair[0], owner)


async def test_what_is_sent_stays_in_order(plain: PlainTransport, pair: Pair) -> None:
    value: list[Any] = [1]
    plain.send_nowait(value)
    value.append("changed after that")
    await plain.send("second")
    assert [await pair[1].receive() for _ in range(2)] == [[1], "second"]
    await pair[1].send("back")
    assert await plain.receive() == "back"
    assert plain.connected
    assert not plain.gone


async def test_only_so_much_waits(
    plain: PlainTransport, pair: Pair, network: MemoryNetwork, owner: TaskOwner
) -> None:
    network.hold()
    sent = 0
    with pytest.raises(OutboxFull):
        for _ in range(100):
            plain.send_nowait(bytes(100_000))
            sent += 1
            await asyncio.sleep(0)
    assert 40 < sent < 60
    sending = asyncio.create_task(plain.send("last"))
    await asyncio.sleep(0)
    network.release()
    await sending
    for _ in range(sent):
        assert len(await pair[1].receive()) == 100_000
    assert await pair[1].receive() == "last"
    await owner.close()


async def test_a_page_that_takes_nothing_is_closed_in_time(
    plain: PlainTransport, network: MemoryNetwork, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    network.hold()
    for _ in range(20):
        plain.send_nowait(bytes(100_000))
    await plain.close(None)
    assert plain.gone
    assert "has not got everything" in caplog.text


async def test_a_page_that_is_too_slow_is_not_waited_for(
    plain: PlainTransport, network: MemoryNetwork
) -> None:
    network.hold()
    plain.send_nowait("held")
    began = asyncio.get_running_loop().time()
    await plain.close(LinkClosed("too slow"))
    assert asyncio.get_running_loop().time() == began
    assert plain.gone


async def test_a_connection_that_breaks(
    plain: PlainTransport, network: MemoryNetwork, owner: TaskOwner
) -> None:
    changes: list[bool] = []
    plain.watch(lambda: changes.append(plain.gone), lambda: None)
    network.hold()
    for _ in range(30):
        plain.send_nowait(bytes(100_000))
    sending = asyncio.create_task(plain.send("last"))
    await asyncio.sleep(0)
    network.cut()
    with pytest.raises(ConnectionLost):
        await sending
    assert isinstance(plain.reason, ConnectionLost)
    assert changes == [True]
    with pytest.raises(ConnectionClosed):
        plain.send_nowait("to nobody")
    await owner.finished()
    plain.unwatch()


async def test_a_value_that_this_serialization_cannot_carry(
    alice: Any, bob: Any, owner: TaskOwner, caplog: pytest.LogCaptureFixture
) -> None:
    near = await alice.connect("bob", serialization="json")
    far = await anext(bob.connections())
    plain = PlainTransport(near, owner)
    plain.send_nowait(b"bytes")
    plain.send_nowait("text")
    assert await far.receive() == "text"
    assert "bob is not told" in caplog.text


@pytest.mark.parametrize("metadata", [None, "Ada", {"name": 5}, {}])
async def test_metadata_without_a_name(
    alice: Any, bob: Any, owner: TaskOwner, metadata: Any
) -> None:
    near = await alice.connect("bob", metadata=metadata)
    plain = PlainTransport(near, owner)
    assert (plain.id, plain.name) == ("bob", "")
    await plain.close(None)
    await until(lambda: not len(owner))
