"""One member: what it sends, how it is told, and how it leaves."""

from __future__ import annotations

import asyncio

import pytest

from peerscript import Peer
from peerscript.errors import LinkClosed, NoSuchChannel
from tests.clock import until
from tests.unit.peerscript.pages import knock
from tests.unit.peerscript.room.halls import Hall


async def test_words_to_one_and_back(hall: Hall) -> None:
    room = await hall.open()
    ann, bob = await hall.enter("ann"), await hall.enter("bob")
    await until(lambda: len(room.members) == 2)
    member = hall.member("ann")
    await member.send("for Ann")
    await until(lambda: ann.got == ["for Ann"])
    await ann.host.send("for the host")
    assert await member.receive() == "for the host"
    assert bob.got == []
    assert member.link is room._links.all[0]
    assert (member.id, member.name) == ("ann", "Ann")


async def test_a_receive_that_is_cancelled_loses_nothing(hall: Hall) -> None:
    room = await hall.open()
    ann = await hall.enter("ann")
    await until(lambda: room.members)
    receiving = asyncio.create_task(hall.member("ann").receive())
    await asyncio.sleep(0)
    receiving.cancel()
    await asyncio.gather(receiving, return_exceptions=True)
    await ann.host.send("kept")
    assert await hall.member("ann").receive() == "kept"


async def test_who_is_sent_away(hall: Hall) -> None:
    room = await hall.open()
    ann = await hall.enter("ann")
    await until(lambda: room.members)
    member, left = hall.member("ann"), []
    member.on("leave", lambda: left.append("early"))
    await ann.host.send("unread")
    await member.send("goodbye")
    await member.close()
    member.on("leave", lambda: left.append("late"))
    assert room.members == ()
    assert await member.wait_left() is None
    await until(lambda: ann.got == ["goodbye"])
    reason = await ann.host.wait_left()
    assert isinstance(reason, LinkClosed)
    assert await member.receive() == "unread"
    with pytest.raises(LinkClosed, match="has left"):
        await member.receive()
    with pytest.raises(LinkClosed):
        await ann.host.send("to nobody")
    with pytest.raises(LinkClosed):
        await ann.host.receive()
    await member.close()
    assert left == ["early", "late"]


async def test_who_does_not_read_cannot_keep_the_host_from_closing(hall: Hall) -> None:
    room = await hall.open()
    await hall.enter("ann", reads=False)
    await until(lambda: room.members)
    await room.members[0].send("unread")
    began = asyncio.get_running_loop().time()
    await room.close()
    assert asyncio.get_running_loop().time() - began < 3


async def test_a_page_that_has_proved_the_invite_and_joins_no_room(hall: Hall) -> None:
    room = await hall.open()
    async with Peer("bob", browser=hall.network) as peer:
        stranger = await knock(peer, "host")
        await stranger.come_in(room.invite.secret)
        await until(lambda: room.members)
        member = room.members[0]
        ann = await hall.enter("ann")
        await until(lambda: len(room.members) == 2)
        member._transport._channel._session.on_missing()  # type: ignore[attr-defined]
        with pytest.raises(NoSuchChannel):
            await member.send("hello")
        assert room.broadcast("hello").missed == (member,)
        await until(lambda: ann.got == ["hello"])
        assert member in room.members


async def test_the_change_of_a_name(hall: Hall) -> None:
    await hall.open()
    ann = await hall.enter("ann")
    await until(lambda: hall.told("join"))
    member, told = hall.member("ann"), []
    member.on("change", lambda: told.append((member.name, member.connected)))
    ann.links.all[0]._session._own_name = "Anna"
    hall.network.cut()
    await until(lambda: member.name == "Anna")
    await until(lambda: member.connected)
    assert ("Ann", False) in told
    assert told[-1] == ("Anna", True)
    await until(lambda: hall.told("change"))


async def test_a_member_without_a_name(hall: Hall) -> None:
    await hall.open(plain=True)
    async with hall.plain("pat"):
        await until(lambda: hall.told("join"))
        member = hall.member("pat")
        assert member.name == ""
        assert repr(member) == "<Member 'pat' connected>"
