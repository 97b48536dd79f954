"""Dials: both pages at once, those that are ended, too early or late, and how long they wait."""

from __future__ import annotations

import asyncio

import pytest

from peerscript import Peer
from peerscript.errors import (
    ConnectionClosed,
    ConnectTimeout,
    Disconnected,
    LinkClosed,
    LinkRefused,
)
from peerscript.link.guest import ATTEMPT_TIMEOUT
from peerscript.link.link import Link
from peerscript.link.links import Links
from peerscript.ports import Offer
from peerscript.protocol.link.state import LinkState
from peerscript.testing import MemoryNetwork
from tests.clock import until
from tests.unit.peerscript.conftest import OpenPage
from tests.unit.peerscript.link.dials import WRONG, network_hole, refused
from tests.unit.peerscript.pages import Page

# Both dial, or one is ended meanwhile


async def test_a_guest_with_a_secret_never_does_without(host: Page, open_page: OpenPage) -> None:
    bob = await open_page("bob")
    _, _, link = await refused(bob, WRONG)
    link.reconnect()
    await until(lambda: link.state is LinkState.LOST)
    assert isinstance(link.error, LinkRefused)
    assert link.phrase == ""
    await bob.reload()
    link = bob.link("alice")
    await until(lambda: link.state is LinkState.LOST)
    assert link.phrase == ""


@pytest.mark.parametrize("first", ["alice", "bob", "both"])
async def test_both_dial_and_one_link_stays(open_page: OpenPage, first: str) -> None:
    alice, bob = await open_page("alice"), await open_page("bob")
    secrets = {page.id: page.links.invites.issue().secret for page in (alice, bob)}
    dials = [
        (alice, "bob", secrets["bob"]),
        (bob, "alice", secrets["alice"]),
    ]
    if first == "bob":
        dials.reverse()
    for page, other, secret in dials:
        page.links.dial(other, secret)
        if first != "both":
            for _ in range(7):  # somewhere in the handshake of the one before
                await asyncio.sleep(0)
    await until(
        lambda: (
            [len(page.links.all) for page in (alice, bob)] == [1, 1]
            and alice.link("bob").connected
            and bob.link("alice").connected
        )
    )
    await asyncio.sleep(60)
    near, far = alice.link("bob"), bob.link("alice")
    assert near.connected
    assert far.connected
    assert near.is_guest is not far.is_guest
    await alice.write("bob", "to Bob")
    await bob.write("alice", "to Alice")
    await until(lambda: alice.heard["bob"] == ["to Alice"] and bob.heard["alice"] == ["to Bob"])
    await alice.reload()
    await bob.reload()
    await until(lambda: alice.link("bob").connected and bob.link("alice").connected)


@pytest.mark.parametrize("turns", range(0, 24, 3))
async def test_both_dial_without_a_secret(open_page: OpenPage, turns: int) -> None:
    alice, bob = await open_page("alice"), await open_page("bob")
    alice.links.dial("bob")
    for _ in range(turns):
        await asyncio.sleep(0)
    bob.links.dial("alice")

    def asking() -> list[Link]:
        every = [link for page in (alice, bob) for link in page.links.all]
        return [link for link in every if link.state is LinkState.ASKING]

    await until(asking)
    asking()[0].accept()
    await until(lambda: len(alice.links.all) == len(bob.links.all) == 1)
    await until(lambda: alice.link("bob").connected and bob.link("alice").connected)
    await asyncio.sleep(60)
    assert len(alice.links.all) == len(bob.links.all) == 1
    assert alice.link("bob").connected


async def test_dialling_somebody_whose_link_there_is(host: Page, guest: Page) -> None:
    link = guest.link("alice")
    assert guest.links.dial("alice", WRONG) is link
    assert link.connected
    await host.unload()
    await until(lambda: link.state is LinkState.LOST)
    await host.load()
    assert await guest.links.connect("alice") is link


async def test_a_connect_that_is_ended(host: Page, open_page: OpenPage) -> None:
    bob = await open_page("bob")
    connecting = asyncio.create_task(bob.links.connect("alice", WRONG))
    await asyncio.sleep(0)
    bob.link("alice")._session.end(None)
    with pytest.raises(LinkClosed):
        await connecting


async def test_a_link_that_is_ended_by_whoever_hears_of_its_proof(
    host: Page, open_page: OpenPage
) -> None:
    bob = await open_page("bob")
    link = bob.links.dial("alice", host.links.invites.issue().secret)
    link.on("change", lambda: link._session.end(None) if link._session.record.key else None)
    await until(lambda: link.state is LinkState.CLOSED)
    await until(lambda: not [each for each in host.network.channels if each._open])
    assert not bob.storage


async def test_dialling_from_a_full_page(
    host: Page, guest: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whom this page dials itself it takes in, and ends nobody for it who is here."""
    monkeypatch.setattr("peerscript.link.sessions.MAX_LINKS", 1)
    host.links.dial("carol", WRONG)
    assert host.link("bob").connected
    assert len(host.links.all) == 2


async def test_a_dial_that_is_ended_leaves_nothing(host: Page, open_page: OpenPage) -> None:
    bob = await open_page("bob")
    link = bob.links.dial("alice", host.links.invites.issue().secret)
    waiting = asyncio.create_task(link.wait_connected())
    await asyncio.sleep(0)
    await link.close()
    with pytest.raises(LinkClosed):
        await waiting
    await asyncio.sleep(1)
    assert not bob.storage
    assert bob.links.all == ()
    await until(lambda: not host.network.channels, 15)


# Before the start, after the end, and in time


async def test_links_whose_peer_has_not_started_or_is_closed(network: MemoryNetwork) -> None:
    peer = Peer("bob", browser=network)
    with pytest.raises(Disconnected, match="has not started: enter it with"):
        Links(peer, storage={}).start()
    async with peer:
        links = Links(peer, storage={})
        with pytest.raises(RuntimeError, match="these Links have not started: enter them with"):
            links.dial("alice", WRONG)
        with pytest.raises(RuntimeError, match="these Links have not started: enter them with"):
            aiter(links)
        with pytest.raises(RuntimeError, match="these Links have not started: enter them with"):
            await links.handle_links(lambda link: asyncio.sleep(0))
        async with links:
            with pytest.raises(RuntimeError, match="these Links have started already"):
                links.start()
            peer.disconnect()  # it may come back
            await Links(Peer(browser=network), storage={}).close()
        await links.close()
        with pytest.raises(RuntimeError, match="these Links are closed for good: make new ones"):
            links.start()
        with pytest.raises(LinkClosed, match="these Links are closed for good: make new ones"):
            await links.connect("alice", WRONG)
        with pytest.raises(LinkClosed, match="these Links are closed for good: make new ones"):
            await links.handle_links(lambda link: asyncio.sleep(0))
        assert [link async for link in links] == []
    with pytest.raises(Disconnected, match="closed for good: make a new Peer"):
        Links(peer, storage={}).start()


@pytest.mark.parametrize("what", ["links", "peer"])
async def test_whoever_waits_for_a_link_is_told_that_links_or_peer_are_closed(
    open_page: OpenPage, host: Page, what: str
) -> None:
    bob = await open_page("bob")
    link = await bob.links.connect("alice", host.links.invites.issue().secret)
    await host.unload()
    await until(lambda: link.state is LinkState.RECONNECTING)
    waiting = asyncio.create_task(link.wait_connected())
    dialling = asyncio.create_task(bob.links.connect("nobody", WRONG))
    host.network.go_down()
    await asyncio.sleep(0)
    await getattr(bob, what).close()
    for each in (waiting, dialling):
        with pytest.raises(ConnectionClosed, match="this page's (Links were|own peer was) closed"):
            await each
    link.reconnect()
    assert link.state is LinkState.LOST
    with pytest.raises(LinkClosed if what == "links" else Disconnected, match="closed for good"):
        await bob.links.connect("alice", WRONG)
    assert any(name.startswith("peerscript/session/") for name in bob.storage)


async def test_who_asks_to_be_let_in_is_turned_away_when_links_close(
    open_page: OpenPage, host: Page
) -> None:
    bob = await open_page("bob")
    bob.links.dial("alice")
    await until(lambda: host.has_link("bob"))
    link = host.link("bob")
    await host.links.close()
    assert link.state is LinkState.CLOSED


async def test_a_connect_that_is_cancelled_leaves_nothing(
    network: MemoryNetwork, open_page: OpenPage
) -> None:
    async with Peer("alice", browser=network) as alice:  # who has no Links yet
        bob = await open_page("bob")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await bob.links.connect("alice", WRONG)
        assert bob.links.all == ()
        assert not bob.storage
        async with Links(alice, storage={}) as links:
            assert (await bob.links.connect("alice", links.invites.issue().secret)).connected


async def test_another_secret_replaces_one_that_is_being_dialled(
    network: MemoryNetwork, open_page: OpenPage
) -> None:
    async with Peer("alice", browser=network) as alice:
        bob = await open_page("bob")
        first = asyncio.create_task(bob.links.connect("alice", WRONG))
        await asyncio.sleep(0)
        assert bob.links.dial("alice") is bob.link("alice")  # goes on with its own secret
        async with Links(alice, storage={}) as links:
            assert (await bob.links.connect("alice", links.invites.issue().secret)).connected
        with pytest.raises(LinkClosed, match="dialled again, with another invite"):
            await first


@pytest.mark.parametrize("lost", [1, 2])
async def test_a_first_offer_that_nobody_answers_is_made_once_more(
    host: Page, open_page: OpenPage, network: MemoryNetwork, lost: int
) -> None:
    """The page there may have been busy, or being loaded; a person does not wait for longer."""
    bob = await open_page("bob")
    broker = bob.peer._broker
    assert broker is not None
    as_written, offers = broker.connect, 0

    def connect(peer_id: str, offer: Offer) -> object:
        nonlocal offers
        offers += 1
        return network_hole(network) if offers <= lost else as_written(peer_id, offer)

    broker.connect = connect  # type: ignore[method-assign, assignment]
    link = bob.links.dial("alice", host.links.invites.issue().secret)
    took = await until(lambda: link.connected or link.state is LinkState.LOST)
    assert offers == 2
    assert link.connected is (lost == 1)
    assert took == pytest.approx(lost * ATTEMPT_TIMEOUT, abs=2)
    assert lost == 1 or isinstance(link.error, ConnectTimeout)


async def test_a_connect_waits_for_a_minute_if_not_told_otherwise(
    host: Page, guest: Page, open_page: OpenPage
) -> None:
    loop = asyncio.get_running_loop()
    bob = await open_page("carol")
    for dialling, seconds in (
        (bob.links.connect("alice"), 60),
        (bob.links.connect("alice", timeout=5), 5),
    ):
        began = loop.time()
        with pytest.raises(ConnectTimeout, match=f"nobody .* accept this page .* {seconds} s"):
            await dialling  # nobody there decides
        assert loop.time() - began == pytest.approx(seconds, abs=1)
        assert bob.links.all == ()
        await until(lambda: not host.has_link("carol"))
    link = guest.link("alice")
    await host.unload()
    await until(lambda: link.state is LinkState.RECONNECTING)
    with pytest.raises(ConnectTimeout, match="nobody .* answer at alice within 1 s"):
        await guest.links.connect("alice", timeout=1)
    assert guest.links.all == (link,)  # it was there before, and looks for a path


async def test_a_page_without_links_is_told_as_it_is(open_page: OpenPage, alice: Peer) -> None:
    bob = await open_page("bob")
    with pytest.raises(ConnectTimeout, match="no handshake with alice"):
        await bob.links.connect("alice", WRONG)
