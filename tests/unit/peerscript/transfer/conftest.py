"""Two pages that know each other, and files that go from Alice's to Bob's."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import pytest

from peerscript.link.link import Link
from peerscript.protocol.transfer.manifest import FileInfo
from peerscript.testing import MemorySource, MemoryStore
from peerscript.testing.files import MemorySink
from peerscript.transfer import IncomingOffer, OutgoingOffer
from tests.unit.peerscript.pages import Page
from tests.unit.peerscript.transfer.pairs import Pair


class SlowStore(MemoryStore):
    """Waits while its gate is closed, and notes what was begun."""

    def __init__(self, room: int | None = None) -> None:
        super().__init__(room)
        self.gate = asyncio.Event()
        self.gate.set()
        self.begun: list[str] = []

    async def open(self, key: str, index: int, file: FileInfo) -> MemorySink:
        self.begun.append(file.path)
        return _SlowSink(self, (key, index), file)


class _SlowSink(MemorySink):
    def __init__(self, store: SlowStore, at: tuple[str, int], file: FileInfo) -> None:
        super().__init__(store, at, file)
        self._slow = store

    async def write(self, data: bytes) -> None:
        await self._slow.gate.wait()
        await super().write(data)


def heard() -> list[dict[str, Any]]:
    """What is reported to the event loop from now on."""
    reported: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: reported.append(context))
    return reported


@pytest.fixture
def store() -> SlowStore:
    return SlowStore()


@pytest.fixture
async def alice(host: Page, guest: Page) -> Link:
    """Alice's Link to Bob."""
    return host.link("bob")


@pytest.fixture
async def bob(host: Page, guest: Page) -> Link:
    """Bob's Link to Alice."""
    return guest.link("alice")


@pytest.fixture
async def pair(host: Page, guest: Page) -> Pair:
    return Pair(host, guest)


Send = Callable[..., Awaitable[tuple[OutgoingOffer, IncomingOffer]]]


@pytest.fixture
def send(alice: Link, bob: Link) -> Send:
    """Offer files; both sides of the offer."""

    async def offer(
        *contents: bytes, sources: Iterable[Any] = (), name: str = ""
    ) -> tuple[OutgoingOffer, IncomingOffer]:
        offers = bob.offers()
        files = [MemorySource(f"{n}", content) for n, content in enumerate(contents)]
        sending = await alice.send_files([*files, *sources], name=name)
        return sending, await anext(offers)

    return offer
