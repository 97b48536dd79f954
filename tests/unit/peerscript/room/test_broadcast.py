"""Waiting for all who get a value: as long as they read, and no longer."""

from __future__ import annotations

import asyncio

import pytest

from peerscript import Links, Peer
from peerscript.errors import MessageTooBig, OutboxFull, SerializationError
from peerscript.room import Room
from tests.clock import until
from tests.unit.peerscript import javascript
from tests.unit.peerscript.room.halls import Hall

MIB = 1024 * 1024


async def test_who_waits_may_send_any_amount(hall: Hall) -> None:
    """Without waiting, everybody would be too slow for it."""
    room = await hall.open(plain=True)
    ann, bob = await hall.enter("ann"), await hall.enter("bob")
    async with hall.plain("pat") as connection:
        await until(lambda: len(room.members) == 3)
        for _ in range(20):
            assert await room.broadcast("x" * MIB) == ()
            assert len(await connection.receive()) == MIB
        await until(lambda: len(ann.got) == len(bob.got) == 20)
        assert len(room.members) == 3


async def test_who_does_not_read_holds_up_once_and_not_for_long(
    hall: Hall, caplog: pytest.LogCaptureFixture
) -> None:
    room = await hall.open()
    await hall.enter("slow", reads=False)
    ann = await hall.enter("ann")
    await until(lambda: len(room.members) == 2)
    slow = hall.member("slow")
    began = asyncio.get_running_loop().time()
    for _ in range(10):
        broadcast = room.broadcast(bytes(MIB))
        assert repr(broadcast) == "<Broadcast missed=()>"
        await broadcast
    assert 5 <= asyncio.get_running_loop().time() - began < 10
    assert isinstance(slow.reason, OutboxFull)
    assert "too slow" in caplog.text
    await until(lambda: len(ann.got) == 10)


@pytest.mark.parametrize("how", ["left", "crashed"])
async def test_who_is_gone_is_not_waited_for(hall: Hall, how: str) -> None:
    room = await hall.open()
    bob = await hall.enter("bob", reads=False)
    await until(lambda: room.members)
    for _ in range(2):
        await room.broadcast(bytes(MIB - 1000))

    async def send() -> None:
        await room.broadcast(bytes(MIB))

    sending = asyncio.create_task(send())
    await asyncio.sleep(1)
    assert not sending.done()
    if how == "left":
        await hall.member("bob").close()
    else:
        hall.silence("bob")
        await bob.unload()
    began = asyncio.get_running_loop().time()
    await sending
    await room.broadcast("nobody")
    assert asyncio.get_running_loop().time() - began < 5


async def test_a_plain_page_that_takes_nothing(hall: Hall) -> None:
    room = await hall.open(plain=True)
    async with hall.plain("pat"):
        await until(lambda: room.members)
        pat = hall.member("pat")
        hall.network.hold()
        for _ in range(6):
            await room.broadcast("x" * MIB)
        assert isinstance(pat.reason, OutboxFull)
        hall.network.release()


async def test_members_of_before_are_told_to_who_comes_later(hall: Hall) -> None:
    """A room on Links that are connected already: nobody has joined before handlers are there."""
    joined: list[str] = []
    async with Peer("host", browser=hall.network) as peer, Links(peer, storage={}) as links:
        await hall.enter("ann", secret=links.invites.issue(scope="room").secret)
        await until(lambda: [link.connected for link in links.all] == [True])
        room = Room(links)
        room.start()
        room.on("join", lambda member: joined.append(member.id))
        await until(lambda: joined == ["ann"])
        await room.close()
        await until(lambda: not links.all)
        never = Room(links)
        never.start()
        await never.close()
        never._look()
        assert never.members == ()


@pytest.mark.usefixtures("in_a_page")
async def test_javascripts_bytes_arrive_everywhere(hall: Hall) -> None:
    room = await hall.open(plain=True)
    ann = await hall.enter("ann")
    async with hall.plain("pat") as connection:
        await until(lambda: len(room.members) == 2)
        room.broadcast([javascript.array(b"a"), {"key": javascript.null}])
        room.broadcast(javascript.array(b"b"))
        assert await connection.receive() == [b"a", {"key": None}]
        assert await connection.receive() == b"b"
        await until(lambda: ann.got == [[b"a", {"key": None}], b"b"])


@pytest.mark.usefixtures("in_a_page")
async def test_what_is_not_broadcast_is_named(hall: Hall) -> None:
    room = await hall.open()
    for value, error, words in (
        ({"a": javascript.a_map}, SerializationError, r'\["a"\]: a JavaScript Map .* \.to_py'),
        ([javascript.File(b"ab")], SerializationError, r"\[0\]: a JavaScript File must be read"),
        (javascript.File(b"", 8 * MIB + 1), MessageTooBig, "8388609 bytes"),
        (javascript.array(bytes(8 * MIB)), MessageTooBig, "bytes in one message"),
        ({1}, SerializationError, "set has no place"),
    ):
        with pytest.raises(error, match=words):
            room.broadcast(value)
