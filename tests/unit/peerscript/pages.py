"""Pages with Links in one process, on a clock that nobody has to wait for."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, ClassVar

from peerscript import DataConnection, Peer
from peerscript.errors import LinkRefused
from peerscript.link.channel import Channel
from peerscript.link.handshake import handshake_as_guest
from peerscript.link.host import LABEL
from peerscript.link.link import Link
from peerscript.link.links import Links
from peerscript.protocol.link.envelope import Envelope
from peerscript.protocol.link.handshake import Outcome
from peerscript.protocol.link.invites import secret_bytes
from peerscript.protocol.link.messages import HANDSHAKE, SESSION, Resume
from peerscript.protocol.link.state import LinkState
from peerscript.protocol.values import pythonpack
from peerscript.testing import MemoryNetwork

RESTARTING = ["talk", "files"]  # the channels of a page that begin anew with it


class Page:
    """A page that can be loaded again: its ID, its name and what it has stored outlive that.

    It opens a channel of each kind on every Link: "chat" is kept, "talk" reliable, "files" bulk,
    and "laser" live.

    Attributes:
        heard: the texts of "chat" from each page, by its ID: those that were stored, then those
            that came.
        got: by a page's ID and a channel's name, what came over the others.
        restarts: of the others, by ID.
        refused: who was not let in, and why.
        reading: of all channels but "chat"; cleared, nobody reads.
    """

    CHANNELS: ClassVar[dict[str, dict[str, Any]]] = {
        "chat": {},
        "talk": {"kept": False},
        "files": {"bulk": True},
        "laser": {"delivery": "live"},
    }

    def __init__(
        self, network: MemoryNetwork, peer_id: str, storage: MutableMapping[str, str]
    ) -> None:
        self.network, self.id, self.name, self.storage = network, peer_id, peer_id.title(), storage
        self.options: dict[str, Any] = {}
        self.heard: dict[str, list[Any]] = {}
        self.got: dict[tuple[str, str], list[Any]] = {}
        self.restarts: dict[str, int] = {}
        self.refused: list[tuple[str, str]] = []
        self.reading = asyncio.Event()
        self.reading.set()
        self._opened: dict[Link, dict[str, Channel[Any]]] = {}
        self._readers: set[asyncio.Task[None]] = set()

    async def load(self) -> None:
        self.heard, self.got = defaultdict(list), defaultdict(list)
        self.restarts = defaultdict(int)
        self._opened.clear()
        self.peer = Peer(self.id, browser=self.network, **self.options)
        await self.peer.start()
        self.links = Links(self.peer, name=self.name, storage=self.storage)
        self.links.on("refused", self._on_refused)
        self.links.start()
        for link in self.links.all:
            self.open_all(link)
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

    def has_link(self, peer_id: str) -> bool:
        return any(link.peer_id == peer_id for link in self.links.all)

    def link(self, peer_id: str) -> Link:
        return next(link for link in self.links.all if link.peer_id == peer_id)

    def channel(self, peer_id: str, name: str) -> Channel[Any]:
        return self.open_all(self.link(peer_id))[name]

    def chat(self, peer_id: str) -> Channel[Any]:
        return self.channel(peer_id, "chat")

    async def write(self, peer_id: str, text: str) -> None:
        """Send a text over "chat"."""
        await self.chat(peer_id).send(text)

    def open_all(self, link: Link) -> dict[str, Channel[Any]]:
        """The channels of a Link; they are opened once."""
        if link not in self._opened:
            channels = {
                name: link.channel(name, **options) for name, options in self.CHANNELS.items()
            }
            self._opened[link] = channels
            stored = [message.value for message in channels["chat"].history if not message.mine]
            self.heard[link.peer_id] += stored
            link.on("restart", partial(self._on_restart, link.peer_id))
            for channel in channels.values():
                self._start(self._read(link.peer_id, channel))
        return self._opened[link]

    def _start(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._readers.add(task)
        task.add_done_callback(self._readers.discard)

    async def _welcome(self) -> None:
        async for link in self.links:
            if link.state is not LinkState.CLOSED:
                self.open_all(link)

    def _on_refused(self, error: LinkRefused, peer_id: str) -> None:
        self.refused.append((error.reason, peer_id))

    def _on_restart(self, peer_id: str) -> None:
        self.restarts[peer_id] += 1

    async def _read(self, peer_id: str, channel: Channel[Any]) -> None:
        if channel.name == "chat":
            async for text in channel:
                self.heard[peer_id].append(text)
            return
        await self.reading.wait()
        async for value in channel:
            self.got[peer_id, channel.name].append(value)
            await self.reading.wait()


class Stranger:
    """Somebody who says what they like, frame by frame."""

    def __init__(self, peer: Peer, connection: DataConnection) -> None:
        self.peer, self.connection = peer, connection

    async def say(self, *words: Any) -> None:
        """Messages, envelopes, or frames as they are."""
        for word in words:
            await self.connection.send(as_frame(word))

    async def hear(self, kind: type[Any]) -> Any:
        """The next message of a kind; what comes before is ignored."""
        while not isinstance(word := as_word(await self.connection.receive()), kind):
            continue
        return word

    async def prove(self, secret: str) -> Outcome:
        return await handshake_as_guest(self.connection, self.peer.id, secret_bytes(secret))

    async def come_in(self, secret: str, name: str = "Mallory") -> Outcome:
        """Behave until the Link is connected."""
        outcome = await self.prove(secret)
        await self.say(Resume(name, "epoch", ""))
        await self.hear(Resume)
        return outcome


def as_frame(word: Any) -> str | bytes:
    """What travels for a message or an envelope; a frame is one already."""
    if isinstance(word, str | bytes):
        return word
    if isinstance(word, Envelope):
        return word.encode()
    return (SESSION if type(word) in SESSION.kinds.values() else HANDSHAKE).encode(word)


def as_word(frame: str | bytes) -> Any:
    """What a frame says; None if nothing."""
    if isinstance(frame, bytes):
        return Envelope.decode(frame)
    return SESSION.decode(frame) or HANDSHAKE.decode(frame)


def sealed(channel: str, number: int, value: Any) -> Envelope:
    """A value on its way, as an honest page would send it."""
    return Envelope(channel, number, pythonpack.pack(value))


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
