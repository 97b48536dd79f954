"""The door, with a secret or a session: who comes in, and that nothing of them shows before."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from peerscript import Peer
from peerscript.errors import LinkRefused
from peerscript.link.handshake import TIMEOUT, handshake_as_guest
from peerscript.link.host import MAX_HANDSHAKES, MAX_WITH_ONE_ID
from peerscript.link.store import SessionStore
from peerscript.protocol.link.handshake import GuestHandshake, Party
from peerscript.protocol.link.messages import HANDSHAKE, HostHello, Rejection, Resume
from peerscript.protocol.link.state import LinkState
from peerscript.testing import MemoryNetwork
from tests.clock import soon, until
from tests.unit.peerscript.conftest import OpenPage
from tests.unit.peerscript.pages import Page, knock, sealed, squatter

# With a secret


async def test_nothing_shows_before_the_proof(host: Page, mallory: Peer) -> None:
    stranger = await knock(mallory, "alice")
    await stranger.say(Resume("Mallory", "epoch", ""), sealed("chat", 1, "hello"))
    assert (await stranger.hear(Rejection)).reason == "rubbish"
    assert host.links.all == ()
    assert not host.heard
    await until(lambda: host.refused == [("rubbish", "mallory")])


async def test_a_greeting_that_never_ends(host: Page, mallory: Peer) -> None:
    stranger = await knock(mallory, "alice")
    took = await until(lambda: not stranger.connection.open)
    assert took == pytest.approx(TIMEOUT, abs=1)


async def test_another_programs_connection_is_closed(
    host: Page, mallory: Peer, network: MemoryNetwork
) -> None:
    network.hold()  # not even what it would say first can leave
    for options in ({"label": "chat"}, {"serialization": "binary"}):
        stranger = await knock(mallory, "alice", **options)
        await asyncio.wait_for(stranger.connection.wait_closed(), 20)
    network.release()


async def test_the_seventeenth_greeting(host: Page, mallory: Peer) -> None:
    secret = host.links.invites.issue().secret
    silent = [await knock(mallory, "alice") for _ in range(MAX_HANDSHAKES)]
    late = await knock(mallory, "alice")
    assert (await late.hear(Rejection)).reason == "busy"
    await until(lambda: not any(each.connection.open for each in silent))
    await (await knock(mallory, "alice")).prove(secret)


async def test_whoever_has_forgotten_everything_begins_anew_and_beside(
    host: Page, guest: Page
) -> None:
    """Nothing but an ID says that it is the same person."""
    first = host.link("bob")
    first.channel("chat").send_nowait("to the one who has forgotten everything")
    guest.storage.clear()
    await guest.reload()
    await guest.links.connect("alice", host.links.invites.issue().secret)
    second = host.links.all[-1]
    await until(lambda: second.connected)
    assert host.links.all == (first, second)
    assert [message.value for message in first.channel("chat").history] == [
        "to the one who has forgotten everything"
    ]
    assert second.channel("chat").history == []
    await host.reload()
    await until(lambda: host.links.all[-1].connected and guest.link("alice").connected)
    await until(lambda: host.links.all[0].state is LinkState.LOST)


async def test_a_page_that_comes_again_replaces_its_own(host: Page, mallory: Peer) -> None:
    """That it is the same page shows in its certificate."""
    secret = host.links.invites.issue().secret
    await (await knock(mallory, "alice")).come_in(secret)
    first = host.link("mallory")
    await (await knock(mallory, "alice")).come_in(secret)
    assert first.state is LinkState.CLOSED
    assert [link.peer_id for link in host.links.all] == ["mallory"]


async def test_a_session_that_was_ended_while_its_guest_proved_itself(
    host: Page, mallory: Peer
) -> None:
    """The proof is worth nothing for the session that has taken its place."""
    secret = host.links.invites.issue().secret
    first = await knock(mallory, "alice")
    outcome = await first.come_in(secret)
    again = await knock(mallory, "alice")
    seen = again.connection.fingerprints
    assert seen is not None
    handshake = GuestHandshake(
        Party("mallory", seen.own),
        Party("alice", seen.remote),
        outcome.resume,
        session=outcome.session,
    )
    await again.say(handshake.begin())
    hello = await again.hear(HostHello)
    proof = handshake.receive(HANDSHAKE.encode(hello))
    assert proof is not None
    await (await knock(mallory, "alice")).come_in(secret)
    link = host.link("mallory")
    await again.say(proof)
    await until(lambda: not again.connection.open, 5)
    assert link.connected
    assert link._session._path is not None


# Under the ID of another


async def test_a_guests_id_and_the_invite_give_a_row_of_ones_own(host: Page, guest: Page) -> None:
    """Whoever has an open link takes a guest's ID; the guest's Link and conversation stay."""
    (invite,) = host.links.invites
    known = host.link("bob")
    known.channel("chat").send_nowait("for Bob")
    await until(lambda: guest.heard["alice"] == ["for Bob"])
    async with squatter(guest) as thief:
        stranger = await knock(thief, "alice")
        await stranger.come_in(invite.secret, "Bob")
        assert known.connected
        assert host.link("bob") is known
        (other,) = [link for link in host.links.all if link is not known]
        assert other.channel("chat").history == []
        known.channel("chat").send_nowait("for Bob alone")
        await until(lambda: guest.heard["alice"] == ["for Bob", "for Bob alone"])
        assert other.channel("chat").history == []
    assert {each.session for each in SessionStore(host.storage).all()} == {
        known._session.record.session,
        other._session.record.session,
    }
    await guest.reload()
    await until(lambda: known.connected and guest.link("alice").connected)


async def test_a_session_is_resumed_beside_another_under_its_id(host: Page, guest: Page) -> None:
    """Both are the same to the broker, and each finds its own again after a reload of all."""
    (invite,) = host.links.invites
    first, storage = host.link("bob"), guest.storage
    await guest.unload()
    guest.storage = {}
    await guest.load()
    await guest.links.connect("alice", invite.secret)
    await until(lambda: len(host.links.all) == 2 and host.links.all[1].connected)
    host.links.all[1].channel("chat").send_nowait("to the second")
    await until(lambda: guest.heard["alice"] == ["to the second"])
    await guest.unload()
    guest.storage = storage
    await guest.load()
    first.channel("chat").send_nowait("to the first")
    await until(lambda: first.connected and guest.heard["alice"] == ["to the first"])
    await host.reload()
    await until(lambda: host.link("bob").connected)
    assert [message.value for message in host.chat("bob").history] == ["to the first"]


async def test_no_more_sessions_under_one_id_than_a_few(
    host: Page, guest: Page, open_page: OpenPage, network: MemoryNetwork
) -> None:
    """Nobody who has a path goes for a newcomer, nor the one who had the ID first."""
    secret = host.links.invites.issue().secret
    first = host.link("bob")
    guest.links._sessions._reconnection.restore = lambda link: None  # type: ignore[method-assign]
    network.cut()
    for _ in range(MAX_WITH_ONE_ID - 1):
        network.pages.pop("bob")  # the broker takes it for gone; its path stays
        await (await open_page("bob")).links.connect("alice", secret)
    network.pages.pop("bob")
    async with Peer("bob", browser=network) as peer:
        for state in (LinkState.RECONNECTING, LinkState.LOST):
            await until(lambda state=state: first.state is state, 300)  # type: ignore[misc]
            with pytest.raises(LinkRefused) as refused:
                await (await knock(peer, "alice")).come_in(secret)
            assert refused.value.reason == "busy"
            assert len(host.links.all) == MAX_WITH_ONE_ID


async def test_a_page_that_dies_again_and_again_finds_room_each_time(
    host: Page, network: MemoryNetwork
) -> None:
    """What it has left behind is no place taken. The first that had the ID stays."""
    secret = host.links.invites.issue().secret

    async def come() -> None:
        async with Peer("bob", browser=network) as peer:
            await (await knock(peer, "alice")).come_in(secret)

    await come()
    first = host.link("bob")
    for _ in range(2 * MAX_WITH_ONE_ID):
        await come()
    assert first.state is LinkState.RECONNECTING
    assert len(host.links.all) == MAX_WITH_ONE_ID
    await until(lambda: all(link.state is LinkState.LOST for link in host.links.all), 300)
    for _ in range(3):
        await come()
        assert len(host.links.all) == MAX_WITH_ONE_ID
        assert host.link("bob") is first


# With a copy of what a tab keeps


async def resume(peer: Peer, storage: dict[str, str]) -> None:
    (kept,) = SessionStore(storage).all()
    stranger = await knock(peer, "alice")
    await handshake_as_guest(
        stranger.connection, "bob", bytes.fromhex(kept.key), session=kept.session
    )


async def test_a_stolen_key_is_worth_nothing_after_the_next_time(host: Page, guest: Page) -> None:
    stolen = dict(guest.storage)
    guest.network.cut()
    link, far = guest.link("alice"), host.link("bob")
    await soon(lambda: not link.connected)
    await until(lambda: link.connected and far.connected)
    assert link._session.record.key == far._session.record.key
    assert far._session.record.previous == ""
    async with squatter(guest) as thief:
        with pytest.raises(LinkRefused) as refused:
            await resume(thief, stolen)
        assert refused.value.reason == "proof"
    assert far.connected


async def test_a_key_that_the_guest_has_not_kept_is_not_needed(host: Page, guest: Page) -> None:
    """It was killed before it heard the host's proof, again and again."""
    before = dict(guest.storage)
    far = host.link("bob")
    for _ in range(3):
        await guest.unload()
        async with Peer("bob", browser=guest.network) as peer:
            await resume(peer, before)
        assert far._session.record.previous == SessionStore(before).all()[0].key
    await host.reload()
    await guest.load()
    await until(lambda: host.link("bob").connected and guest.link("alice").connected)
    assert host.link("bob")._session.record.previous == ""


async def test_a_late_word_on_the_path_before_confirms_no_newer_key(
    host: Page, guest: Page
) -> None:
    far = host.link("bob")
    kept = far._session.record
    far._session.save(
        replace(kept, key="ab" * 32, previous=kept.key)
    )  # another handshake has begun
    path = far._session._path
    assert path is not None
    far._session._resumed = False
    far._session.on_message(path, Resume("Bob", far._session._their_epoch, ""))
    assert far._session.record.previous == kept.key
