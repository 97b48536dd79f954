"""What is sent of JavaScript's objects: bytes, and files that are read meanwhile."""

from __future__ import annotations

import asyncio

import pytest

from peerscript import DataConnection, Peer
from peerscript.errors import (
    ConnectionClosed,
    MessageTooBig,
    SerializationError,
)
from peerscript.protocol.values.codecs import OwnSerialization
from tests.clock import until
from tests.unit.peerscript import javascript

Pair = tuple[DataConnection, DataConnection]


@pytest.mark.usefixtures("in_a_page")
@pytest.mark.parametrize("serialization", ["binary", "msgpack"])
async def test_javascripts_bytes_arrive_wherever_they_stand(
    serialization: str, alice: Peer, bob: Peer
) -> None:
    near = await alice.connect("bob", serialization=OwnSerialization(serialization))
    far = await anext(bob.connections())
    value = {"name": "a.txt", "parts": [javascript.File(b"ab"), (javascript.array(b"c"),)]}
    await near.send(value)
    await near.send(javascript.File(b"alone"))
    await near.send({"nothing": javascript.null})
    assert await far.receive() == {"name": "a.txt", "parts": [b"ab", [b"c"]]}
    assert await far.receive() == b"alone"
    assert await far.receive() == {"nothing": None}


@pytest.mark.usefixtures("in_a_page")
@pytest.mark.parametrize("serialization", ["binary", "raw"])
async def test_no_message_overtakes_a_file_that_is_read(
    serialization: str, alice: Peer, bob: Peer
) -> None:
    near = await alice.connect("bob", serialization=OwnSerialization(serialization))
    far = await anext(bob.connections())
    file = javascript.File(b"file")
    file.readable.clear()
    values = ["before", file, "text", javascript.array(b"array"), javascript.File(b"next"), "after"]
    sending = [asyncio.create_task(near.send(value)) for value in values]
    assert await far.receive() == "before"
    await until(lambda: sending[0].done())
    assert not any(task.done() for task in sending[1:])
    file.readable.set()
    arrived = [await far.receive() for _ in values[1:]]
    assert arrived == [b"file", "text", b"array", b"next", "after"]
    await asyncio.gather(*sending)


@pytest.mark.usefixtures("in_a_page")
async def test_a_file_goes_out_before_it_is_known_who_is_there(
    bob: Peer, to_peerjs: DataConnection
) -> None:
    await to_peerjs.send([javascript.File(b"ab")])
    assert await (await anext(bob.connections())).receive() == [b"ab"]


@pytest.mark.usefixtures("in_a_page")
async def test_json_carries_no_bytes_and_says_who_does(alice: Peer, bob: Peer) -> None:
    near = await alice.connect("bob", serialization="json")
    for value, kind in ((javascript.File(b"ab"), "File"), (javascript.array(b"a"), "Uint8Array")):
        with pytest.raises(SerializationError) as refusal:
            await near.send([value])
        assert str(refusal.value) == (
            f'message[0]: a JavaScript {kind} has no place in "json": '
            'it carries no bytes, "binary" does'
        )


@pytest.mark.usefixtures("in_a_page")
@pytest.mark.parametrize(
    ("serialization", "size"), [("raw", 300_000), ("binary", 2**29), ("msgpack", 2**29)]
)
async def test_a_file_that_is_too_large_is_not_read(
    serialization: str, size: int, alice: Peer, bob: Peer
) -> None:
    near = await alice.connect("bob", serialization=OwnSerialization(serialization))
    file = javascript.File(b"", size)
    file.error = OSError("read")
    with pytest.raises(MessageTooBig, match=str(size)) as refusal:
        await near.send(file)
    assert refusal.value.__suppress_context__
    await near.send("next")
    assert await (await anext(bob.connections())).receive() == "next"


@pytest.mark.usefixtures("in_a_page")
async def test_a_file_that_cannot_be_read_is_named_and_nothing_is_sent(pair: Pair) -> None:
    near, far = pair
    file = javascript.File(b"ab")
    file.error = OSError("NotReadableError: it has changed")
    with pytest.raises(SerializationError) as refusal:
        await near.send({"file": [javascript.File(b"cd"), file]})
    assert str(refusal.value) == (
        'message["file"][1]: a JavaScript File cannot be read: NotReadableError: it has changed'
    )
    await near.send("next")
    assert await far.receive() == "next"


@pytest.mark.usefixtures("in_a_page")
async def test_who_gives_up_on_a_file_sends_nothing(pair: Pair) -> None:
    near, far = pair
    file = javascript.File(b"ab")
    file.readable.clear()
    sending = asyncio.create_task(near.send(file))
    await asyncio.sleep(0)
    sending.cancel()
    await near.send("next")
    assert await far.receive() == "next"


@pytest.mark.usefixtures("in_a_page")
async def test_a_connection_that_closes_while_a_file_is_read_says_so(pair: Pair) -> None:
    near, _ = pair
    file = javascript.File(b"ab")
    file.readable.clear()
    sending = asyncio.create_task(near.send(file))
    await asyncio.sleep(0)
    await near.close()
    file.readable.set()
    with pytest.raises(ConnectionClosed):
        await sending
