"""Messages go both ways, in order; every end has a reason."""

from __future__ import annotations

import asyncio
from array import array
from typing import Any

import pytest

from peerscript import DataConnection, Peer
from peerscript.data import outbox
from peerscript.errors import (
    ConnectionClosed,
    ConnectionLost,
    InboxFull,
    MessageTooBig,
    NotDelivered,
    SerializationError,
)
from peerscript.protocol.values.codecs import OwnSerialization
from peerscript.testing import MemoryNetwork
from peerscript.testing.channel import MAX_FRAME_SIZE
from tests.clock import until

Pair = tuple[DataConnection, DataConnection]

VALUES: dict[str, list[Any]] = {
    "binary": ["text 😀", 7, -3_000_000_000, 2.5, True, {"a": [1, None, {"b": b"bytes"}]}],
    "json": ["text 😀", 7, 2.5, False, {"a": [1, None, {"b": "c"}]}],
    "raw": ["text 😀", b"bytes", ""],
}


# Values


@pytest.mark.parametrize("serialization", VALUES)
async def test_values_arrive_as_they_were(serialization: str, alice: Peer, bob: Peer) -> None:
    near = await alice.connect("bob", serialization=OwnSerialization(serialization))
    far = await anext(bob.connections())
    assert far.serialization == serialization
    for value in VALUES[serialization]:
        await near.send(value)
        assert await far.receive() == value
        await far.send(value)
        assert await near.receive() == value


async def test_a_large_message_is_cut_up_and_joined(pair: Pair) -> None:
    near, far = pair
    value = {"data": bytes(range(256)) * 20_000}
    sending = asyncio.create_task(near.send(value))
    assert await far.receive() == value
    await sending


@pytest.mark.parametrize("serialization", ["json", "raw"])
async def test_what_cannot_be_cut_up_is_refused(serialization: str, alice: Peer, bob: Peer) -> None:
    near = await alice.connect("bob", serialization=OwnSerialization(serialization))
    with pytest.raises(MessageTooBig):
        await near.send("x" * (MAX_FRAME_SIZE + 1))
    assert near.open


async def test_a_value_that_cannot_travel_is_named_and_nothing_is_sent(pair: Pair) -> None:
    near, far = pair
    with pytest.raises(
        SerializationError, match=r'message\["a"\]\[1\]: set has no place in "binary"'
    ):
        await near.send({"a": [1, {2}]})
    await near.send("next")
    assert await far.receive() == "next"


async def test_rubbish_is_dropped_and_the_connection_lives(
    pair: Pair, caplog: pytest.LogCaptureFixture
) -> None:
    near, far = pair
    near._channel.send(b"\xc7")
    near._channel.send("text where bytes are spoken")
    await near.send("next")
    assert await far.receive() == "next"
    assert "a message from alice was dropped" in caplog.text


# Its end, and what was sent before


async def test_iteration_ends_when_the_other_side_closes(pair: Pair) -> None:
    near, far = pair
    for number in range(3):
        await near.send(number)
    await near.close()
    assert [message async for message in far] == [0, 1, 2]
    assert far.close_reason is None
    assert not far.open
    with pytest.raises(ConnectionClosed, match="alice closed the connection"):
        await far.receive()
    with pytest.raises(ConnectionClosed):
        await far.send("too late")


async def test_a_broken_path_is_an_error_behind_what_arrived(
    pair: Pair, network: MemoryNetwork
) -> None:
    near, far = pair
    await near.send("last words")
    assert await far.receive() == "last words"
    network.cut()
    with pytest.raises(ConnectionLost):
        await far.receive()
    assert isinstance(near.close_reason, ConnectionLost)


# Room


async def test_send_waits_for_room_and_keeps_order(pair: Pair, network: MemoryNetwork) -> None:
    near, far = pair
    network.hold()
    piece = b"x" * 200_000
    sent = []

    async def send(number: int) -> None:
        await near.send([number, piece])
        sent.append(number)

    tasks = [asyncio.create_task(send(number)) for number in range(12)]
    for _ in range(5):
        await asyncio.sleep(0)
    assert 0 < len(sent) < 12
    assert near.buffered_amount < 2 * outbox.HIGH_WATER
    network.release()
    received: list[Any] = [await far.receive() for _ in tasks]
    assert [number for number, _ in received] == list(range(12))
    await asyncio.gather(*tasks)


async def test_closing_ends_a_send_that_waits(pair: Pair, network: MemoryNetwork) -> None:
    near, _ = pair
    network.hold()

    async def send_for_ever() -> None:
        while True:
            await near.send(b"x" * 200_000)

    task = asyncio.create_task(send_for_ever())
    await until(lambda: near.buffered_amount >= outbox.HIGH_WATER)
    await near.close(flush=False)
    with pytest.raises(ConnectionClosed):
        await task


# Flushing


async def test_close_flushes(pair: Pair) -> None:
    near, far = pair
    for number in range(100):
        await near.send(number)
    await near.close()
    assert [message async for message in far] == list(range(100))


async def test_close_that_cannot_flush_says_so(pair: Pair, network: MemoryNetwork) -> None:
    near, _ = pair
    network.hold()
    await near.send("never leaves")
    with pytest.raises(NotDelivered, match="had not left after 0.01 s"):
        await near.close(timeout=0.01)
    assert not near.open
    await near.close()


async def test_a_path_that_breaks_during_the_flush(pair: Pair, network: MemoryNetwork) -> None:
    near, _ = pair
    network.hold()
    await near.send("never leaves")
    network.cut()
    with pytest.raises(NotDelivered):
        await near.close()


async def test_leaving_the_block_by_an_error_does_not_flush(
    pair: Pair, network: MemoryNetwork
) -> None:
    near, _ = pair
    network.hold()
    with pytest.raises(KeyError):
        async with near:
            await near.send("never leaves")
            raise KeyError
    assert not near.open


# Who does not read


async def test_an_inbox_that_nobody_reads_closes_the_connection(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    near, far = pair
    monkeypatch.setattr(far._inbox, "_limit", 1000)
    for _ in range(3):
        await near.send("x" * 500)
    await far.wait_closed()
    assert isinstance(far.close_reason, InboxFull)
    assert await far.receive() == "x" * 500


async def test_values_that_nobody_reads_close_the_connection(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    near, far = pair
    monkeypatch.setattr(far._inbox, "_limit", 10_000)
    with pytest.raises(ConnectionClosed):
        while True:
            await near.send(1)  # a byte each, but not in memory
            await asyncio.sleep(0)
    assert isinstance(far.close_reason, InboxFull)


# Reading and closing


async def test_peerjs_close_message_closes(pair: Pair) -> None:
    near, far = pair
    from peerscript.protocol.values.binarypack import pack

    near._channel.send(pack({"__peerData": {"type": "close"}}))
    await far.wait_closed()
    await near.wait_closed()
    assert far.close_reason is None


async def test_receive_can_be_cancelled_without_loss(pair: Pair) -> None:
    near, far = pair
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.001):
            await far.receive()
    await near.send("kept")
    assert await far.receive() == "kept"


async def test_repr_tells_peer_and_state(pair: Pair) -> None:
    assert repr(pair[0]) == "<DataConnection to 'bob' open>"


# A page that does not greet


async def test_what_only_python_carries_is_refused_when_nobody_greets(
    bob: Peer, to_peerjs: DataConnection
) -> None:
    with pytest.raises(SerializationError, match='message: NaN in "binary"'):
        await to_peerjs.send(float("nan"))
    await to_peerjs.send(array("d", [1.0]))
    far = await anext(bob.connections())
    assert await far.receive() == array("d", [1.0]).tobytes()


async def test_a_send_that_waits_for_a_greeting_is_not_overtaken(
    bob: Peer, to_peerjs: DataConnection
) -> None:
    far = await anext(bob.connections())
    first = asyncio.create_task(to_peerjs.send(array("B", [1])))
    await asyncio.sleep(0)
    await asyncio.gather(first, to_peerjs.send("second"))
    assert [await far.receive(), await far.receive()] == [b"\x01", "second"]


async def test_a_close_ends_a_send_that_waits_for_a_greeting(
    network: MemoryNetwork, to_peerjs: DataConnection
) -> None:
    network.hold()
    waiting = asyncio.create_task(to_peerjs.send(float("nan")))
    await asyncio.sleep(0)
    await to_peerjs.close(flush=False)
    with pytest.raises(ConnectionClosed):
        await waiting


# In PeerJS's style


async def test_peerjs_style(alice: Peer, bob: Peer) -> None:
    heard: list[Any] = []

    @bob.on("connection")
    def connected(conn: DataConnection) -> None:
        conn.on("open", lambda: heard.append("open"))

        @conn.on("data")
        async def received(value: Any) -> None:
            heard.append(value)
            await conn.send(value)

        conn.on("close", lambda: heard.append("close"))

    near = await alice.connect("bob")
    await near.send("hi")
    assert await near.receive() == "hi"
    await near.send("bye")
    await near.close()
    closed = asyncio.Event()
    near.on("close", closed.set)  # late, and told at once
    await closed.wait()
    await until(lambda: heard[-1:] == ["close"])
    assert heard == ["open", "hi", "bye", "close"]


async def test_one_style_at_a_time(pair: Pair) -> None:
    near, far = pair
    near.on("data", lambda value: None)
    with pytest.raises(RuntimeError, match="reads this connection already"):
        aiter(near)
    with pytest.raises(RuntimeError):
        await near.receive()
    waiting = asyncio.create_task(far.receive())
    await asyncio.sleep(0)
    with pytest.raises(RuntimeError, match="something reads"):
        far.on("data", lambda value: None)
    await near.send("x")
    assert await waiting == "x"


async def test_data_before_a_handler_is_kept_and_an_end_comes_after_it(
    pair: Pair, network: MemoryNetwork
) -> None:
    near, far = pair
    for number in range(3):
        await near.send(number)
    await near.close()
    heard: list[Any] = []
    done = asyncio.Event()

    def closed() -> None:
        heard.append("close")
        done.set()

    far.on("data", heard.append)
    far.on("close", closed)
    await done.wait()
    assert heard == [0, 1, 2, "close"]


async def test_an_error_is_told(pair: Pair, network: MemoryNetwork) -> None:
    near, far = pair
    errors: list[Any] = []
    far.on("error", errors.append)
    far.on("data", lambda value: None)
    near._channel.send(b"\xc7")
    network.cut()
    await far.wait_closed()
    await until(lambda: len(errors) >= 2)
    assert [type(error).__name__ for error in errors] == ["UnreadableMessage", "ConnectionLost"]
