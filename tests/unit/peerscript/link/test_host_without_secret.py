"""The door, without a secret: who waits, who is let in, and who is turned away."""

from __future__ import annotations

import asyncio

import pytest

from peerscript import Peer
from peerscript.errors import LinkClosed, LinkRefused
from peerscript.link.handshake import ADMISSION_TIMEOUT, handshake_as_guest
from peerscript.link.host import MAX_HANDSHAKES, MAX_WAITING
from peerscript.protocol.link.attempts import PAUSES
from peerscript.protocol.link.invites import secret_bytes
from peerscript.protocol.link.messages import HANDSHAKE, Admitted, Rejection
from peerscript.protocol.link.state import LinkState, Verification
from peerscript.testing import MemoryNetwork
from tests.clock import soon, until
from tests.unit.peerscript.conftest import OpenPage
from tests.unit.peerscript.pages import Page, knock, sealed


async def strangers(network: MemoryNetwork, count: int) -> list[Peer]:
    peers = [Peer(f"stranger{number}", browser=network) for number in range(count)]
    for peer in peers:
        await peer.start()
    return peers


async def waiting(host: Page, page: Page) -> None:
    """Have a page knock at the host's without a secret."""
    link = page.links.dial("alice")
    await until(lambda: link.state is LinkState.WAITING and host.has_link(page.id))


# Without one


async def test_admission_with_the_same_phrase_on_both_sides(
    host: Page, open_page: OpenPage
) -> None:
    bob = await open_page("bob")
    await waiting(host, bob)
    link, far = bob.link("alice"), host.link("bob")
    assert far.state is LinkState.ASKING
    assert link.phrase == far.phrase
    assert len(link.phrase.split()) == 4
    assert link.name == far.name == ""
    assert {link.verification, far.verification} == {Verification.NONE}
    far.accept()
    await until(lambda: link.connected and far.connected)
    assert (link.name, far.name) == ("Alice", "Bob")
    assert {link.verification, far.verification} == {Verification.ADMITTED}
    link.channel("chat").send_nowait("thank you")
    await until(lambda: host.heard["bob"] == ["thank you"])
    await bob.reload()
    await until(lambda: bob.link("alice").connected)  # and is not asked again


@pytest.mark.parametrize("how", ["refuse", "close"])
async def test_whoever_is_turned_away(host: Page, open_page: OpenPage, how: str) -> None:
    bob = await open_page("bob")
    await waiting(host, bob)
    link, far = bob.link("alice"), host.link("bob")
    if how == "refuse":
        far.reject()
    else:
        await far.close()
    await until(lambda: link.state is LinkState.LOST and far.state is LinkState.CLOSED)
    assert isinstance(link.error, LinkRefused)
    assert link.error.reason == "person"
    assert link.name == ""
    assert host.links.all == ()
    assert not host.storage
    link.reconnect()
    await until(lambda: link.state is LinkState.WAITING and host.links.all)


async def test_a_guest_who_does_not_wait(host: Page, open_page: OpenPage) -> None:
    bob = await open_page("bob")
    await waiting(host, bob)
    far = host.link("bob")
    await bob.unload()
    await until(lambda: far.state is LinkState.CLOSED)
    assert host.links.all == ()
    far.accept()  # too late


async def test_a_guest_who_changes_their_mind(host: Page, open_page: OpenPage) -> None:
    bob = await open_page("bob")
    await waiting(host, bob)
    far = host.link("bob")
    await bob.link("alice").close()
    await until(lambda: far.state is LinkState.CLOSED)
    assert host.links.all == bob.links.all == ()
    assert not bob.storage


async def test_a_guest_who_speaks_before_being_let_in(host: Page, mallory: Peer) -> None:
    stranger = await knock(mallory, "alice")
    await handshake_as_guest(stranger.connection, "mallory", None)
    link = host.link("mallory")
    await stranger.say(sealed("chat", 1, "let me in!"))
    await until(lambda: link.state is LinkState.CLOSED)
    assert not host.heard["mallory"]
    await until(lambda: not stranger.connection.open)


async def test_a_guest_who_is_gone_when_they_are_admitted(
    host: Page, mallory: Peer, network: MemoryNetwork
) -> None:
    stranger = await knock(mallory, "alice")
    await handshake_as_guest(stranger.connection, "mallory", None)
    link = host.link("mallory")
    (channel,) = (each for each in network.channels if each.peer == "mallory")
    channel.lose()
    link.accept()
    await until(lambda: link.state is LinkState.CLOSED)
    assert host.links.all == ()
    assert not host.storage


async def test_a_session_that_is_ended_by_whoever_hears_of_its_new_key(
    host: Page, guest: Page, network: MemoryNetwork
) -> None:
    far = host.link("bob")
    far.on("change", lambda: far._session.end(None) if far._session.record.previous else None)
    network.cut()
    await until(lambda: far.state is LinkState.CLOSED)
    await until(lambda: not [each for each in network.channels if each._open])
    assert host.links.all == ()


async def test_a_host_who_never_decides(host: Page, open_page: OpenPage) -> None:
    bob = await open_page("bob")
    await waiting(host, bob)
    link = bob.link("alice")
    took = await until(lambda: link.state is LinkState.LOST, 2 * ADMISSION_TIMEOUT)
    assert took == pytest.approx(ADMISSION_TIMEOUT, abs=2)
    assert isinstance(link.error, LinkRefused)
    await until(lambda: host.links.all == ())


async def test_a_guest_who_is_admitted_and_gone(host: Page, mallory: Peer) -> None:
    stranger = await knock(mallory, "alice")
    await handshake_as_guest(stranger.connection, "mallory", None)
    link = host.link("mallory")
    link.accept()
    await stranger.hear(Admitted)
    await until(lambda: link.state is LinkState.RECONNECTING, 5)  # silent from the beginning
    await until(lambda: link.state is LinkState.LOST, 300)


async def test_closing_right_after_admitting(host: Page, open_page: OpenPage) -> None:
    bob = await open_page("bob")
    await waiting(host, bob)
    link, far = bob.link("alice"), host.link("bob")
    far.accept()
    await far.close()
    await until(lambda: link.state is LinkState.LOST)
    assert far.state is LinkState.CLOSED
    assert host.links.all == ()
    assert not host.storage


async def test_closing_while_the_admitted_guest_is_on_the_way(
    host: Page, open_page: OpenPage
) -> None:
    bob = await open_page("bob")
    await waiting(host, bob)
    link, far = bob.link("alice"), host.link("bob")
    far.accept()
    await soon(lambda: far._session._path is not None)
    assert not far.connected
    await far.close()
    await until(lambda: link.state in (LinkState.LOST, LinkState.CLOSED))
    assert far.state is LinkState.CLOSED
    assert not host.storage


async def test_the_ninth_at_the_door(host: Page, network: MemoryNetwork) -> None:
    peers = await strangers(network, MAX_WAITING + 1)
    for peer in peers[:-1]:
        await handshake_as_guest((await knock(peer, "alice")).connection, peer.id, None)
    await until(lambda: len(host.links.all) == MAX_WAITING)
    with pytest.raises(LinkRefused) as refused:
        await handshake_as_guest((await knock(peers[-1], "alice")).connection, "stranger8", None)
    assert refused.value.reason == "busy"
    await asyncio.sleep(PAUSES[0])  # now there may be a phrase, and there is no room yet
    with pytest.raises(LinkRefused) as refused:
        await handshake_as_guest((await knock(peers[-1], "alice")).connection, "stranger8", None)
    assert refused.value.reason == "busy"
    assert len(host.links.all) == MAX_WAITING
    for peer in peers:
        await peer.close()
    await until(lambda: host.links.all == ())


async def test_a_crowd_that_knocks_at_once(host: Page, network: MemoryNetwork) -> None:
    peers = await strangers(network, MAX_HANDSHAKES)
    doors = [await knock(peer, "alice") for peer in peers]
    outcomes = await asyncio.gather(
        *(handshake_as_guest(door.connection, door.peer.id, None) for door in doors),
        return_exceptions=True,
    )
    refused = [outcome for outcome in outcomes if isinstance(outcome, LinkRefused)]
    assert len(refused) == MAX_HANDSHAKES - MAX_WAITING
    assert len(host.links.all) == MAX_WAITING
    for peer in peers:
        await peer.close()


async def test_a_stranger_with_the_id_of_somebody_who_is_here(
    host: Page, guest: Page, network: MemoryNetwork
) -> None:
    stranger = await knock(guest.peer, "alice")
    with pytest.raises(LinkRefused) as refused:
        await handshake_as_guest(stranger.connection, "bob", None)
    assert refused.value.reason == "busy"
    assert host.link("bob").connected


async def test_whoever_is_turned_away_takes_nothing_along(
    host: Page, guest: Page, network: MemoryNetwork
) -> None:
    """A stranger who knocks under the ID of somebody who is out of reach changes nothing."""
    known = host.link("bob")
    known.channel("chat").send_nowait("kept for Bob")
    await guest.unload()
    await until(lambda: known.state is LinkState.LOST)
    kept = dict(host.storage)
    async with Peer("bob", browser=network) as impostor:
        door = await knock(impostor, "alice")
        await handshake_as_guest(door.connection, "bob", None)
        (asking,) = [link for link in host.links.all if link.state is LinkState.ASKING]
        asking.reject()
        await until(lambda: asking.state is LinkState.CLOSED)
    assert host.storage == kept
    await host.reload()
    await guest.load()
    await until(lambda: host.link("bob").connected)


async def test_whoever_is_admitted_under_a_known_id_takes_nobodys_place(
    host: Page, guest: Page
) -> None:
    known = host.link("bob")
    guest.storage.clear()
    await guest.unload()
    await until(lambda: known.state is LinkState.LOST)
    await guest.load()
    link = guest.links.dial("alice")
    await until(lambda: link.state is LinkState.WAITING and len(host.links.all) == 2)
    (asking,) = [each for each in host.links.all if each is not known]
    asking.accept()
    await until(lambda: link.connected and asking.connected)
    assert known.state is LinkState.LOST
    assert host.links.all == (known, asking)


async def test_somebody_at_the_door_who_finds_a_secret(host: Page, mallory: Peer) -> None:
    """Whoever comes in ends what they had before: nobody waits at the door for ever."""
    door = await knock(mallory, "alice")
    await handshake_as_guest(door.connection, "mallory", None)
    asking = host.link("mallory")
    stranger = await knock(mallory, "alice")
    await stranger.come_in(host.links.invites.issue().secret)
    assert asking.state is LinkState.CLOSED
    assert isinstance(asking.error, LinkClosed)
    await until(lambda: not door.connection.open)
    assert host.link("mallory").connected


async def test_frames_before_a_hello_in_any_order_are_refused(
    host: Page, guest: Page, mallory: Peer
) -> None:
    secret = host.links.invites.issue().secret
    for frames in (
        ["", "{}"],
        [b"\0" * 100],
        [HANDSHAKE.encode(Rejection("person"))],
        ["x" * 200_000],
    ):
        stranger = await knock(mallory, "alice")
        await stranger.say(*frames)
        await asyncio.wait_for(stranger.connection.wait_closed(), 5)
    assert host.link("bob").connected
    await (await knock(mallory, "alice")).prove(secret)
    assert secret_bytes(secret)


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
