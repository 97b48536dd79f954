"""A room that is used wrongly: two readers at once, and what is no room."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from peerscript import Links, Peer
from peerscript.errors import Disconnected, LinkClosed
from peerscript.room import Room
from peerscript.testing import MemoryNetwork
from tests.clock import soon, until
from tests.unit.peerscript.room.halls import Hall, all_messages

# Two readers


async def test_two_readers_are_told(hall: Hall) -> None:
    room = await hall.open()
    await hall.enter("ann")
    await until(lambda: room.members)
    member = hall.member("ann")
    receiving = asyncio.create_task(member.receive())
    await soon(lambda: member._values.has_reader)
    with pytest.raises(RuntimeError, match="by another task"):
        await member.receive()
    with pytest.raises(RuntimeError, match="not both"):
        room.messages()
    receiving.cancel()
    await asyncio.gather(receiving, return_exceptions=True)
    bob = await hall.enter("bob")
    await until(lambda: len(room.members) == 2)
    await bob.host.send("hi")
    assert await hall.member("bob").receive() == "hi"


async def test_two_readers_of_all(hall: Hall) -> None:
    room = await hall.open()
    reading = asyncio.create_task(all_messages(room))
    await soon(lambda: room._values.has_reader)
    with pytest.raises(RuntimeError, match="by another task"):
        await anext(aiter(room.messages()))
    await hall.enter("ann")
    await until(lambda: room.members)
    with pytest.raises(RuntimeError, match="not both"):
        await room.members[0].receive()
    await room.close()
    assert await reading == []


# What is no room


async def test_wrong_arguments_are_named(alice: Peer) -> None:
    make: Any = Room
    for source in ("alice", None):
        with pytest.raises(TypeError, match=f"a Peer or Links, not {source!r}"):
            make(source)
    with pytest.raises(TypeError, match=r"Room\(…, name=…\)"):
        make(alice, "Ada")
    with pytest.raises(TypeError, match="no option 'size': there are name, scope"):
        make(alice, size=3)
    for limit in ("30", 0, -1, 1.5, True, None):
        with pytest.raises(ValueError, match=f"an int from 1 on, not {limit!r}"):
            make(alice, limit=limit)


async def test_wrong_use_is_told_what_to_write(hall: Hall) -> None:
    room: Any = await hall.open()
    await hall.enter("ann")
    await until(lambda: room.members)
    member: Any = room.members[0]
    with pytest.raises(TypeError, match="besides is a Member, not 'ann'"):
        room.broadcast("hi", besides="ann")
    with pytest.raises(AttributeError, match="no 'send': it is broadcast"):
        room.send("hi")
    with pytest.raises(AttributeError, match="no 'broadcast': it is send"):
        member.broadcast("hi")
    with pytest.raises(AttributeError, match="no 'removeListener': it is off"):
        room.removeListener("join")
    for one, event, words in (
        (member, "data", "`async for value in member`"),
        (member, "close", 'it is "leave"'),
        (member, "gone", "choose one of change, reload, leave"),
        (room, "data", r"`async for member, value in room.messages\(\)`"),
        (room, "connection", 'it is "join"'),
        (room, "gone", "choose one of join"),
    ):
        with pytest.raises(ValueError, match=words):
            one.on(event, print)


async def test_one_room_of_a_scope_on_the_same_links(alice: Peer) -> None:
    async with Links(alice, storage={}) as links:
        async with Room(links), Room(links, scope="staff"):
            with pytest.raises(RuntimeError, match=r"a room of scope 'staff'.* scope=…"):
                Room(links, scope="staff").start()
        async with Room(links):
            pass


async def test_a_room_is_started_once_and_on_what_runs(network: MemoryNetwork) -> None:
    peer = Peer("alice", browser=network)
    for room in (Room(peer, storage={}), Room(Links(peer, storage={}))):
        with pytest.raises((Disconnected, RuntimeError), match="not started: enter"):
            room.start()
    async with peer:
        room = Room(peer, storage={})
        async with room:
            with pytest.raises(RuntimeError, match="this room has started already: .* once"):
                room.start()
        with pytest.raises(RuntimeError, match="this room is over: make a new one"):
            room.start()
        async with Links(peer, storage={}) as links:
            pass
        with pytest.raises(LinkClosed, match="these Links are closed for good: make new ones"):
            Room(links).start()
    with pytest.raises(Disconnected, match="closed for good: make a new Peer"):
        Room(peer, storage={}).start()


async def test_what_takes_no_member_handles_none(alice: Peer) -> None:
    handler: Any = lambda: None  # noqa: E731
    with pytest.raises(TypeError, match=r"must take \(member\): handle_members calls it so"):
        await Room(alice, storage={}).handle_members(handler)
