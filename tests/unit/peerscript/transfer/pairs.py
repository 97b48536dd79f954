"""Two pages that can be loaded again, and the files that one offers to the other."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from peerscript.link.link import Link
from peerscript.protocol.link.state import LinkState
from peerscript.testing import MemoryNetwork, MemorySource, MemoryStore
from peerscript.transfer import IncomingOffer, OutgoingOffer
from tests.clock import until
from tests.unit.peerscript.pages import Page

CONTENT = bytes(range(256)) * 40_000  # 10 MB: more than the window


class Counting(MemorySource):
    """Notes what is read of it."""

    def __init__(self, name: str, content: bytes) -> None:
        super().__init__(name, content)
        self.reads: list[int] = []

    async def read(self, offset: int, size: int) -> bytes:
        self.reads.append(offset)
        return await super().read(offset, size)


class Pair:
    """Alice sends to Bob; either page can be loaded again."""

    def __init__(self, host: Page, guest: Page) -> None:
        self.host, self.guest = host, guest
        self.offers: AsyncIterator[IncomingOffer] = self.bob.offers()

    @property
    def alice(self) -> Link:
        return self.host.link("bob")

    @property
    def bob(self) -> Link:
        return self.guest.link("alice")

    async def send(self, *contents: bytes, key: str = "") -> tuple[OutgoingOffer, IncomingOffer]:
        sources = [Counting(f"{n}", content) for n, content in enumerate(contents)]
        sending = await self.alice.send_files(sources, key=key)
        return sending, await anext(self.offers)

    async def begin(
        self, *contents: bytes, store: MemoryStore
    ) -> tuple[OutgoingOffer, IncomingOffer]:
        """Both sides of an offer whose first file is on its way."""
        sending, offer = await self.send(*contents)
        await offer.accept(into=store)
        await until(lambda: sending.files[0].moved > 1_000_000)
        return sending, offer

    async def reload_bob(self) -> None:
        await self.guest.reload()
        self.offers = self.bob.offers()

    async def lose(self, network: MemoryNetwork, monkeypatch: pytest.MonkeyPatch) -> None:
        """Bob gives up, and Alice does not notice."""
        with monkeypatch.context() as patch:
            patch.setattr("peerscript.link.reconnection.GONE_AFTER", -1.0)
            page = network.pages.pop("alice")
            network.cut()
            await until(lambda: self.bob.state is LinkState.LOST)
        network.pages["alice"] = page
