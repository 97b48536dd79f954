"""Frames that a browser hands over together are read as they would be one by one."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import Iterable

import pytest

from peerscript import DataConnection
from peerscript.errors import InboxFull
from peerscript.protocol.values import codecs
from peerscript.protocol.values.codecs import Frame, RawCodec

Pair = tuple[DataConnection, DataConnection]

CLOSE = codecs.JsonCodec.close_request
assert CLOSE is not None


def arrive(connection: DataConnection, *frames: Frame) -> None:
    """As the bridge reports what has been collected."""
    connection._channel._events.on_frames(frames)  # type: ignore[attr-defined]


@pytest.fixture
def far(pair: Pair) -> DataConnection:
    return pair[1]


class Fragile(RawCodec):
    """Fails at a text that has a mistake in it."""

    def decode(self, frame: Frame) -> Iterable[object]:
        if frame == "mistake":
            raise ZeroDivisionError
        return (frame,)


async def test_a_reader_that_waits_gets_all_of_them(far: DataConnection) -> None:
    far._codec = RawCodec()
    reading = asyncio.create_task(far.receive())
    await asyncio.sleep(0)
    arrive(far, "a", "b", "c")
    assert [await reading, await far.receive(), await far.receive()] == ["a", "b", "c"]


async def test_the_end_among_them(far: DataConnection) -> None:
    far._codec = codecs.JsonCodec()
    arrive(far, b"1", b"2", CLOSE or b"", b"3")
    assert [value async for value in far] == [1, 2]
    assert far.close_reason is None


async def test_more_of_them_than_there_is_room_for(far: DataConnection) -> None:
    far._codec = RawCodec()
    far._inbox._limit = 10_000
    frames = [bytes(4000) for _ in range(4)]
    arrive(far, *frames, "behind")
    assert isinstance(far.close_reason, InboxFull)
    assert [await far.receive() for _ in range(2)] == frames[:2]
    with pytest.raises(InboxFull):
        await far.receive()


async def test_what_had_no_room_is_not_kept(far: DataConnection) -> None:
    class Large(str):
        __slots__ = ("__weakref__",)

    far._codec = RawCodec()
    far._inbox._limit = 10
    frames = [Large("first"), Large("a second one")]
    gone = weakref.ref(frames[1])
    arrive(far, *frames)
    del frames
    gc.collect()
    assert far.close_reason is not None
    assert gone() is None


async def test_a_mistake_of_a_codec_is_told_and_takes_nothing_along(far: DataConnection) -> None:
    told: list[object] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: told.append(context["exception"]))
    far._codec = Fragile()
    arrive(far, "a", "mistake", "b")
    assert [await far.receive(), await far.receive()] == ["a", "b"]
    assert [type(error) for error in told] == [ZeroDivisionError]
    assert far.open
