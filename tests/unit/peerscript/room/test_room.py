"""A room at its host: who is in it, what everybody is told, and how it ends."""

from __future__ import annotations

import asyncio
import datetime
from dataclasses import dataclass
from typing import Any

import pytest

from peerscript import Links, Peer, sendable
from peerscript.errors import InboxFull, LinkClosed, LinkRefused, MessageTooBig, SerializationError
from peerscript.room import Member, Room
from peerscript.testing import MemoryNetwork
from tests.clock import soon, until
from tests.unit.peerscript.pages import knock
from tests.unit.peerscript.room.halls import Hall, all_messages, some

NAMES = ("ann", "bob", "cid", "dee", "eve")
MIB = 1024 * 1024


@sendable
@dataclass(frozen=True)
class Stroke:
    points: list[list[float]]
    colour: str


VALUES: list[Any] = [
    None,
    "text",
    -1.5,
    2**80,
    b"bytes",
    [1, [2, {"three": 3}]],
    datetime.datetime(2026, 7, 1, 12, 30),
    Stroke([[0.5, 0.5], [1.0, 0.25]], "red"),
]


# Members, and what they say


async def test_a_room_in_a_few_lines(network: MemoryNetwork) -> None:
    """What the package's docstring shows."""
    answers = []
    async with Peer("teacher", browser=network) as peer, Room(peer, name="Ms. Lee") as room:
        async with (
            Peer("pupil", browser=network) as other,
            Room.join(other, "teacher", room.invite.secret, name="Ada") as host,
            Peer(browser=network) as third,
            Room.join(third, "teacher", room.invite.secret) as same_host,
        ):
            await host.send(42)
            async for member, answer in room.messages():
                answers.append((member.name, answer))
                room.broadcast((member.name, answer), besides=member)
                break
            assert await same_host.receive() == ["Ada", 42]
            assert (host.name, host.verified, host.plain) == ("Ms. Lee", True, False)
        await until(lambda: not room.members)
    assert answers == [("Ada", 42)]


async def test_five_members_and_values_of_all_kinds(hall: Hall) -> None:
    room = await hall.open()
    guests = [await hall.enter(name) for name in NAMES]
    await until(lambda: len(room.members) == 5)
    assert [member.name for member in room.members] == [name.title() for name in NAMES]
    assert all(member.verified and not member.plain for member in room.members)
    assert repr(room) == "<Room of 5>"
    for value in VALUES:
        assert room.broadcast(value).missed == ()
    await until(lambda: all(guest.got == VALUES for guest in guests))
    for value in VALUES:
        await guests[2].host.send(value)
    came = [each async for each in some(room.messages(), len(VALUES))]
    assert came == [(hall.member("cid"), value) for value in VALUES]


async def test_each_member_in_a_task_that_ends_alone(hall: Hall) -> None:
    """Bob has left by the time he is greeted; Cid's handler has a bug."""
    room = await hall.open()
    reported: list[Any] = []
    loop = asyncio.get_running_loop()
    unexpected = loop.get_exception_handler()
    loop.set_exception_handler(lambda _, context: reported.append(context["exception"]))

    async def greet(member: Member) -> None:
        if member.id == "bob":
            await member.wait_left()
        await member.send("hi")
        async for value in member:
            await member.send(1 / value)

    ann, bob, cid = [await hall.enter(name) for name in ("ann", "bob", "cid")]
    handling = asyncio.create_task(room.handle_members(greet))
    await until(lambda: cid.got == ["hi"])
    await bob.leave()
    await cid.host.send(0)
    await until(lambda: reported)
    assert [type(error) for error in reported] == [ZeroDivisionError]
    loop.set_exception_handler(unexpected)
    dee = await hall.enter("dee")
    for guest in (ann, dee):
        await guest.host.send(4)
    await until(lambda: ann.got == dee.got == ["hi", 0.25])
    assert cid.host.connected  # a bug here sends nobody away
    await room.close()
    await handling


async def test_each_member_once_in_every_loop(hall: Hall) -> None:
    room = await hall.open()
    seen: tuple[list[str], list[str]] = ([], [])

    async def follow(ids: list[str]) -> None:
        async for member in room:
            ids += [member.id]

    first = asyncio.create_task(follow(seen[0]))
    ann = await hall.enter("ann")
    await hall.enter("bob")
    await until(lambda: seen[0] == ["ann", "bob"])
    await ann.leave()
    second = asyncio.create_task(follow(seen[1]))
    await until(lambda: seen[1] == ["bob"])
    await hall.enter("ann")  # who closed comes again as a new member
    await until(lambda: seen == (["ann", "bob", "ann"], ["bob", "ann"]))
    await room.close()
    await asyncio.gather(first, second)
    assert hall.told("join") == [["ann"], ["bob"], ["ann"]]
    assert hall.told("leave") == [["ann"], ["bob"], ["ann"]]


async def test_the_members_take_turns(hall: Hall) -> None:
    room = await hall.open()
    ann, bob = await hall.enter("ann"), await hall.enter("bob")
    for number in range(50):
        await ann.host.send(number)
    messages = room.messages()
    assert [value async for _, value in some(messages, 1)] == [0]
    await bob.host.send("me too")
    late = [value async for _, value in some(room.messages(), 20)]
    assert "me too" in late[:10]


# Who is let in


async def test_the_wrong_invite(hall: Hall) -> None:
    room = await hall.open()
    with pytest.raises(LinkRefused):
        await hall.enter("mallory", secret="A" * 22)
    assert room.members == ()
    ((error, peer_id),) = hall.told("refused")
    assert (error.reason, peer_id) == ("proof", "mallory")


async def test_a_full_room(hall: Hall) -> None:
    room = await hall.open(limit=1, plain=True)
    ann = await hall.enter("ann")
    await until(lambda: room.members)
    bob = await hall.enter("bob")
    assert isinstance(await bob.host.wait_left(), LinkClosed)
    async with hall.plain("cid") as connection:
        await connection.wait_closed()
    assert [peer_id for _, peer_id in hall.told("refused")] == ["bob", "cid"]
    assert hall.told("join") == [["ann"]]
    await ann.leave()
    await bob.leave()
    await until(lambda: not room.members)
    await hall.enter("bob")
    await until(lambda: [member.id for member in room.members] == ["bob"])


async def test_other_links_of_the_page_are_not_in_the_room(network: MemoryNetwork) -> None:
    async with (
        Peer("host", browser=network) as peer,
        Links(peer, name="Ada", storage={}) as links,
        Room(links) as room,
        Room(links, scope="staff") as staff,
        Peer("bob", browser=network) as bob,
        Links(bob, storage={}) as others,
        Peer("cid", browser=network) as cid,
        Peer("dee", browser=network) as dee,
        Room.join(cid, "host", room.invite.secret),
        Room.join(dee, "host", staff.invite.secret),
        Peer("eve", browser=network) as eve,
        Room(eve) as elsewhere,
    ):
        await others.connect("host", links.invites.issue().secret)
        outgoing = links.dial("eve", elsewhere.invite.secret, "room")
        await until(lambda: all(link.connected for link in links.all))
        assert [member.id for member in room.members] == ["cid"]
        assert [member.id for member in staff.members] == ["dee"]
        assert outgoing.connected  # and leads to another page's room
        await room.close()
        await until(lambda: len(links.all) == 3)
        assert staff.members
        links._emit("link", outgoing)
        assert room.members == ()
    with pytest.raises(ValueError, match="have a name"):
        Room(links, name="Ada")


# Values that some cannot have


async def test_values_that_cannot_be_sent(hall: Hall) -> None:
    room = await hall.open()
    with pytest.raises(SerializationError):  # though nobody is here yet
        room.broadcast(object())
    with pytest.raises(MessageTooBig):
        room.broadcast(bytes(9 * MIB))
    ann = await hall.enter("ann")
    await until(lambda: room.members)
    assert room.broadcast(bytes(7 * MIB)).missed == ()
    await until(lambda: ann.got)


async def test_a_dataclass_that_one_page_does_not_know(
    hall: Hall, caplog: pytest.LogCaptureFixture
) -> None:
    room = await hall.open()
    ann = await hall.enter("ann")
    async with Peer("bob", browser=hall.network) as peer:
        stranger = await knock(peer, "host")
        await stranger.come_in(room.invite.secret)
        await until(lambda: len(room.members) == 2)
        bob = hall.member("bob")
        assert room.broadcast(VALUES[-1]).missed == (bob,)
        await until(lambda: ann.got == [VALUES[-1]])
        assert bob in room.members
        assert "is not told" in caplog.text


# The end of a room


async def test_handlers_may_broadcast_and_close(hall: Hall) -> None:
    room = await hall.open()

    @room.on("join")
    @room.on("leave")
    def tell(member: Member) -> None:
        room.broadcast(f"{member.name} {'is here' if member in room.members else 'has left'}")

    ann = await hall.enter("ann")
    await until(lambda: ann.got == ["Ann is here"])
    bob = await hall.enter("bob")
    await until(lambda: ann.got[1:] == ["Bob is here"])
    await bob.leave()
    await until(lambda: ann.got[2:] == ["Bob has left"])

    @room.on("leave")
    async def end(member: Member) -> None:
        await room.close()

    await ann.leave()
    await until(lambda: room._closed)


async def test_the_end_of_a_room(hall: Hall) -> None:
    room = await hall.open(plain=True)
    ann = await hall.enter("ann")
    await until(lambda: room.members)
    member = hall.member("ann")
    following = asyncio.create_task(all_messages(room))
    await ann.host.send("thank you")
    async with hall.plain("pat") as connection:
        await until(lambda: len(room.members) == 2)
        room.broadcast("goodbye")
        await room.close()
        assert await connection.receive() == "goodbye"
        await connection.wait_closed()
    await until(lambda: ann.got == ["goodbye"])
    assert isinstance(await ann.host.wait_left(), LinkClosed)
    assert await following == ["thank you"]
    assert member.reason is None
    assert repr(member) == "<Member 'Ann' left>"
    assert room.members == ()
    assert room.broadcast("nobody").missed == ()
    await room.close()
    assert [each async for each in room] == []
    assert len(hall.storage) == 1  # the invite, which is over
    assert "true" in hall.storage.popitem()[1]


async def test_last_words_to_one_who_has_only_just_come(hall: Hall) -> None:
    room = await hall.open()

    @room.on("join")
    async def send_away(member: Member) -> None:
        room.broadcast("there is no lesson today")
        await room.close()

    ann = await hall.enter("ann")
    await ann.host.wait_left()
    await until(lambda: ann.got == ["there is no lesson today"])


async def test_a_room_whose_block_is_cancelled(hall: Hall) -> None:
    room = await hall.open()
    ann = await hall.enter("ann")

    async def read() -> None:
        async for _ in room.messages():
            raise AssertionError

    reading = asyncio.create_task(read())
    await soon(lambda: room._values.has_reader)
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    await ann.host.send("after that")
    assert [value async for _, value in some(room.messages(), 1)] == ["after that"]
    closing = asyncio.create_task(room.close())
    await asyncio.sleep(0)
    closing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await closing
    assert not room._running._others()


# Plain pages of PeerJS


async def test_plain_pages_only_where_they_are_wanted(hall: Hall) -> None:
    room = await hall.open()
    async with hall.plain("pat") as connection:
        await connection.wait_closed()
    assert room.members == ()


async def test_a_plain_page_among_verified_ones(hall: Hall) -> None:
    room = await hall.open(plain=True)
    ann = await hall.enter("ann")
    async with hall.plain("pat", metadata={"name": "Pat\n"}) as connection:
        await until(lambda: len(room.members) == 2)
        pat = hall.member("pat")
        assert (pat.name, pat.verified, pat.plain, pat.link) == ("Pat", False, True, None)
        room.broadcast({"number": 1})
        assert await connection.receive() == {"number": 1}
        await until(lambda: ann.got == [{"number": 1}])
        await connection.send("from a plain page")
        assert [each async for each in some(room.messages(), 1)] == [(pat, "from a plain page")]
    await until(lambda: pat not in room.members)
    assert await pat.wait_left() is None
    assert hall.told("leave") == [["pat"]]


async def test_a_plain_flooder_is_dropped_alone(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("peerscript.data.connection.INBOX_LIMIT", MIB)
    room = await hall.open(plain=True)
    ann = await hall.enter("ann")
    async with hall.plain("pat") as connection:
        await until(lambda: len(room.members) == 2)
        pat = hall.member("pat")
        while connection.open:
            await connection.send("x" * 100_000)
            await asyncio.sleep(0)
    assert isinstance(await pat.wait_left(), InboxFull)
    await ann.host.send("still here")
    assert [value async for _, value in some(room.messages(), 1)] == ["still here"]
