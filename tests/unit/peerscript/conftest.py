"""A network in memory, and two pages that know each other over it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from typing import Any

import pytest

from peerscript import DataConnection, Peer
from peerscript.testing import MemoryNetwork
from tests.clock import until
from tests.unit.peerscript import javascript
from tests.unit.peerscript.pages import Page, Stranger, knock

OpenPage = Callable[..., Awaitable[Page]]


@pytest.fixture
def network() -> MemoryNetwork:
    return MemoryNetwork()


@pytest.fixture
async def alice(network: MemoryNetwork) -> AsyncIterator[Peer]:
    async with Peer("alice", browser=network) as peer:
        yield peer


@pytest.fixture
async def bob(network: MemoryNetwork) -> AsyncIterator[Peer]:
    async with Peer("bob", browser=network) as peer:
        yield peer


@pytest.fixture
async def pair(alice: Peer, bob: Peer) -> tuple[DataConnection, DataConnection]:
    """Alice's end and Bob's end of one connection."""
    near = await alice.connect("bob")
    return near, await anext(bob.connections())


@pytest.fixture
async def open_page(network: MemoryNetwork) -> AsyncIterator[OpenPage]:
    """Opens pages with Links. At the end nothing has gone wrong unnoticed in any of them."""
    unhandled: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: unhandled.append(context))
    opened: list[Page] = []

    async def open_one(
        peer_id: str, *, storage: MutableMapping[str, str] | None = None, **options: Any
    ) -> Page:
        page = Page(network, peer_id, {} if storage is None else storage)
        page.options = options
        await page.load()
        opened.append(page)
        return page

    yield open_one
    for page in opened:
        await page.unload()
    assert unhandled == []


@pytest.fixture
async def host(open_page: OpenPage) -> Page:
    """Alice, who gives out invites."""
    return await open_page("alice")


@pytest.fixture
async def guest(open_page: OpenPage, host: Page) -> Page:
    """Bob, who has come by one; both are connected."""
    page = await open_page("bob")
    await page.links.connect("alice", host.links.invites.issue().secret)
    await until(lambda: host.link("bob").connected)
    return page


@pytest.fixture
async def mallory(network: MemoryNetwork) -> AsyncIterator[Peer]:
    async with Peer("mallory", browser=network) as peer:
        yield peer


@pytest.fixture
async def intruder(host: Page, mallory: Peer) -> Stranger:
    """Mallory, connected by an invite, and free to say anything."""
    stranger = await knock(mallory, "alice")
    await stranger.come_in(host.links.invites.issue().secret)
    return stranger


@pytest.fixture
def in_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """There are objects of JavaScript: those of javascript.py."""
    monkeypatch.setattr("peerscript.data.foreign.recognizer", lambda: javascript.foreign)
