"""How long a host waits for a guest to whom it has no path."""

from __future__ import annotations

import asyncio

from peerscript.link.reconnection import CHECK_INTERVAL, GIVE_UP_AFTER, GONE_AFTER
from peerscript.ports import PageEvent
from peerscript.protocol.link.state import LinkState
from peerscript.testing import MemoryNetwork
from tests.clock import soon, until
from tests.unit.peerscript.link.dials import count_dials
from tests.unit.peerscript.pages import Page


async def test_a_guest_that_never_comes_back(host: Page, guest: Page) -> None:
    far = host.link("bob")
    guest.links._sessions._reconnection.restore = lambda link: None  # type: ignore[method-assign]
    guest.network.cut()
    took = await until(lambda: far.state is LinkState.LOST, 2 * GIVE_UP_AFTER)
    assert GIVE_UP_AFTER <= took <= GIVE_UP_AFTER + 40
    assert "has not come back" in str(far.error)


async def test_a_guest_whose_page_dies_without_a_word(
    host: Page, guest: Page, network: MemoryNetwork
) -> None:
    """The broker says soon that nobody has its ID any more."""
    far = host.link("bob")
    dials = count_dials(host)
    network.cut()
    await guest.unload()
    took = await until(lambda: far.state is LinkState.LOST, GIVE_UP_AFTER)
    assert "has not come back" in str(far.error)
    assert GONE_AFTER <= took <= GONE_AFTER + 20
    asked = len(dials)
    await asyncio.sleep(60)
    assert len(dials) == asked
    await guest.load()
    await until(lambda: far.connected)


async def test_a_guest_whose_page_dies_and_comes_back_as_another(
    host: Page, guest: Page, network: MemoryNetwork
) -> None:
    """It has forgotten the Link; somebody has its ID, but shows another certificate."""
    far = host.link("bob")
    network.cut()
    await guest.unload()
    guest.storage.clear()
    await guest.load()
    took = await until(lambda: far.state is LinkState.LOST, GIVE_UP_AFTER)
    assert GONE_AFTER <= took <= GONE_AFTER + 20


async def test_a_guest_who_was_back_and_is_lost_again_is_waited_for_anew(
    host: Page, guest: Page, network: MemoryNetwork
) -> None:
    """Between two looks of the host: first its page was left, then the path broke."""
    far = host.link("bob")
    await guest.unload()
    await soon(lambda: not far.connected)
    left = far.error
    await guest.load()
    assert await until(lambda: far.connected) < CHECK_INTERVAL
    guest.links._sessions._reconnection.restore = lambda link: None  # type: ignore[method-assign]
    network.cut()
    await soon(lambda: not far.connected)
    assert far.error is not left
    host.links._sessions._on_page_event(PageEvent.AWAKE)  # it looks at once
    took = await until(lambda: far.state is LinkState.LOST, 2 * GIVE_UP_AFTER)
    assert took >= GIVE_UP_AFTER


async def test_a_guest_who_is_there_but_finds_no_path_is_asked_for_without_a_trace(
    host: Page, guest: Page
) -> None:
    """What the host dials to learn it is closed at once, and is no stranger to anybody."""
    far = host.link("bob")
    guest.links._sessions._reconnection.restore = lambda link: None  # type: ignore[method-assign]
    dials = count_dials(host)
    guest.network.cut()
    await asyncio.sleep(GIVE_UP_AFTER / 2)
    assert far.state is LinkState.RECONNECTING
    assert len(dials) > 3
    assert [link.peer_id for link in guest.links.all] == ["alice"]
    assert guest.refused == []
