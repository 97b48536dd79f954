"""Files between pages that are loaded again, lose each other, pause and cancel at any moment."""

from __future__ import annotations

import asyncio
import hashlib
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from peerscript.errors import TransferError
from peerscript.link import reconnection
from peerscript.protocol.link.state import LinkState
from peerscript.protocol.transfer.messages import WINDOW
from peerscript.protocol.transfer.transfer import FileState
from peerscript.testing import MemoryNetwork, MemorySource, MemoryStore
from peerscript.transfer import IncomingOffer, OutgoingOffer
from tests.clock import until
from tests.unit.peerscript.pages import Page

SEEDS = 6
TURNS = 400  # of the loop between two events, at most
KEY = "0123456789abcdef" * 2


class Pages:
    """Alice sends the same files to Bob until he has them, whatever happens in between."""

    def __init__(self, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
        self.random = random.Random(seed)
        self.patch = monkeypatch
        self.network = MemoryNetwork()
        self.alice = Page(self.network, "alice", {})
        self.bob = Page(self.network, "bob", {})
        sizes = [self.random.choice([0, 1, 300_000, 1_000_000]) for _ in range(4)]
        self.contents = [self.random.randbytes(size) for size in [*sizes, 5_000_000]]
        self.store = MemoryStore()
        self.sending: OutgoingOffer | None = None
        self.offer: IncomingOffer | None = None
        self.cancelled: set[int] = set()
        self._accepting: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        await self.alice.load()
        await self.bob.load()
        await self.bob.links.connect("alice", self.alice.links.invites.issue().secret)
        await until(lambda: self.alice.has_link("bob") and self.alice.link("bob").connected)
        self.listen()
        await self.send()

    async def send(self) -> None:
        files = [MemorySource(f"{n}", content) for n, content in enumerate(self.contents)]
        self.sending = await self.alice.link("bob").send_files(files, key=KEY)

    def listen(self) -> None:
        self._accepting = asyncio.create_task(self._accept(self.bob.link("alice").offers()))

    async def _accept(self, offers: AsyncIterator[IncomingOffer]) -> None:
        async for offer in offers:
            self.offer = offer
            await offer.accept(into=self.store)

    async def stop(self) -> None:
        if self._accepting is not None:
            self._accepting.cancel()
            await asyncio.wait([self._accepting])
        self.offer = None

    # Events

    async def reload_alice(self) -> None:
        await self.alice.unload()
        await self.turn()
        await self.alice.load()
        await until(lambda: self.alice.has_link("bob"))
        await until(lambda: self.alice.link("bob").connected)
        await self.send()

    async def reload_bob(self) -> None:
        await self.bob.unload()
        await self.stop()
        await self.turn()
        await self.bob.load()
        await self.turn()
        self.listen()

    async def cut(self) -> None:
        self.network.cut()

    async def lose(self) -> None:
        """Bob gives up; Alice waits, and may not even notice."""
        link = self.bob.link("alice")
        with self.patch.context() as patch:
            patch.setattr(reconnection, "GONE_AFTER", -1.0)
            page = self.network.pages.pop("alice")
            self.network.cut()
            await until(lambda: link.state is LinkState.LOST)
        self.network.pages["alice"] = page
        await self.turn()
        link.reconnect()

    async def pause(self) -> None:
        side = self.side()
        if side is not None:
            side.pause([self.random.randrange(5)])
            await self.turn()
            if self.random.random() < 0.5:
                side.resume()

    async def cancel(self) -> None:
        side = self.side()
        if side is not None and self.random.random() < 0.3:
            index = self.random.randrange(5)
            self.cancelled.add(index)
            side.cancel([index])

    def side(self) -> OutgoingOffer | IncomingOffer | None:
        return self.random.choice([self.sending, self.offer])

    async def turn(self) -> None:
        for _ in range(self.random.randrange(TURNS)):
            await asyncio.sleep(0)
            if self.offer is not None:
                assert self.offer._machine._waiting_size <= 2 * WINDOW

    async def event(self) -> None:
        await self.turn()
        events: list[Callable[[], object]] = [
            self.reload_alice,
            self.reload_bob,
            self.cut,
            self.lose,
            self.pause,
            self.cancel,
        ]
        await self.random.choice(events)()  # type: ignore[misc]

    # The end

    async def finish(self) -> None:
        await until(lambda: self.bob.link("alice").connected and self.going_on())
        await until(self.over)

    def going_on(self) -> bool:
        return self.sending is not None and (self.sending.settled or self.offer is not None)

    def over(self) -> bool:
        assert self.sending is not None
        for side in (self.sending, self.offer):
            if side is not None and not side.settled:
                side.resume()
        return self.sending.settled and (self.offer is None or self.offer.settled)

    async def close(self) -> None:
        await self.stop()
        for page in (self.alice, self.bob):
            await page.unload()


@asynccontextmanager
async def pages(seed: int, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Pages]:
    found = Pages(seed, monkeypatch)
    await found.begin()
    yield found
    await found.close()


@pytest.mark.parametrize("seed", range(SEEDS))
async def test_files_end_equal_or_in_a_stated_end(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with pages(seed, monkeypatch) as both:
        for _ in range(both.random.randrange(1, 8)):
            await both.event()
        await both.finish()
        sending, store = both.sending, both.store
        assert sending is not None
        for index, (file, content) in enumerate(zip(sending.files, both.contents, strict=True)):
            if file.state is FileState.DONE:
                assert store.files[f"{index}"] == content
                assert file.sha256 == hashlib.sha256(content).hexdigest()
            else:
                assert index in both.cancelled
                assert file.problem
        for path, found in store.files.items():
            assert found == both.contents[int(path)]
        assert sending._machine._in_flight == 0
        if len(both.cancelled) < 5:
            await sending.finished()
        else:
            with pytest.raises(TransferError):
                await sending.finished()
