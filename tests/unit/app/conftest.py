"""Two apps in one process, over the network in memory, and what their pages would show."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from app.calls import Calls
from app.chat import Chat, ChatMessage
from app.contact import Contact
from app.files import Files
from app.people import People
from app.tasks import Tasks
from app.transfer import Transfer
from peerscript import Peer
from peerscript.memory import MemoryNetwork


class Notices:
    def __init__(self) -> None:
        self.problems: list[str] = []
        self.announced: list[str] = []

    def problem(self, text: str) -> None:
        self.problems.append(text)

    def announce(self, text: str) -> None:
        self.announced.append(text)


class View:
    """Every panel at once: it keeps what it was told to show."""

    def __init__(self) -> None:
        self.people: list[Contact] = []
        self.messages: dict[int, ChatMessage] = {}
        self.transfers: dict[str, Transfer] = {}
        self.call: dict[str, Any] = {}
        self.ringing = ""

    def show(
        self,
        item: Any,
        /,
        *,
        name: str = "",
        peer_id: str = "",
        local: Any = None,
        remote: Any = None,
    ) -> None:
        if isinstance(item, Contact):
            self.people = [each for each in self.people if each is not item] + [item]
        elif isinstance(item, ChatMessage):
            self.messages[item.key] = item
        elif isinstance(item, Transfer):
            self.transfers[item.key] = item
        else:
            self.call = {"phase": item, "name": name, "local": local, "remote": remote}

    def remove(self, contact: Contact) -> None:
        self.people.remove(contact)

    def ring(self, name: str) -> None:
        self.ringing = name


class MemorySource:
    def __init__(self, name: str, content: bytes, type: str = "") -> None:
        self.name, self.size, self.type = name, len(content), type
        self.content = content

    async def read(self, start: int, size: int) -> bytes:
        return self.content[start : start + size]


class MemoryStore:
    """Keeps what arrived; can be made to fail, or to wait."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}
        self.discarded: list[str] = []
        self.full = False
        self.gate = asyncio.Event()
        self.gate.set()

    async def create(self, name: str, size: int, type: str) -> MemorySink:
        if self.full:
            raise OSError("no room")
        return MemorySink(self, name)


class MemorySink:
    def __init__(self, store: MemoryStore, name: str) -> None:
        self.store, self.name, self.content = store, name, bytearray()

    async def write(self, data: bytes) -> None:
        await self.store.gate.wait()
        self.content += data

    async def finish(self) -> bytes:
        self.store.kept[self.name] = bytes(self.content)
        return bytes(self.content)

    async def discard(self) -> None:
        self.store.discarded.append(self.name)


class App:
    """One page without its browser."""

    def __init__(self, network: MemoryNetwork, name: str) -> None:
        self.network, self.name = network, name
        self.view, self.notices, self.store = View(), Notices(), MemoryStore()
        self.peer = Peer(name, browser=network)
        self.tasks = Tasks(self.notices)
        self.people = People(name.title(), self.tasks, self.view, self.notices)
        self.chat = Chat(self.people, self.view, self.notices)
        self.files = Files(self.people, self.view, self.notices, self.store, self.tasks)
        self.calls = Calls(self.people, self.view, self.notices, self, self.tasks)
        self.people.tell(self.chat, self.files, self.calls)

    async def get_user_media(self, *, audio: bool = True, video: bool = True) -> Any:
        return await self.network.get_user_media(audio, video)

    def set_enabled(self, stream: Any, kind: str, enabled: bool) -> None:
        self.network.set_enabled(stream, kind, enabled)

    def stop(self, stream: Any) -> None:
        self.network.stop(stream)

    @property
    def transfer(self) -> Transfer:
        (transfer,) = self.view.transfers.values()
        return transfer


async def until(reached: Callable[[], object]) -> None:
    """Let the event loop run until something is so; five seconds are for ever here."""
    async with asyncio.timeout(5):
        while not reached():
            await asyncio.sleep(0)


@pytest.fixture
def network() -> MemoryNetwork:
    return MemoryNetwork()


@pytest.fixture
async def apps(network: MemoryNetwork) -> AsyncIterator[tuple[App, App]]:
    """Alice and Bob, connected."""
    alice, bob = App(network, "alice"), App(network, "bob")
    async with alice.tasks, bob.tasks:
        for app in (alice, bob):
            await app.peer.start()
            app.tasks.start(app.people.welcome(app.peer))
            app.tasks.start(app.calls.listen(app.peer))
        await bob.people.connect(bob.peer, "alice")
        await until(lambda: len(alice.people.connected) == len(bob.people.connected) == 1)
        await until(lambda: alice.view.people[0].name == "Bob")
        yield alice, bob
        await alice.peer.close()
        await bob.peer.close()


@pytest.fixture
def wait() -> Callable[..., Any]:
    return until


@pytest.fixture
def source() -> type[MemorySource]:
    return MemorySource
