"""A room at its host: who is in it, and what everybody is told."""

from __future__ import annotations

import asyncio
import datetime
from dataclasses import dataclass
from typing import Any

import pytest

from peerscript import Links, Peer, sendable
from peerscript.errors import (
    Disconnected,
    InboxFull,
    LinkClosed,
    LinkMisused,
    LinkRefused,
    MessageTooBig,
    OutboxFull,
    SerializationError,
)
from peerscript.protocol.link.state import LinkState
from peerscript.room import Member, Room
from peerscript.testing import MemoryNetwork
from tests.clock import soon, until
from tests.unit.peerscript.pages import knock, sealed
from tests.unit.peerscript.room.halls import Hall

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
    came = [each async for each in _some(room.messages(), len(VALUES))]
    assert came == [(hall.member("cid"), value) for value in VALUES]


async def _some(values: Any, count: int) -> Any:
    async for value in values:
        yield value
        count -= 1
        if not count:
            break


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
    assert [value async for _, value in _some(messages, 1)] == [0]
    await bob.host.send("me too")
    late = [value async for _, value in _some(room.messages(), 20)]
    assert "me too" in late[:10]


# Too fast, or too slow


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
    assert [value[0] async for _, value in _some(messages, 100)] == list(range(100))
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
    assert [value async for _, value in _some(room.messages(), 1)] == ["still here"]


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


# Gone, and back again


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
    following = asyncio.create_task(_all_messages(room))
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


async def _all_messages(room: Room) -> list[Any]:
    return [value async for _, value in room.messages()]


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
    assert [value async for _, value in _some(room.messages(), 1)] == ["after that"]
    closing = asyncio.create_task(room.close())
    await asyncio.sleep(0)
    closing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await closing
    assert not room._running._others()


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
    reading = asyncio.create_task(_all_messages(room))
    await soon(lambda: room._values.has_reader)
    with pytest.raises(RuntimeError, match="by another task"):
        await anext(aiter(room.messages()))
    await hall.enter("ann")
    await until(lambda: room.members)
    with pytest.raises(RuntimeError, match="not both"):
        await room.members[0].receive()
    await room.close()
    assert await reading == []


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
        assert [each async for each in _some(room.messages(), 1)] == [(pat, "from a plain page")]
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
    assert [value async for _, value in _some(room.messages(), 1)] == ["still here"]


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
