"""The other side is asked to close; who does not hear is not waited for."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest

from peerscript.closing import leave
from peerscript.errors import ConnectionClosed
from peerscript.ports import Channel
from peerscript.protocol.codecs import Codec, codec_for


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
    monkeypatch.setattr("peerscript.closing.GOODBYE_TIMEOUT", 0.01)
    monkeypatch.setattr("peerscript.closing.SETTLED", 0.01)


async def left(wire: Wire, codec: Codec) -> list[Any]:
    await leave(cast(Channel, wire), codec, asyncio.get_running_loop().time())
    return wire.told


@pytest.mark.parametrize("name", ["binary", "json", "msgpack"])
async def test_it_asks_and_then_closes(name: str) -> None:
    codec = codec_for(name)
    assert await left(Wire(), codec) == [codec.goodbye, "finish"]


async def test_without_a_word_or_without_order_it_closes() -> None:
    assert await left(Wire(), codec_for("raw")) == ["finish"]
    assert await left(Wire(reliable=False), codec_for("binary")) == ["finish"]


async def test_the_other_side_was_faster() -> None:
    assert await left(Wire(closed=True), codec_for("binary")) == []
