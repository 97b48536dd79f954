"""Paths are mended without a person; what cannot be mended is given up, with the reason."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from peerscript.errors import BrokerUnreachable, LinkRefused, PeerScriptError, PeerUnavailable
from peerscript.link.handshake import handshake_as_host
from peerscript.link.link import Link
from peerscript.link.reconnection import (
    GIVE_UP_AFTER,
    GONE_AFTER,
    RENEW_AFTER,
    Reconnection,
)
from peerscript.link.session import LinkSession
from peerscript.ports import PageEvent
from peerscript.protocol.link.messages import HANDSHAKE, Rejection
from peerscript.protocol.link.state import LinkState
from peerscript.testing import MemoryNetwork
from tests.clock import QuickLoop, soon, until
from tests.unit.peerscript.link.dials import count_dials, network_hole
from tests.unit.peerscript.pages import Page, squatter

OpenPage = Callable[..., Awaitable[Page]]


async def test_a_broken_path_is_mended_at_once_and_by_the_guest(
    host: Page, guest: Page, network: MemoryNetwork
) -> None:
    dials = count_dials(host), count_dials(guest)
    for _ in range(5):
        network.cut()
        await soon(lambda: not guest.link("alice").connected)
        took = await until(lambda: guest.link("alice").connected and host.link("bob").connected)
        assert took <= 0.1
    assert [len(times) for times in dials] == [0, 5]


async def test_the_broker_gone_for_half_a_minute_while_the_path_broke(
    host: Page, guest: Page, network: MemoryNetwork
) -> None:
    network.go_down()
    network.cut()
    guest.chat("alice").send_nowait("written meanwhile")
    await asyncio.sleep(30)
    assert guest.link("alice").state is LinkState.RECONNECTING
    network.come_back()
    await until(lambda: host.heard["bob"] == ["written meanwhile"])


async def test_a_broker_that_is_gone_for_good(
    host: Page, guest: Page, network: MemoryNetwork
) -> None:
    link, far = guest.link("alice"), host.link("bob")
    network.go_down()
    network.cut()
    took = await until(lambda: link.state is LinkState.LOST, 2 * GIVE_UP_AFTER)
    assert GIVE_UP_AFTER <= took <= GIVE_UP_AFTER + 40
    assert link.error is not None
    await until(lambda: far.state is LinkState.LOST)
    assert far.error is not None
    with pytest.raises(type(link.error)):
        await link.wait_connected()
    network.come_back()
    await until(lambda: guest.peer.open and host.peer.open)
    assert link.state is LinkState.LOST
    link.reconnect()
    assert link.error is None
    await until(lambda: link.connected and far.connected)
    link.reconnect()  # nothing to do


async def test_a_broker_that_is_down_the_first_time(
    host: Page, open_page: OpenPage, network: MemoryNetwork
) -> None:
    bob = await open_page("bob")
    network.go_down()
    link = bob.links.dial("alice", host.links.invites.issue().secret)
    assert await until(lambda: link.state is LinkState.LOST, 2 * GIVE_UP_AFTER) > 60
    assert link.error is not None


async def test_a_page_that_has_closed_its_peer(
    host: Page, guest: Page, network: MemoryNetwork
) -> None:
    """Nothing can be mended any more; that is no error of ours."""
    link, far = guest.link("alice"), host.link("bob")
    await host.peer.close()
    await guest.peer.close()
    await until(lambda: link.state is far.state is LinkState.LOST, 2 * GIVE_UP_AFTER)


async def test_a_page_that_is_gone(host: Page, guest: Page) -> None:
    link = guest.link("alice")
    await host.unload()
    took = await until(lambda: link.state is LinkState.LOST)
    assert took == pytest.approx(GONE_AFTER, abs=10)
    assert isinstance(link.error, PeerUnavailable)
    await host.load()
    await asyncio.sleep(60)
    assert link.state is LinkState.LOST
    link.reconnect()
    await until(lambda: link.connected)


async def test_somebody_given_up_is_back_when_they_return(host: Page, guest: Page) -> None:
    far = host.link("bob")
    await guest.unload()
    await until(lambda: far.state is LinkState.LOST)
    assert far.error is not None
    host.chat("bob").send_nowait("while you were away")
    await guest.load()
    await until(lambda: far.connected and guest.heard["alice"] == ["while you were away"])
    assert far.error is None


async def test_a_page_that_wakes_up_hurries(host: Page, guest: Page) -> None:
    await host.unload()
    await asyncio.sleep(20)
    dials = count_dials(guest)
    await host.load()
    await asyncio.sleep(1)
    assert dials == []  # it waits out its pause
    guest.links._sessions._on_page_event(PageEvent.AWAKE)
    await soon(lambda: guest.link("alice").connected)


async def test_a_page_that_wakes_up_tries_again_what_was_given_up(host: Page, guest: Page) -> None:
    await host.unload()
    await until(lambda: guest.link("alice").state is LinkState.LOST)
    await host.load()
    guest.links._sessions._on_page_event(PageEvent.AWAKE)
    await until(lambda: guest.link("alice").connected and host.link("bob").connected)
    guest.links._sessions._on_page_event(PageEvent.FROZEN)
    await until(lambda: not host.link("bob").connected, 1)


async def test_what_was_refused_is_not_tried_again_by_itself(
    host: Page, open_page: OpenPage
) -> None:
    bob = await open_page("bob")
    link = bob.links.dial("alice", "A" * 22)
    await until(lambda: link.state is LinkState.LOST)
    assert isinstance(link.error, LinkRefused)
    assert link.error.reason == "proof"
    bob.links._sessions._on_page_event(PageEvent.AWAKE)
    await asyncio.sleep(5)
    assert link.state is LinkState.LOST


async def test_a_brokers_socket_that_may_be_dead_is_renewed(
    host: Page, guest: Page, network: MemoryNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The network has changed, and the broker's sockets go nowhere; no browser tells."""
    dead = {page.peer._broker for page in (host, guest)}
    for broker in dead:
        assert broker is not None
        monkeypatch.setattr(broker, "connect", lambda *_: network_hole(network))
    renewed: list[str] = []
    for page in (host, guest):
        page.peer.on("disconnected", renewed.append)
    guest.peer.on("disconnected", lambda _: monkeypatch.undo())
    network.cut()
    await soon(lambda: not guest.link("alice").connected)
    took = await until(lambda: guest.link("alice").connected, 120)
    assert took > RENEW_AFTER
    assert renewed == ["bob"]


async def test_an_offer_that_a_page_in_reload_never_sees(
    host: Page, guest: Page, network: MemoryNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The broker gives it to the socket that is closing."""
    broker = guest.peer._broker
    assert broker is not None
    with monkeypatch.context() as lost:
        lost.setattr(broker, "connect", lambda *_: network_hole(network))
        await host.unload()
        await asyncio.sleep(0.1)
    await host.load()
    assert await until(lambda: guest.link("alice").connected) <= 3


async def test_a_host_that_does_not_answer_the_handshake_is_tried_again(
    host: Page, guest: Page, network: MemoryNetwork
) -> None:
    """The path may be silent for a while right after it was found."""
    link = guest.link("alice")
    network.cut()
    await soon(lambda: not link.connected)
    network.hold()
    await asyncio.sleep(25)
    assert link.state is LinkState.RECONNECTING
    for channel in tuple(network.channels):
        channel.lose()
    network.release()
    await until(lambda: link.connected and host.link("bob").connected)


# Words of whoever has the host's ID


@pytest.mark.parametrize("reason", ["session", "person", "proof", "revoked", "version", "rubbish"])
async def test_a_refusal_without_a_proof_ends_no_link(
    host: Page, guest: Page, reason: str, network: MemoryNetwork
) -> None:
    link = guest.link("alice")
    guest.chat("alice").send_nowait("on its way")
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
    await connection.send(HANDSHAKE.encode(Rejection(reason)))  # type: ignore[attr-defined]


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
    assert isinstance(link.error, LinkRefused)
    guest.links._sessions._on_page_event(PageEvent.AWAKE)
    assert link.state is LinkState.RECONNECTING


# Alone


def make(
    page: Page, link: Link, errors: list[PeerScriptError | None]
) -> tuple[Reconnection, list[PeerScriptError | None]]:
    """A Reconnection whose attempts end as told; None is success."""
    tried: list[PeerScriptError | None] = []

    async def attempt(link: LinkSession, timeout: float) -> None:
        tried.append(errors[len(tried)])
        await asyncio.sleep(0)
        if tried[-1] is not None:
            raise tried[-1]

    healing = Reconnection(page.peer, attempt, page.links._sessions.tasks)
    page.links._sessions._reconnection = healing
    return healing, tried


async def broken(page: Page, network: MemoryNetwork) -> Link:
    link = page.link("alice")
    page.links._sessions._reconnection.restore = lambda link: None  # type: ignore[method-assign]
    network.cut()
    await until(lambda: link.state is LinkState.RECONNECTING)
    return link


async def test_pauses_grow(host: Page, guest: Page, network: MemoryNetwork) -> None:
    link = await broken(guest, network)
    healing, tried = make(guest, link, [PeerUnavailable("")] * 5 + [None])
    now = asyncio.get_running_loop().time
    began = now()
    healing.restore(link._session)
    await until(lambda: len(tried) == 6)
    assert now() - began == pytest.approx(0.5 + 1 + 2 + 4 + 8, abs=0.1)


async def test_it_is_mended_once_at_a_time(host: Page, guest: Page, network: MemoryNetwork) -> None:
    link = await broken(guest, network)
    healing, tried = make(guest, link, [None] * 5)
    healing.restore(link._session)
    healing.restore(link._session)
    await asyncio.sleep(1)
    assert tried == [None]
    healing.restore(link._session)
    await asyncio.sleep(1)
    assert tried == [None, None]


async def test_busy_and_glare_pass(host: Page, guest: Page, network: MemoryNetwork) -> None:
    link = await broken(guest, network)
    passing: list[PeerScriptError | None] = [
        LinkRefused("", reason=reason) for reason in ("busy", "glare")
    ]
    healing, tried = make(guest, link, [*passing, BrokerUnreachable(""), None])
    healing.restore(link._session)
    await until(lambda: len(tried) == 4)
    assert link.state is LinkState.RECONNECTING
    busy: list[PeerScriptError | None] = [LinkRefused("", reason="busy")]
    healing, tried = make(guest, link, busy * 20)
    healing.restore(link._session)
    await until(lambda: link.state is LinkState.LOST)


async def test_whoever_hears_that_it_is_given_up_may_retry_at_once(
    host: Page, guest: Page, network: MemoryNetwork
) -> None:
    link = await broken(guest, network)
    healing, tried = make(guest, link, [LinkRefused("", reason="proof"), None])
    link.on("change", link.reconnect)
    healing.restore(link._session)
    await until(lambda: len(tried) == 2)


async def test_an_ended_link_is_not_looked_for(
    host: Page, guest: Page, network: MemoryNetwork
) -> None:
    link = await broken(guest, network)
    healing, tried = make(guest, link, [PeerUnavailable("")] * 9)
    healing.restore(link._session)
    await until(lambda: len(tried) == 2)
    await link.close()
    await asyncio.sleep(60)
    assert len(tried) == 2
    healing.stop(link._session)


async def test_a_path_that_heals_while_another_is_looked_for(
    host: Page, guest: Page, network: MemoryNetwork
) -> None:
    """It is used, whether the attempt fails then or has failed before."""
    link = await broken(guest, network)
    failures: list[PeerScriptError | None] = [PeerUnavailable("")] * 3
    healing, tried = make(guest, link, failures)
    healing.restore(link._session)
    await until(lambda: tried)
    link._session.move(LinkState.CONNECTED)  # in the middle of the attempt
    await asyncio.sleep(60)
    assert len(tried) == 1
    link._session.move(LinkState.RECONNECTING)
    healing.restore(link._session)
    await until(lambda: len(tried) == 2)
    await asyncio.sleep(0.1)
    link._session.move(LinkState.CONNECTED)  # in the pause behind it
    await asyncio.sleep(60)
    assert len(tried) == 2


async def test_a_host_waits_for_its_guest_no_longer_than_it_can_be_reached(
    host: Page, guest: Page, network: MemoryNetwork
) -> None:
    """Whoever has left may be back from a reload; without a broker nobody can come back."""
    far = host.link("bob")
    await guest.unload()
    network.go_down()
    await until(lambda: far.state is LinkState.RECONNECTING)
    await asyncio.sleep(2 * GONE_AFTER)
    assert far.state is LinkState.RECONNECTING
    network.come_back()
    took = await until(lambda: far.state is LinkState.LOST, 120)
    assert took >= GONE_AFTER
    assert "has not come back" in str(far.error)


async def test_who_wakes_up_looks_at_the_clock_at_once(
    host: Page, guest: Page, network: MemoryNetwork
) -> None:
    """A laptop was closed for longer than a path is looked for, or the path is back meanwhile."""
    far, reconnection = host.link("bob"), host.links._sessions._reconnection
    await broken(guest, network)
    await until(lambda: far.state is LinkState.RECONNECTING)
    network.go_down()
    await until(lambda: not host.peer.open)
    await asyncio.sleep(0.1)
    reconnection.retry_now()
    await asyncio.sleep(0.1)
    assert far.state is LinkState.RECONNECTING
    network.come_back()
    await until(lambda: host.peer.open)
    loop = asyncio.get_running_loop()
    assert isinstance(loop, QuickLoop)
    loop.sleep_through(GIVE_UP_AFTER)
    reconnection.retry_now()
    assert await until(lambda: far.state is LinkState.LOST) < 1


async def test_a_path_that_is_back_is_not_looked_for_any_more(
    host: Page, guest: Page, network: MemoryNetwork
) -> None:
    links = [await broken(guest, network), host.link("bob")]
    await until(lambda: links[1].state is LinkState.RECONNECTING)
    healing, tried = make(guest, links[0], [PeerUnavailable("")])
    healing.restore(links[0]._session)
    host_healing, _ = make(host, links[1], [])
    host_healing.restore(links[1]._session)
    await until(lambda: tried)
    await asyncio.sleep(0.1)
    for link, each in zip(links, (healing, host_healing), strict=True):
        link._session.move(LinkState.CONNECTED)
        each.retry_now()
    await until(lambda: not healing._restoring and not host_healing._restoring, 1)
    links[0]._session.move(LinkState.RECONNECTING)
    healing.restore(links[0]._session)
    links[0]._session.move(LinkState.CONNECTED)  # before it has begun
    await until(lambda: not healing._restoring, 1)
    assert len(tried) == 1
