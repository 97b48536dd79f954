"""Members of a room who send too fast, or read too slowly."""

from __future__ import annotations

import asyncio

import pytest

from peerscript import Peer
from peerscript.errors import LinkClosed, LinkMisused, OutboxFull
from peerscript.room import Member
from tests.clock import until
from tests.unit.peerscript.pages import knock, sealed
from tests.unit.peerscript.room.halls import Hall, some

MIB = 1024 * 1024


async def test_who_sends_to_a_host_that_does_not_read_waits(hall: Hall) -> None:
    room = await hall.open()
    ann = await hall.enter("ann")
    sent: list[int] = []

    async def flood() -> None:
        for number in range(100):
            await ann.host.send((number, bytes(100_000)))
            sent.append(number)

    flooding = asyncio.create_task(flood())
    messages = room.messages()
    await asyncio.sleep(30)
    assert 20 < len(sent) < 40
    assert [value[0] async for _, value in some(messages, 100)] == list(range(100))
    await flooding


async def test_a_flooder_is_dropped_alone(hall: Hall) -> None:
    """Somebody whose page does not wait."""
    room = await hall.open()
    ann = await hall.enter("ann")
    async with Peer("mallory", browser=hall.network) as peer:
        stranger = await knock(peer, "host")
        await stranger.come_in(room.invite.secret)
        await until(lambda: len(room.members) == 2)
        mallory = hall.member("mallory")
        for number in range(1, 400):
            if not stranger.connection.open:
                break
            await stranger.say(sealed("room", number, bytes(50_000)))
            await asyncio.sleep(0)
        await until(lambda: mallory.reason is not None)
    assert isinstance(mallory.reason, LinkMisused)
    assert "unread" in str(mallory.reason)
    assert [member.id for member in room.members] == ["ann"]
    await ann.host.send("still here")
    assert [value async for _, value in some(room.messages(), 1)] == ["still here"]


async def test_a_slow_member_holds_nobody_up(hall: Hall, caplog: pytest.LogCaptureFixture) -> None:
    room = await hall.open()
    slow = await hall.enter("slow", reads=False)
    ann = await hall.enter("ann")
    await until(lambda: len(room.members) == 2)
    member = hall.member("slow")
    missed: list[Member] = []
    for number in range(60):
        missed += room.broadcast((number, bytes(100_000))).missed
        await until(lambda number=number: len(ann.got) == number + 1, 1.0)  # type: ignore[misc]
        await asyncio.sleep(0.1)  # until she has confirmed it
    assert missed == [member]
    assert isinstance(member.reason, OutboxFull)
    assert "too slow" in caplog.text
    assert hall.told("leave") == [["slow"]]
    assert [each.id for each in room.members] == ["ann"]
    assert isinstance(await slow.host.wait_left(), LinkClosed)
    assert len([value async for value in slow.host]) > 20  # what had come


async def test_two_slow_members_each_leave_once(hall: Hall) -> None:
    room = await hall.open()
    for name in ("ann", "bob"):
        await hall.enter(name, reads=False)
    await until(lambda: len(room.members) == 2)
    room.on("leave", lambda member: room.broadcast(f"{member.name} has left"))
    while room._all:
        room.broadcast(bytes(100_000))
    assert sorted(hall.told("leave")) == [["ann"], ["bob"]]


async def test_who_sends_much_to_one_member_drops_nobody(hall: Hall) -> None:
    """A broadcast overtakes what waits in `Member.send`."""
    room = await hall.open()
    slow = await hall.enter("slow", reads=False)
    await until(lambda: room.members)

    async def send() -> None:
        for number in range(30):
            await room.members[0].send((number, bytes(MIB // 8)))

    sending = asyncio.create_task(send())
    await asyncio.sleep(5)
    assert not sending.done()
    assert room.broadcast("now").missed == ()
    slow.read()
    await sending
    await until(lambda: len(slow.got) == 31)
    assert slow.got.index("now") < 30
