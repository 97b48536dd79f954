"""A room, as a page joins and leaves it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from peerscript import Links, Peer
from peerscript.errors import Disconnected, InvalidId, LinkClosed, LinkRefused, PeerUnavailable
from peerscript.protocol.link.invites import InvalidSecret
from peerscript.room import Room
from peerscript.testing import MemoryNetwork
from tests.clock import until
from tests.unit.peerscript.room.halls import Hall


async def test_a_block_that_ends_leaves_the_room(hall: Hall) -> None:
    room = await hall.open()
    messages = room.messages()
    storage: dict[str, str] = {}
    async with (
        Peer("ann", browser=hall.network) as peer,
        Room.join(peer, "host", room.invite.secret, name="Ann", storage=storage) as host,
    ):
        await host.send("my only answer")
    member, answer = await anext(messages)
    assert (member.name, answer) == ("Ann", "my only answer")
    await until(lambda: not room._all)
    assert storage == {}


async def test_nobody_and_nonsense_leave_nothing(network: MemoryNetwork) -> None:
    storage: dict[str, str] = {}
    async with Peer("ann", browser=network) as peer:
        for host_id, secret, kind in (
            ("nobody", "A" * 22, PeerUnavailable),
            ("nobody", "no secret", InvalidSecret),
            ("no ID!", "A" * 22, InvalidId),
        ):
            with pytest.raises(kind):
                async with Room.join(peer, host_id, secret, storage=storage):
                    raise AssertionError
        assert storage == {}


async def test_a_join_that_is_cancelled_leaves_nothing(hall: Hall) -> None:
    room = await hall.open()
    storage: dict[str, str] = {}
    async with Peer("ann", browser=hall.network) as peer:
        joining = Room.join(peer, "host", room.invite.secret, storage=storage)
        entering = asyncio.create_task(joining.__aenter__())
        await until(lambda: storage)
        entering.cancel()
        with pytest.raises(asyncio.CancelledError):
            await entering
        assert storage == {}


async def test_an_invite_that_is_over(hall: Hall) -> None:
    room = await hall.open()
    room._links.invites.revoke(room.invite.secret)
    with pytest.raises(LinkRefused):
        await hall.enter("ann")


async def test_another_room_of_the_same_host_after_a_reload(hall: Hall) -> None:
    """The host has started anew under its ID, and knows nothing of the session from before."""
    await hall.open()
    storage: dict[str, str] = {}
    ann = await hall.enter("ann", storage=storage)
    await ann.unload()
    await hall.close()
    hall.storage.clear()
    room = await hall.open()
    again = await hall.enter("ann", storage=storage)
    assert await until(lambda: room.members) < 1
    room.broadcast("welcome")
    await until(lambda: again.got == ["welcome"])


async def test_one_link_to_a_host_is_enough(hall: Hall) -> None:
    room = await hall.open()
    other = room._links.invites.issue()
    async with Peer("ann", browser=hall.network) as peer, Links(peer, storage={}) as links:
        link = await links.connect("host", other.secret)
        with pytest.raises(ValueError, match="a Link to host already"):
            async with Room.join(links, "host", room.invite.secret):
                raise AssertionError
        assert link.connected
        await link.close()
        await links.connect("host", room.invite.secret)
        with pytest.raises(ValueError, match="a Link to host already"):
            async with Room.join(links, "host", room.invite.secret):
                raise AssertionError


async def test_the_links_of_a_page_outlive_its_room(hall: Hall) -> None:
    room = await hall.open()
    async with Peer("ann", browser=hall.network) as peer, Links(peer, storage={}) as links:
        with pytest.raises(ValueError, match="have a name"):
            Room.join(links, "host", room.invite.secret, name="Ann")
        links.dial("nobody")
        async with Room.join(links, "host", room.invite.secret) as host:
            assert host.connected
        async with Room.join(links, "host", room.invite.secret) as host:
            assert host.connected
            await room.close()
            assert [value async for value in host] == []
            assert isinstance(host.reason, LinkClosed)


async def test_a_host_that_is_gone_for_good(hall: Hall) -> None:
    room = await hall.open()
    storage: dict[str, str] = {}
    async with (
        Peer("ann", browser=hall.network) as peer,
        Room.join(peer, "host", room.invite.secret, storage=storage) as host,
    ):
        await room._links.close()
        await hall.peer.close()
        assert [value async for value in host] == []  # ends when it is given up
        assert host.reason is not None
    assert storage == {}


async def test_joining_that_is_not_entered_says_so(hall: Hall) -> None:
    room = await hall.open()
    async with Peer("ann", browser=hall.network) as peer:
        joining: Any = Room.join(peer, "host", room.invite.secret, storage={})
        with pytest.raises(AttributeError, match="no 'send': .* write `async with Room.join"):
            joining.send(1)
        assert not hasattr(joining, "_private")
        with pytest.raises(TypeError, match="is not awaited: write `async with Room.join"):
            await joining
        with pytest.warns(RuntimeWarning, match="never entered: write `async with Room.join"):
            del joining


async def test_wrong_arguments_are_named(hall: Hall) -> None:
    room = await hall.open()
    join: Any = Room.join
    async with Peer("ann", browser=hall.network) as peer:
        with pytest.raises(TypeError, match="write `invite.secret`"):
            join(peer, "host", room.invite)
        with pytest.raises(TypeError, match="not None: a str"):
            join(peer, "host", None)
        with pytest.raises(TypeError, match=r"Room.join\(…, name=…\)"):
            join(peer, "host", room.invite.secret, "Ann")
        with pytest.raises(TypeError, match="a Peer or Links, not 'ann'"):
            join("ann", "host", room.invite.secret)


async def test_a_join_is_entered_once_and_on_a_peer_that_runs(hall: Hall) -> None:
    room = await hall.open()
    storage: dict[str, str] = {}
    secret = room.invite.secret
    peer = Peer("ann", browser=hall.network)
    with pytest.raises(Disconnected, match="has not started: enter it with"):
        await Room.join(peer, "host", secret, storage=storage).__aenter__()
    async with peer:
        joining = Room.join(peer, "host", secret, storage=storage)
        async with joining:
            pass
        with pytest.raises(RuntimeError, match="entered before: call `Room.join` again"):
            await joining.__aenter__()
    with pytest.raises(Disconnected, match="closed for good: make a new Peer"):
        await Room.join(peer, "host", secret, storage=storage).__aenter__()
    assert storage == {}
