"""The other side is asked to close; who does not hear is not waited for."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest

from peerscript import DataConnection, Peer
from peerscript.data.closing import leave
from peerscript.errors import ConnectionClosed, NotDelivered
from peerscript.ports import Channel
from peerscript.protocol.values.codecs import Codec, Frame, codec_for
from peerscript.testing.channel import MemoryChannel

Pair = tuple[DataConnection, DataConnection]


class Wire:
    """A channel that keeps what it is told."""

    peer = "bob"

    def __init__(self, *, reliable: bool = True, closed: bool = False) -> None:
        self.reliable = reliable
        self.closed = closed
        self.told: list[Any] = []

    def send(self, frame: Any) -> None:
        if self.closed:
            raise ConnectionClosed("closing")
        self.told.append(frame)

    def finish(self) -> None:
        self.told.append("finish")


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("peerscript.data.closing.CLOSE_TIMEOUT", 0.01)
    monkeypatch.setattr("peerscript.data.closing.SETTLED", 0.01)


async def left(wire: Wire, codec: Codec) -> list[Any]:
    await leave(cast(Channel, wire), codec, asyncio.get_running_loop().time(), asyncio.Event().wait)
    return wire.told


@pytest.mark.parametrize("name", ["binary", "json", "msgpack"])
async def test_it_asks_and_then_closes(name: str) -> None:
    codec = codec_for(name)
    assert await left(Wire(), codec) == [codec.close_request, "finish"]


async def test_without_a_word_or_without_order_it_closes() -> None:
    assert await left(Wire(), codec_for("raw")) == ["finish"]
    assert await left(Wire(reliable=False), codec_for("binary")) == ["finish"]


async def test_the_other_side_was_faster() -> None:
    assert await left(Wire(closed=True), codec_for("binary")) == []


# Over a whole connection


def closed_first(frame: Frame) -> None:
    raise ConnectionClosed("the channel is closing")


async def test_a_channel_that_closes_while_it_opens(
    alice: Peer, bob: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its browser says so at the first `send`, before it tells of the close."""
    send = MemoryChannel.send

    def refuse_bobs(channel: MemoryChannel, frame: Frame) -> None:
        if channel.peer == "alice":
            asyncio.get_running_loop().call_soon(channel.lose)
            closed_first(frame)
        send(channel, frame)

    monkeypatch.setattr(MemoryChannel, "send", refuse_bobs)
    near = await alice.connect("bob")
    await near.wait_closed()
    assert bob.all_connections == {}


async def test_the_other_side_closes_first(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    near, far = pair
    monkeypatch.setattr(near._channel, "send", closed_first)
    closing = asyncio.create_task(near.close())
    await asyncio.sleep(0)
    await far.close(flush=False)
    await closing
    assert near.close_reason is None


async def test_what_waits_when_the_other_side_closes_first_is_not_delivered(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    near, _ = pair
    for number in range(3):
        await near.send(number)
    for name in ("send", "send_all"):
        monkeypatch.setattr(near._channel, name, closed_first)
    with pytest.raises(NotDelivered, match="bob closed before"):
        await near.close()
    assert isinstance(near.close_reason, NotDelivered)
