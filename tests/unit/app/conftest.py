"""Apps in one process, over the network in memory, and what their pages would show."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from peerscript.protocol.link.state import LinkState
from peerscript.slides import DeckSource
from peerscript.testing import MemoryNetwork, MemorySource
from tests.clock import until
from tests.unit.app.pages import App
from tests.unit.app.storage import MemoryJournal, MemoryStore

Open = Callable[..., Awaitable[App]]


@pytest.fixture
def network() -> MemoryNetwork:
    return MemoryNetwork()


@pytest.fixture
async def open_app(network: MemoryNetwork, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Open]:
    """Open the page of somebody by their ID. No error of its tasks and handlers is passed over."""
    monkeypatch.setattr("peerscript.aio.backoff.FIRST", 0.001)  # nobody waits for the next attempt
    monkeypatch.setattr("peerscript.aio.backoff.LONGEST", 0.002)
    monkeypatch.setattr("app.files.following.PAUSE", 0.0)  # so that a card shows every state
    reported: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: reported.append(context))
    opened: list[App] = []

    async def open_page(
        peer_id: str,
        name: str | None = None,
        storage: dict[str, str] | None = None,
        decks: dict[str, DeckSource] | None = None,
        journal: MemoryJournal | None = None,
        store: MemoryStore | None = None,
    ) -> App:
        name = peer_id.title() if name is None else name
        kept = {} if storage is None else storage
        app = App(network, peer_id, name, kept, decks, journal, store)
        opened.append(app)
        await app.load()
        return app

    yield open_page
    for app in reversed(opened):
        await app.unload()
    assert reported == []


@pytest.fixture
def reload(open_app: Open) -> Open:
    """Load a page again: the same tab, so the same identity and storage."""

    async def load_again(app: App, name: str | None = None) -> App:
        await app.unload()
        name = name or app.name
        return await open_app(app.peer_id, name, app.storage, app.decks, app.journal, app.store)

    return load_again


@pytest.fixture
def join(open_app: Open) -> Callable[..., Awaitable[App]]:
    """Open the page of somebody by a host's invite, and wait until they are in."""

    async def come_in(peer_id: str, host: App) -> App:
        app = await open_app(peer_id)
        app.people.connect(host.invite_link.invite())
        await until(lambda: app.people.connected and host.find(peer_id))
        await until(lambda: host.contact(peer_id).link.connected)
        return app

    return come_in


@pytest.fixture
async def apps(open_app: Open, join: Callable[..., Awaitable[App]]) -> tuple[App, App]:
    """Alice and Bob, who came by her invite."""
    alice = await open_app("alice")
    return alice, await join("bob", alice)


@pytest.fixture
async def carol(apps: tuple[App, App], join: Callable[..., Awaitable[App]]) -> App:
    """A third person, who is connected to Alice alone."""
    return await join("carol", apps[0])


@pytest.fixture
async def dave(open_app: Open) -> App:
    """Somebody whom nobody knows."""
    return await open_app("dave")


@pytest.fixture
def part(network: MemoryNetwork) -> Callable[..., Awaitable[None]]:
    """Break every path. None stands again before `network.release()`."""

    async def break_paths(*apps: App) -> None:
        network.hold()
        network.cut()
        everybody = [contact for app in apps for contact in app.people.all]
        await until(lambda: all(each.state is LinkState.RECONNECTING for each in everybody))

    return break_paths


@pytest.fixture
def give_up_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is out of reach is so for good."""
    monkeypatch.setattr("peerscript.link.reconnection.GONE_AFTER", -1.0)
    monkeypatch.setattr("peerscript.link.reconnection.GIVE_UP_AFTER", -1.0)


@pytest.fixture
def wait() -> Callable[..., Any]:
    return until


@pytest.fixture
def source() -> type[MemorySource]:
    return MemorySource
