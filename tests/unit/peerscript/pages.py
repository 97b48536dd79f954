"""Pages with Links in one process, on a clock that nobody has to wait for."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager
from typing import Any

from peerscript import DataConnection, Peer
from peerscript.errors import LinkRefused
from peerscript.link.handshake import handshake_as_guest
from peerscript.link.host import LABEL
from peerscript.link.link import Link
from peerscript.link.links import Links
from peerscript.protocol.link.handshake import Outcome
from peerscript.protocol.link.invites import secret_bytes
from peerscript.protocol.link.messages import WORDS, Resume
from peerscript.testing import MemoryNetwork


class Page:
    """A page that can be loaded again: its ID, its name and what it has stored outlive that.

    Attributes:
        heard: the texts from each page, by its ID: those that were stored, then those that came.
        live: the live messages.
        restarts: of the others, by ID.
        refused: who was not let in, and why.
    """

    def __init__(
        self, network: MemoryNetwork, peer_id: str, storage: MutableMapping[str, str]
    ) -> None:
        self.network, self.id, self.name, self.storage = network, peer_id, peer_id.title(), storage
        self.options: dict[str, Any] = {}
        self.heard: dict[str, list[str]] = {}
        self.live: dict[str, list[str | bytes]] = {}
        self.restarts: dict[str, int] = {}
        self.refused: list[tuple[str, str]] = []
        self.reading = asyncio.Event()  # of live messages; cleared, nobody reads
        self.reading.set()
        self._readers: set[asyncio.Task[None]] = set()

    async def load(self) -> None:
        self.heard, self.live = defaultdict(list), defaultdict(list)
        self.restarts = defaultdict(int)
        self.peer = Peer(self.id, browser=self.network, **self.options)
        await self.peer.start()
        self.links = Links(self.peer, name=self.name, storage=self.storage)
        self.links.on("refused", self._on_refused)
        self.links.begin()
        for link in self.links.all:
            self.heard[link.peer_id] += [entry.text for entry in link.history if not entry.mine]
        self._start(self._welcome())

    async def unload(self) -> None:
        for task in self._readers:
            task.cancel()
        await asyncio.gather(*self._readers, return_exceptions=True)
        await self.links.close()
        await self.peer.close()

    async def reload(self) -> None:
        await self.unload()
        await self.load()

    def link(self, peer_id: str) -> Link:
        link = self.links.with_peer(peer_id)
        assert link is not None
        return link

    def _start(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._readers.add(task)
        task.add_done_callback(self._readers.discard)

    async def _welcome(self) -> None:
        async for link in self.links:
            peer_id = link.peer_id
            link.on("restart", lambda peer_id=peer_id: self._on_restart(peer_id))
            self._start(self._read_texts(link))
            self._start(self._read_live(link))

    def _on_refused(self, error: LinkRefused, peer_id: str) -> None:
        self.refused.append((error.reason, peer_id))

    def _on_restart(self, peer_id: str) -> None:
        self.restarts[peer_id] += 1

    async def _read_texts(self, link: Link) -> None:
        async for text in link:
            self.heard[link.peer_id].append(text)

    async def _read_live(self, link: Link) -> None:
        await self.reading.wait()
        async for payload in link.messages():
            self.live[link.peer_id].append(payload)
            await self.reading.wait()


class Stranger:
    """Somebody who says what they like, frame by frame."""

    def __init__(self, peer: Peer, connection: DataConnection) -> None:
        self.peer, self.connection = peer, connection

    async def say(self, *words: Any) -> None:
        """Words, or frames as they are."""
        for word in words:
            frame = word if isinstance(word, str | bytes) else WORDS.encode(word)
            await self.connection.send(frame)

    async def hear(self, kind: type[Any]) -> Any:
        """The next word of a kind; what comes before is ignored."""
        while not isinstance(word := WORDS.decode(await self.connection.receive()), kind):
            continue
        return word

    async def prove(self, secret: str) -> Outcome:
        return await handshake_as_guest(self.connection, self.peer.id or "", secret_bytes(secret))

    async def come_in(self, secret: str, name: str = "Mallory") -> Outcome:
        """Behave until the Link is connected."""
        outcome = await self.prove(secret)
        await self.say(Resume(0, 0, name, "epoch", ""))
        await self.hear(Resume)
        return outcome


async def knock(peer: Peer, peer_id: str, **options: Any) -> Stranger:
    """Connect to a page as a Link does."""
    options = {"label": LABEL, "serialization": "raw", **options}
    return Stranger(peer, await peer.connect(peer_id, **options))


@asynccontextmanager
async def squatter(page: Page) -> AsyncIterator[Peer]:
    """Takes a page's ID, which the broker takes for gone; its paths stay."""
    pages = page.network.pages
    broker = pages.pop(page.id)
    async with Peer(page.id, browser=page.network) as peer:
        yield peer
    pages.setdefault(page.id, broker)
