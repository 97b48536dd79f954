"""Somebody has another's ID at the broker, or a copy of what a tab keeps: it gets them nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace

import pytest

from peerscript import Peer
from peerscript.errors import ConnectionClosed, LinkClosed, LinkRefused
from peerscript.link.handshake import TIMEOUT, handshake_as_guest, handshake_as_host
from peerscript.link.host import MAX_WITH_ONE_ID
from peerscript.link.reconnection import GONE_AFTER
from peerscript.link.store import SessionStore
from peerscript.ports import PageEvent
from peerscript.protocol.link.messages import WORDS, Bye, Hello, Rejection, Resume
from peerscript.protocol.link.state import LinkState, Verification
from peerscript.testing import MemoryNetwork
from tests.clock import soon, until
from tests.unit.peerscript.pages import Page, Stranger, knock

OpenPage = Callable[..., Awaitable[Page]]


@asynccontextmanager
async def squatter(page: Page) -> AsyncIterator[Peer]:
    """Takes a page's ID, which the broker takes for gone; its paths stay."""
    pages = page.network.pages
    broker = pages.pop(page.id)
    async with Peer(page.id, browser=page.network) as peer:
        yield peer
    pages.setdefault(page.id, broker)


# At the host


async def test_a_guests_id_and_the_invite_give_a_row_of_ones_own(host: Page, guest: Page) -> None:
    """Whoever has an open link takes a guest's ID; the guest's Link and conversation stay."""
    (invite,) = host.links.invites
    known = host.link("bob")
    known.send("for Bob")
    await until(lambda: guest.heard["alice"] == ["for Bob"])
    async with squatter(guest) as thief:
        stranger = await knock(thief, "alice")
        await stranger.come_in(invite.secret, "Bob")
        assert known.connected
        assert host.link("bob") is known
        (other,) = [link for link in host.links.all if link is not known]
        assert other.history == []
        known.send("for Bob alone")
        await until(lambda: guest.heard["alice"] == ["for Bob", "for Bob alone"])
        assert other.history == []
    assert {each.session for each in SessionStore(host.storage).all()} == {
        known.session.session,
        other.session.session,
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
    host.links.all[1].send("to the second")
    await until(lambda: guest.heard["alice"] == ["to the second"])
    await guest.unload()
    guest.storage = storage
    await guest.load()
    first.send("to the first")
    await until(lambda: first.connected and guest.heard["alice"] == ["to the first"])
    await host.reload()
    await until(lambda: host.link("bob").connected)
    assert [entry.text for entry in host.link("bob").history] == ["to the first"]


async def test_a_dial_is_not_answered_by_whoever_has_the_id_and_our_invite(
    open_page: OpenPage, network: MemoryNetwork
) -> None:
    """Who dials with a secret is connected to one who knows it, and to nobody else."""
    carol = await open_page("carol")
    invite, wanted = carol.links.invites.issue(), "A" * 22
    async with Peer("bob", browser=network) as thief:
        link = carol.links.dial("bob", wanted)
        stranger = await knock(thief, "carol")
        await stranger.come_in(invite.secret, "Bob")
        assert not link.connected
        assert link.verification is Verification.NONE
        (other,) = [each for each in carol.links.all if each is not link]
        assert not other.dialled


async def test_a_dial_does_not_find_whoever_came_under_that_id(
    host: Page, network: MemoryNetwork
) -> None:
    async with Peer("bob", browser=network) as thief:
        stranger = await knock(thief, "alice")
        await stranger.come_in(host.links.invites.issue().secret, "Bob")
        link = host.links.dial("bob", "A" * 22)
        assert link is not host.link("bob")
        assert not link.connected
        await link.close()
    assert host.link("bob").state is not LinkState.CLOSED


@pytest.mark.parametrize("how", ["dial", "connect"])
@pytest.mark.parametrize("secret", [True, False])
async def test_dialling_a_page_that_has_come_already(
    host: Page, guest: Page, how: str, secret: bool
) -> None:
    """It is that very page, by its certificate: one Link is enough."""
    proof = guest.links.invites.issue().secret if secret else None
    known = host.link("bob")
    if how == "connect":
        assert await host.links.connect("bob", proof) is known
    else:
        link = host.links.dial("bob", proof)
        await until(lambda: link.state is LinkState.CLOSED)
        assert isinstance(link.trouble, LinkClosed)
    await until(lambda: len(host.links.all) == len(guest.links.all) == 1)
    assert known.connected
    assert guest.link("alice").connected
    assert len(SessionStore(host.storage).all()) == len(SessionStore(guest.storage).all()) == 1


@pytest.mark.parametrize("turns", range(0, 60, 2))
@pytest.mark.parametrize("larger", [True, False])
async def test_both_dial_at_any_moment_and_one_link_stays(
    open_page: OpenPage, turns: int, larger: bool
) -> None:
    pages = [await open_page("alice"), await open_page("bob")]
    secrets = [page.links.invites.issue().secret for page in pages]
    near, far = (1, 0) if larger else (0, 1)
    pages[near].links.dial(pages[far].id, secrets[far])
    for _ in range(turns):
        await asyncio.sleep(0)
    pages[far].links.dial(pages[near].id, secrets[near])
    await asyncio.sleep(5)
    (one,), (other,) = (page.links.all for page in pages)
    assert one.connected
    assert other.connected
    assert one.dialled is not other.dialled
    assert len(SessionStore(pages[0].storage).all()) == 1


@pytest.mark.parametrize("word", [Resume(0, 0, "Bob", "epoch", ""), Bye()])
async def test_both_dial_and_the_smaller_id_waits_for_what_becomes_of_the_other(
    host: Page, network: MemoryNetwork, word: object
) -> None:
    """Each has proved itself to the other twice, and neither Link is in use yet."""
    async with Peer("bob", browser=network) as bob:
        stranger = await knock(bob, "alice")
        await stranger.prove(host.links.invites.issue().secret)
        await until(lambda: host.links.all)
        visit = host.link("bob")
        link = host.links.dial("bob", "A" * 22)
        connection = await anext(bob.connections())
        await handshake_as_host(connection, "bob", lambda *_: [bytes(16)], lambda _: None)
        await asyncio.sleep(1)
        assert {link.state, visit.state} == {LinkState.CONNECTING}
        await stranger.say(word)
        other = Stranger(bob, connection)
        if isinstance(word, Bye):
            await other.hear(Resume)
            assert host.links.all == (link,)
        else:
            await other.hear(Bye)
            await until(lambda: host.links.all == (visit,))


async def test_no_more_sessions_under_one_id_than_a_few(host: Page, network: MemoryNetwork) -> None:
    """The first that had it is not driven out by those who come after."""
    secret = host.links.invites.issue().secret

    async def come() -> Stranger:
        async with Peer("bob", browser=network) as peer:
            stranger = await knock(peer, "alice")
            await stranger.come_in(secret)
            return stranger

    await come()
    first = host.link("bob")
    for _ in range(MAX_WITH_ONE_ID - 1):
        await come()
    with pytest.raises(LinkRefused) as refused:
        await come()
    assert refused.value.reason == "busy"
    assert len(host.links.all) == MAX_WITH_ONE_ID
    await until(lambda: all(link.state is LinkState.LOST for link in host.links.all), 300)
    for _ in range(3):
        await come()
        assert len(host.links.all) == MAX_WITH_ONE_ID
        assert host.link("bob") is first


# Words of whoever has the host's ID


@pytest.mark.parametrize("reason", ["session", "person", "proof", "revoked", "version", "rubbish"])
async def test_a_refusal_without_a_proof_ends_no_link(
    host: Page, guest: Page, reason: str, network: MemoryNetwork
) -> None:
    link = guest.link("alice")
    link.send("on its way")
    kept = guest.storage.keys()
    async with squatter(host) as thief:
        thief.on("connection", lambda connection: answers.append(say_no(connection, reason)))
        answers: list[Awaitable[None]] = []
        network.cut()
        await until(lambda: answers)
        await answers.pop()
        await asyncio.sleep(GONE_AFTER / 3)
        assert link.state is LinkState.RECONNECTING
        assert guest.storage.keys() == kept
        for answer in answers:
            await answer
    await until(lambda: link.connected and host.heard["bob"] == ["on its way"], 120)


async def say_no(connection: object, reason: str) -> None:
    await connection.send(WORDS.encode(Rejection(reason)))  # type: ignore[attr-defined]


async def test_a_host_without_the_key_is_nobody(host: Page, guest: Page) -> None:
    """Neither is it the end of a Link that its own side finds the other's proof wrong."""
    link = guest.link("alice")
    async with squatter(host) as thief:
        guest.network.cut()
        connection = await anext(thief.connections())
        with pytest.raises(LinkRefused):
            await handshake_as_host(connection, "alice", lambda *_: [bytes(32)], lambda _: None)
        await connection.close()
        assert link.state is LinkState.RECONNECTING
    await until(lambda: link.connected, 120)


async def test_a_host_that_has_forgotten_us_is_lost_after_a_while(host: Page, guest: Page) -> None:
    link = guest.link("alice")
    host.storage.clear()
    await host.reload()
    took = await until(lambda: link.state is LinkState.LOST, 120)
    assert took == pytest.approx(GONE_AFTER, abs=20)
    assert isinstance(link.trouble, LinkRefused)
    guest.links._on_page_event(PageEvent.AWAKE)
    assert link.state is LinkState.RECONNECTING


# A copy of what a tab keeps


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
    assert link.session.key == far.session.key
    assert far.session.previous == ""
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
        assert far.session.previous == SessionStore(before).all()[0].key
    await host.reload()
    await guest.load()
    await until(lambda: host.link("bob").connected and guest.link("alice").connected)
    assert host.link("bob").session.previous == ""


async def test_a_late_word_on_the_path_before_confirms_no_newer_key(
    host: Page, guest: Page
) -> None:
    far = host.link("bob")
    kept = far.session
    far.keep(replace(kept, key="ab" * 32, previous=kept.key))  # another handshake has begun
    far._met("Bob")
    assert far.session.previous == kept.key


# Four words


async def knocks(host: Page, network: MemoryNetwork, name: str) -> str:
    """Have a phrase made, and go; return why there was none."""
    async with Peer(name, browser=network) as peer:
        stranger = await knock(peer, "alice")
        try:
            await handshake_as_guest(stranger.connection, name, None)
        except LinkRefused as error:
            return error.reason
    await until(lambda: host.links.all == ())
    return ""


async def test_phrases_are_not_tried_without_end(host: Page, network: MemoryNetwork) -> None:
    now = asyncio.get_running_loop().time
    began = now()
    found: list[str] = []
    while now() - began < 600:
        found.append(await knocks(host, network, f"stranger-{len(found)}"))
        await asyncio.sleep(1)
    assert set(found) == {"", "busy"}
    assert found.count("") <= 19
    assert await knocks(host, network, "the-last") == "busy"
    secret = host.links.invites.issue().secret
    async with Peer("bob", browser=network) as peer:
        await (await knock(peer, "alice")).come_in(secret)  # a secret is not bounded by it


async def test_one_page_is_not_to_use_up_what_is_for_all(
    host: Page, network: MemoryNetwork
) -> None:
    assert [await knocks(host, network, "mallory") for _ in range(5)] == [
        "",
        "",
        "",
        "busy",
        "busy",
    ]
    assert await knocks(host, network, "bob") == ""


async def test_a_host_cannot_have_phrase_after_phrase_made(
    open_page: OpenPage, network: MemoryNetwork
) -> None:
    """Somebody who plays the host hangs up before the reveal when the words do not fit."""
    bob = await open_page("bob")
    hellos = []
    async with Peer("alice", browser=network) as thief:
        link = bob.links.dial("alice")

        async def play() -> None:
            async for connection in thief.connections():
                with suppress(ConnectionClosed):  # it did not say anything
                    hellos.append(WORDS.decode(await connection.receive()))
                    await connection.send(WORDS.encode(Rejection("busy")))

        playing = asyncio.ensure_future(play())
        for _ in range(60):
            await asyncio.sleep(10)
            link.retry()
        playing.cancel()
    assert 3 < len([word for word in hellos if isinstance(word, Hello)]) <= 14


async def test_busy_after_the_phrase_makes_no_other(
    open_page: OpenPage, network: MemoryNetwork
) -> None:
    bob = await open_page("bob")
    async with Peer("alice", browser=network) as thief:
        link = bob.links.dial("alice")
        connection = await anext(thief.connections())
        await handshake_as_host(connection, "alice", lambda *_: (), lambda _: None)
        await until(lambda: link.state is LinkState.WAITING)
        await connection.send(WORDS.encode(Rejection("busy")))
        await until(lambda: link.state is LinkState.LOST, TIMEOUT)
