"""This page as the guest: whom it finds, whom it knows already, and how often it asks."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import pytest

from peerscript import Peer
from peerscript.errors import ConnectionClosed, LinkClosed
from peerscript.link.handshake import TIMEOUT, handshake_as_host
from peerscript.link.store import SessionStore
from peerscript.protocol.link.messages import HANDSHAKE, Bye, Hello, Rejection, Resume
from peerscript.protocol.link.state import LinkState, Verification
from peerscript.testing import MemoryNetwork
from tests.clock import until
from tests.unit.peerscript.pages import Page, Stranger, knock

OpenPage = Callable[..., Awaitable[Page]]


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
        assert not other.is_guest


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
        assert isinstance(link.error, LinkClosed)
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
    assert one.is_guest is not other.is_guest
    assert len(SessionStore(pages[0].storage).all()) == 1


@pytest.mark.parametrize("word", [Resume("Bob", "epoch", ""), Bye()])
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


# Four words


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
                    hellos.append(HANDSHAKE.decode(await connection.receive()))
                    await connection.send(HANDSHAKE.encode(Rejection("busy")))

        playing = asyncio.ensure_future(play())
        for _ in range(60):
            await asyncio.sleep(10)
            link.reconnect()
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
        await connection.send(HANDSHAKE.encode(Rejection("busy")))
        await until(lambda: link.state is LinkState.LOST, TIMEOUT)
