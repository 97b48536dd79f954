"""All sessions of a page: what is dialled, what is run, and what is reported when it goes wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from peerscript import Peer
from peerscript.errors import (
    BrokerError,
    ConnectionClosed,
    LinkMisused,
    LinkRefused,
    PeerScriptError,
    StorageFull,
)
from peerscript.link.session import LinkSession
from peerscript.link.sessions import REFUSED_PAUSE, Sessions
from peerscript.link.store import SessionRecord
from peerscript.ports import PageEvent
from peerscript.protocol.link.messages import Resume
from peerscript.protocol.link.state import LinkState
from peerscript.testing import MemoryNetwork
from tests.clock import soon, until
from tests.unit.peerscript.pages import Page, knock, sealed

OpenPage = Callable[..., Awaitable[Page]]


class House:
    """Sessions without what is above them."""

    def __init__(self, peer: Peer, storage: dict[str, str] | None = None, name: str = "") -> None:
        self.added: list[LinkSession] = []
        self.refused: list[tuple[LinkRefused, str]] = []
        self.storage = {} if storage is None else storage
        self.sessions = Sessions(
            peer,
            name,
            self.storage,
            (),
            self.added.append,
            lambda error, peer_id: self.refused.append((error, peer_id)),
            lambda connection: False,
        )


@pytest.fixture
async def houses(alice: Peer, bob: Peer) -> tuple[House, House]:
    near, far = House(alice), House(bob)
    near.sessions.begin()
    far.sessions.begin()
    return near, far


Houses = tuple[House, House]


async def test_two_houses(houses: Houses) -> None:
    near, far = houses
    link = far.sessions.dial("alice", near.sessions.invites.issue().secret, "")
    assert far.added == [link]
    await link.wait_connected()
    (other,) = near.added
    await until(lambda: other.state is LinkState.CONNECTED)
    assert (near.sessions.all, far.sessions.all) == ((other,), (link,))
    assert near.sessions.own_id == "alice"
    assert far.sessions.dial("alice", None, "") is link
    await link.close(None)
    await until(lambda: near.sessions.all == far.sessions.all == ())
    for house in houses:
        await house.sessions.close()


async def test_sessions_are_found_again(houses: Houses, network: MemoryNetwork) -> None:
    near, far = houses
    link = far.sessions.dial("alice", near.sessions.invites.issue().secret, "")
    await link.wait_connected()
    await until(lambda: near.added[0].state is LinkState.CONNECTED)
    await far.sessions.close()
    await until(lambda: near.added[0].state is LinkState.RECONNECTING)
    again = House(far.sessions._peer, far.storage)
    again.sessions.begin()
    assert [each.record for each in again.added] == [link.record]
    await again.added[0].wait_connected()
    for house in (near, again):
        await house.sessions.close()


async def test_an_error_of_ours_in_a_task_is_reported(houses: Houses) -> None:
    near, _ = houses
    unhandled: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: unhandled.append(context))

    async def broken() -> None:
        raise ZeroDivisionError("a bug")

    near.sessions.tasks.start(broken())
    await soon(lambda: unhandled)
    assert unhandled[0]["message"] == "in broken of Links: a bug"
    for house in houses:
        await house.sessions.close()


async def test_a_connection_for_a_session_that_is_over_is_closed(
    host: Page, guest: Page, network: MemoryNetwork
) -> None:
    connection = await guest.peer.connect("alice", serialization="raw")
    session = guest.link("alice")._session
    session.end(None)
    guest.links._sessions.use_connection(session, connection, b"")
    await until(lambda: not connection.open)


async def test_a_connection_that_closes_right_after_the_proof_is_a_broken_path(
    host: Page, mallory: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The session stands: its guest comes back to it, or it is given up in time."""
    use_connection = Sessions.use_connection

    def too_late(sessions: Sessions, link: LinkSession, connection: Any, key: bytes) -> None:
        connection._end(ConnectionClosed("right now"))
        use_connection(sessions, link, connection, key)

    monkeypatch.setattr(Sessions, "use_connection", too_late)
    stranger = await knock(mallory, "alice")
    with pytest.raises(ConnectionClosed):  # the last proof is lost
        await stranger.prove(host.links.invites.issue().secret)
    await until(lambda: host.has_link("mallory"))
    link = host.link("mallory")
    await until(lambda: link.state is LinkState.RECONNECTING, 5)
    await until(lambda: link.state is LinkState.LOST, 200)


async def test_misuse_and_a_full_storage_end_it(host: Page, mallory: Peer) -> None:
    stranger = await knock(mallory, "alice")
    await stranger.prove(host.links.invites.issue().secret)
    link = host.link("mallory")
    await stranger.say(Resume("Mallory", "epoch", ""), sealed("chat", 7, "out of step"))
    await until(lambda: link.state is LinkState.CLOSED)
    assert isinstance(link.error, LinkMisused)
    assert not host.has_link("mallory")

    class Full(dict[str, str]):
        def __setitem__(self, name: str, value: str) -> None:
            raise OSError("QuotaExceededError")

    stranger = await knock(mallory, "alice")
    await stranger.prove(host.links.invites.issue().secret)
    link = host.link("mallory")
    link._session._store.storage = Full()
    await stranger.say(Resume("Mallory", "epoch", ""))
    await until(lambda: link.state is LinkState.CLOSED)
    assert isinstance(link.error, StorageFull)


async def test_where_there_are_very_many_the_one_lost_longest_is_ended(
    alice: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("peerscript.link.sessions.MAX_LINKS", 3)
    house = House(alice)
    for name in ("bob", "carol", "dave"):
        house.sessions.add(SessionRecord(name, guest=False, key="00"), LinkState.LOST)
    house.added[0].move(LinkState.RECONNECTING)
    house.sessions.add(SessionRecord("erin", guest=False), LinkState.CONNECTING)
    assert [link.peer_id for link in house.sessions.all] == ["bob", "dave", "erin"]
    assert house.added[1].state is LinkState.CLOSED
    for link in house.sessions.all:
        link.move(LinkState.CONNECTED)
    house.sessions.add(SessionRecord("fay", guest=False), LinkState.CONNECTING)
    assert len(house.sessions.all) == 4  # nobody who is here is sent away
    await house.sessions.close()


async def test_a_page_that_wakes_tries_again_but_what_was_refused(alice: Peer) -> None:
    house = House(alice)
    tried: list[str] = []
    house.sessions._reconnection.restore = (  # type: ignore[method-assign]
        lambda link: tried.append(link.peer_id)
    )
    troubles: dict[str, PeerScriptError] = {
        "bob": ConnectionClosed("gone"),
        "carol": LinkRefused("no", reason="proof"),
    }
    for name, trouble in troubles.items():
        link = house.sessions.add(SessionRecord(name, guest=True), LinkState.CONNECTING)
        link.give_up(trouble)
    house.sessions._on_page_event(PageEvent.FROZEN)
    house.sessions._on_page_event(PageEvent.AWAKE)
    assert tried == ["bob"]
    await house.sessions.close()


async def test_a_broker_that_says_no_is_asked_again_after_a_while(
    houses: Houses, alice: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[float] = []
    reconnect = alice.reconnect

    async def refuse(**options: Any) -> None:
        asked.append(asyncio.get_running_loop().time())
        if len(asked) < 3:
            raise BrokerError("no")
        await reconnect(**options)

    monkeypatch.setattr(alice, "reconnect", refuse)
    alice.disconnect()
    await until(lambda: alice.open, 3 * REFUSED_PAUSE)
    assert asked[2] - asked[0] == pytest.approx(2 * REFUSED_PAUSE, abs=1)
    for house in houses:
        await house.sessions.close()


async def test_a_link_that_the_other_page_has_dialled_meanwhile_is_not_dialled(
    host: Page, open_page: OpenPage
) -> None:
    """It has become theirs while this page was on its way."""
    bob = await open_page("bob")
    link = bob.links.dial("alice", host.links.invites.issue().secret)
    session = link._session
    session.record = SessionRecord("alice", guest=False)
    await asyncio.sleep(5)
    assert not link.connected
    assert not [each for each in bob.peer.all_connections.get("alice", ()) if each.open]


async def test_a_peer_that_is_closed_leaves_nobody_waiting(houses: Houses, bob: Peer) -> None:
    near, far = houses
    link = far.sessions.dial("alice", near.sessions.invites.issue().secret, "")
    await link.wait_connected()
    lost = far.sessions.add(SessionRecord("carol", guest=False), LinkState.CONNECTING)
    asking = far.sessions.add(SessionRecord("dave", guest=False), LinkState.ASKING)
    waiting = asyncio.create_task(lost.wait_connected())
    await bob.close()
    with pytest.raises(ConnectionClosed, match="own peer"):
        await waiting
    assert [each.state for each in (link, lost)] == [LinkState.LOST] * 2
    assert asking.state is LinkState.CLOSED
    for house in houses:
        await house.sessions.close()
