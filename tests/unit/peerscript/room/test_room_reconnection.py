"""Members of a room who are gone, and who come back."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from peerscript import Peer
from peerscript.errors import OutboxFull
from peerscript.protocol.link.state import LinkState
from peerscript.room import Member, Room
from tests.clock import until
from tests.unit.peerscript.room.halls import Hall


@pytest.mark.parametrize("how", ["crashed", "closed", "left"])
async def test_who_is_gone_is_noticed_and_holds_nobody_up(hall: Hall, how: str) -> None:
    room = await hall.open()
    ann, bob = await hall.enter("ann"), await hall.enter("bob")
    await until(lambda: len(room.members) == 2)
    member = hall.member("bob")
    arrived: list[Any] = []

    async def read() -> None:
        async for value in member:
            arrived[:] = [*arrived, value]

    reading = asyncio.create_task(read())
    await bob.host.send("last words")
    if how == "left":
        await bob.leave()
    else:
        await until(lambda: arrived)
        if how == "crashed":
            hall.silence("bob")
        await bob.unload()
    assert await until(lambda: member not in room.members) < 6
    assert room.broadcast("on we go").missed == ()
    await until(lambda: ann.got == ["on we go"])
    reason = await member.wait_left()
    await reading
    assert arrived == ["last words"]
    assert reason is not None
    assert hall.told("leave") == [["bob"]]
    assert room.broadcast("without bob").missed == ()
    with pytest.raises(type(reason)):
        await member.send("too late")


async def _all(member: Member) -> list[Any]:
    return [value async for value in member]


async def test_what_is_broadcast_over_a_broken_path_arrives(hall: Hall) -> None:
    room = await hall.open()
    ann = await hall.enter("ann")
    await until(lambda: room.members)
    member = hall.member("ann")
    hall.network.cut()
    await until(lambda: not room.members)
    assert repr(member) == "<Member 'Ann' reconnecting>"
    assert room.broadcast("meanwhile").missed == ()
    await until(lambda: room.members == (member,))
    await until(lambda: ann.got == ["meanwhile"])
    assert hall.told("join") == [["ann"]]
    assert hall.told("leave") == []
    assert repr(member) == "<Member 'Ann' connected>"


async def test_too_much_for_somebody_whose_path_is_broken(hall: Hall) -> None:
    room = await hall.open()
    ann = await hall.enter("ann")
    await until(lambda: room.members)
    member = hall.member("ann")
    hall.silence("ann")
    await ann.unload()
    await until(lambda: not room.members)
    for _ in range(60):
        room.broadcast(bytes(100_000))
    assert isinstance(member.reason, OutboxFull)
    assert hall.told("leave") == [["ann"]]


async def test_a_page_that_is_loaded_again_is_the_same_member(hall: Hall) -> None:
    room = await hall.open()
    storage: dict[str, str] = {}
    ann = await hall.enter("ann", storage=storage)
    await until(lambda: room.members)
    member = hall.member("ann")
    drawn = ["a line", "a circle"]

    @room.on("join")
    @room.on("reload")
    async def show_all(member: Member) -> None:
        for each in drawn:
            await member.send(each)

    await ann.unload()
    again = await hall.enter("ann", storage=storage)
    await until(lambda: room.members == (member,))
    await until(lambda: again.got == drawn)
    await again.host.send("back")
    assert await member.receive() == "back"
    assert hall.told("join") == [["ann"]]
    assert hall.told("reload") == [["ann"]]


async def test_a_page_with_another_id_joins_anew_at_once(hall: Hall) -> None:
    """As one is that leaves its ID to the broker, and is loaded again."""
    room = await hall.open()
    storage: dict[str, str] = {}
    before = await hall.enter("ann-1", storage=storage)
    await until(lambda: room.members)
    await before.unload()
    await hall.enter("ann-2", storage=storage)
    assert await until(lambda: [each.id for each in room.members] == ["ann-2"]) < 5


async def test_a_host_that_is_loaded_again(hall: Hall) -> None:
    room = await hall.open()
    ann = await hall.enter("ann")
    await until(lambda: room.members)
    invite, reloads = room.invite, []
    ann.host.on("reload", lambda: reloads.append("host"))
    await room._links.close()  # as a closing page: the room is not ended
    await hall.peer.close()
    async with (
        Peer("host", browser=hall.network) as peer,
        Room(peer, storage=hall.storage) as again,
    ):
        assert again.invite == invite
        await until(lambda: [member.id for member in again.members] == ["ann"])
        await until(lambda: reloads == ["host"])
        again.broadcast("hello again")
        await until(lambda: ann.got == ["hello again"])


async def test_who_was_given_up_and_comes_back_joins_anew(hall: Hall) -> None:
    room = await hall.open()
    storage: dict[str, str] = {}
    ann = await hall.enter("ann", storage=storage)
    await until(lambda: room.members)
    before = hall.member("ann")
    reading = asyncio.create_task(_all(before))
    await ann.unload()
    await before.wait_left()
    assert await reading == []
    assert [value async for value in before] == []
    (link,) = room._links.all
    assert link.state is LinkState.LOST
    again = await hall.enter("ann", storage=storage)
    await until(lambda: room.members)
    assert hall.member("ann") is not before
    await again.host.send("here")
    assert await hall.member("ann").receive() == "here"
    assert room.members[0].link is link
    assert hall.told("join") == [["ann"], ["ann"]]


async def test_who_was_given_up_and_is_read_only_then(hall: Hall) -> None:
    room = await hall.open()
    ann = await hall.enter("ann")
    await until(lambda: room.members)
    member = hall.member("ann")
    await ann.host.send("never read")  # it is for the one who comes back
    await ann.unload()
    await member.wait_left()
    assert await _all(member) == []
