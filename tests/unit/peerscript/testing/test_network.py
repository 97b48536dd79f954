"""The in-memory network makes the trouble that it is asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from peerscript import DataConnection, Peer
from peerscript.errors import ConnectionClosed, ConnectionLost, PeerScriptError
from peerscript.ports import WireEvents
from peerscript.protocol.values.codecs import Frame
from peerscript.testing import MemoryNetwork
from peerscript.testing.channel import MemoryChannel


async def test_held_frames_wait_at_their_sender(
    network: MemoryNetwork, alice: Peer, bob: Peer
) -> None:
    near = await alice.connect("bob")
    far = await anext(bob.connections())
    network.hold()
    await near.send("x" * 100)
    assert near.buffered_amount > 100
    network.release()
    assert await far.receive() == "x" * 100
    assert near.buffered_amount == 0


async def test_streams_can_be_muted_and_stopped(network: MemoryNetwork) -> None:
    stream = await network.get_user_media(True, True)
    network.set_enabled(stream, "audio", False)
    network.stop(stream)
    assert stream.enabled == {"audio": False, "video": True}
    assert stream.stopped
    assert [device.kind for device in await network.devices()] == ["videoinput"]


class Wire:
    """Hears what a wire tells."""

    def __init__(self, connection: DataConnection, id: int = 7) -> None:
        self.heard: list[Frame] = []
        self.opened = self.room = 0
        self.ends: list[PeerScriptError | None] = []
        channel = connection._channel
        assert isinstance(channel, MemoryChannel)
        self.wire = channel.open_wire(
            id, "wire", WireEvents(self.on_open, self.on_frames, self.on_buffer_low, self.on_close)
        )

    def on_open(self) -> None:
        self.opened += 1

    def on_frames(self, frames: Sequence[Frame]) -> None:
        self.heard += frames

    def on_buffer_low(self) -> None:
        self.room += 1

    def on_close(self, error: PeerScriptError | None) -> None:
        self.ends.append(error)


Pair = tuple[DataConnection, DataConnection]


async def turns(count: int = 20) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def test_a_wire_beside_a_connection(pair: Pair) -> None:
    near, far = map(Wire, pair)
    other = Wire(pair[0], 8)
    await turns()
    assert near.opened == far.opened == 1
    near.wire.send("text")
    near.wire.send(b"bytes")
    far.wire.send(b"back")
    other.wire.send("nobody has this one")
    assert near.wire.buffered_amount == 9
    await turns()
    assert (far.heard, near.heard, other.heard) == (["text", b"bytes"], [b"back"], [])
    assert near.wire.buffered_amount == 0


async def test_what_comes_before_the_other_side_has_its_wire_is_lost(pair: Pair) -> None:
    near = Wire(pair[0])
    near.wire.send("early")
    await turns()
    far = Wire(pair[1])
    near.wire.send("late")
    await turns()
    assert far.heard == ["late"]


async def test_a_wire_is_held_and_tells_of_room(pair: Pair, network: MemoryNetwork) -> None:
    near, far = map(Wire, pair)
    network.hold()
    for _ in range(3):
        near.wire.send(bytes(200_000))
    await turns()
    assert near.wire.buffered_amount == 600_000
    assert far.heard == []
    network.release()
    await turns()
    assert len(far.heard) == 3
    assert near.room == 1


async def test_a_wire_that_is_closed_ends_at_the_other_side(pair: Pair) -> None:
    near, far = map(Wire, pair)
    near.wire.close()
    near.wire.close()
    await turns()
    assert near.ends == []
    assert len(far.ends) == 1
    assert isinstance(far.ends[0], ConnectionLost)
    for each in (near, far):
        with pytest.raises(ConnectionClosed):
            each.wire.send("late")
    assert pair[0].open
    far.wire.close()
    early = Wire(pair[0])
    early.wire.close()
    await turns()
    assert early.opened == 0


async def test_a_wire_ends_with_its_connection(pair: Pair, network: MemoryNetwork) -> None:
    near, far = map(Wire, pair)
    network.cut()
    await turns()
    assert [type(end) for end in (*near.ends, *far.ends)] == [ConnectionLost, ConnectionLost]
    with pytest.raises(ConnectionClosed):
        Wire(pair[0])
