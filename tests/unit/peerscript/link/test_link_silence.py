"""Pages that fall silent are noticed, and paths that broke are replaced."""

from __future__ import annotations

import asyncio
from functools import partial

import pytest

from peerscript.errors import ConnectionLost
from peerscript.protocol.link.state import LinkState
from peerscript.testing import MemoryNetwork
from tests.clock import QuickLoop, soon, until
from tests.unit.peerscript.conftest import OpenPage
from tests.unit.peerscript.pages import Page


async def test_silence_is_noticed_and_the_old_path_may_heal_by_itself(
    host: Page, guest: Page, network: MemoryNetwork
) -> None:
    await asyncio.sleep(10)
    link, far = guest.link("alice"), host.link("bob")
    states: list[LinkState] = []
    link.on("change", lambda: states.append(link.state))
    network.hold()
    took = await until(lambda: LinkState.RECONNECTING is link.state is far.state)
    assert took <= 4.5
    assert isinstance(link.error, ConnectionLost)
    network.release()
    assert await until(lambda: link.connected and far.connected) <= 1.0
    assert link.error is far.error is None
    await guest.chat("alice").send("we are back")
    await until(lambda: host.heard["bob"] == ["we are back"])


async def test_a_path_that_falls_silent_before_anything_was_said_on_it(
    host: Page, guest: Page, network: MemoryNetwork
) -> None:
    """The browser may never tell: such a path is replaced like any other."""
    link, far = guest.link("alice"), host.link("bob")
    network.cut()
    await soon(lambda: not link.connected and not far.connected)
    await soon(lambda: link._session._path is not None and far._session._path is not None)
    assert not link.connected
    for channel in network.channels:
        channel._events = None  # the new path is dead already, and nobody is told
    await until(lambda: link.connected and far.connected)


@pytest.mark.parametrize("secret", [True, False])
async def test_a_path_that_breaks_before_anything_was_said_on_it(
    host: Page, open_page: OpenPage, network: MemoryNetwork, secret: bool
) -> None:
    bob = await open_page("bob")
    link = bob.links.dial("alice", host.links.invites.issue().secret if secret else None)
    if not secret:
        await until(lambda: link.state is LinkState.WAITING)
        host.link("bob").accept()
    await soon(
        lambda: link._session._path is not None and host.link("bob")._session._path is not None
    )
    assert not link.connected
    assert not host.link("bob").connected
    network.cut()
    await until(lambda: link.connected and host.link("bob").connected)


async def test_a_page_that_is_frozen_says_so(
    host: Page, guest: Page, network: MemoryNetwork
) -> None:
    guest.link("alice")._session.freeze()
    await until(lambda: host.link("bob").state is LinkState.RECONNECTING, 0.5)
    network.hold()
    await asyncio.sleep(10)
    network.release()  # it thaws, and speaks
    await until(lambda: host.link("bob").connected)


async def test_a_page_that_is_closed_is_missed_at_once(host: Page, guest: Page) -> None:
    await guest.unload()
    assert await until(lambda: host.link("bob").state is LinkState.RECONNECTING) <= 0.1
    assert await until(lambda: host.link("bob").state is LinkState.LOST) <= 40
    await guest.load()
    await until(lambda: host.link("bob").connected and guest.link("alice").connected)


async def test_whoever_slept_gives_the_others_time(host: Page, guest: Page) -> None:
    """A laptop that was closed has heard nothing either: that is no silence of the others'."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, QuickLoop)
    loop.sleep_through(100)
    states: list[LinkState] = []
    for link in (host.link("bob"), guest.link("alice")):
        link.on("change", partial(lambda link: states.append(link.state), link))
    await asyncio.sleep(10)
    assert states == []
