"""A page that presents, and pages that take part, over the network in memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from peerscript import Links, Peer
from peerscript.link.link import Link
from peerscript.protocol.values import pythonpack
from peerscript.slides import DeckSource, DeckState, Presenter, Role, SlideText, Viewer
from peerscript.testing import MemoryNetwork
from tests.clock import until

STEPS = 2  # of each slide
SOURCE = DeckSource("markdown", "talk.md", b"# One")


class Deck:
    """So many slides, each with two steps."""

    def __init__(self, total: int = 5) -> None:
        self.total, self.slide, self.step = total, 0, 0
        self.slides = [SlideText(f"Title {n}", f"Notes {n}") for n in range(total)]

    @property
    def state(self) -> DeckState:
        return DeckState(self.slide, self.total, self.step)

    def next(self) -> None:
        self._go(self.slide * STEPS + self.step + 1)

    def previous(self) -> None:
        self._go(self.slide * STEPS + self.step - 1)

    def goto(self, slide: int, step: int = 0) -> None:
        self._go(slide * STEPS + step)

    def _go(self, place: int) -> None:
        if 0 <= place < self.total * STEPS:
            self.slide, self.step = divmod(place, STEPS)


async def say(link: Link, value: object, channel: str) -> None:
    """Send a value that no honest page sends."""
    opened, _ = link._channels[channel]
    await opened._session.send(pythonpack.pack(value))


class Seat:
    """Somebody who takes part: their page, both ends of the Link, and what they are told."""

    def __init__(self, hall: Hall, name: str) -> None:
        self._hall, self.name = hall, name
        self._storage: dict[str, str] = {}
        self.running: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def load(self) -> None:
        """Open their page."""
        self._peer = Peer(self.name, browser=self._hall.network)
        await self._peer.start()
        self.links = Links(self._peer, storage=self._storage)
        self.links.start()

    async def come(self) -> None:
        """Come by an invite."""
        self.link = await self.links.connect("host", self._hall.links.invites.issue().secret)
        await until(lambda: self._hall.with_peer(self.name))
        (self.theirs,) = self._hall.with_peer(self.name)
        await self.theirs.wait_connected()

    def look(self) -> None:
        """Look at the slides."""
        self.viewer = Viewer(self.link)
        self.running = asyncio.ensure_future(self.viewer.run())

    async def unload(self) -> None:
        """Close their page, without a word."""
        self.running.cancel()
        await self.links.close()
        await self._peer.close()

    async def reload(self) -> None:
        """Load their page again."""
        await self.unload()
        await self.load()
        (self.link,) = self.links.all
        self.look()

    async def say(self, value: object, channel: str = "slides") -> None:
        """Say anything to the presenter."""
        await say(self.link, value, channel)

    async def on_message(self, value: object, channel: str = "slides") -> None:
        """Have the presenter's page say anything."""
        await say(self.theirs, value, channel)


class Hall:
    """A presenter and their audience.

    Attributes:
        deck: what is presented.
        show: the presenter.
    """

    def __init__(self, network: MemoryNetwork) -> None:
        self.network = network
        self.seats: list[Seat] = []
        self._storage: dict[str, str] = {}

    async def load(self, source: DeckSource = SOURCE) -> None:
        """Open the presenter's page."""
        self._peer = Peer("host", browser=self.network)
        await self._peer.start()
        self.links = Links(self._peer, storage=self._storage)
        self.links.start()
        self.deck = Deck()
        self.show = Presenter(self.deck, source=source)
        self.serving: list[asyncio.Future[None]] = []

    async def unload(self) -> None:
        """Close the presenter's page, without a word."""
        for task in (*self.serving, *self.show._tasks):
            task.cancel()
        await asyncio.gather(*self.serving, *self.show._tasks, return_exceptions=True)
        await self.links.close()
        await self._peer.close()

    def with_peer(self, name: str) -> list[Link]:
        return [each for each in self.links.all if each.peer_id == name]

    def serve(self, link: Link, role: Role) -> asyncio.Future[None]:
        """Have somebody take part."""
        serving = asyncio.ensure_future(self.show.serve(link, role))
        self.serving.append(serving)
        return serving

    async def sit(self, name: str, role: Role) -> Seat:
        """Somebody comes, takes part, and looks."""
        seat = await self.come(name)
        seat.look()
        self.serve(seat.theirs, role)
        if role not in (Role.NOBODY, Role.INVITED):
            await until(lambda: seat.viewer.source and len(seat.viewer.slides) == 5)
        return seat

    async def come(self, name: str) -> Seat:
        """Somebody comes."""
        seat = Seat(self, name)
        self.seats.append(seat)
        await seat.load()
        await seat.come()
        return seat


@pytest.fixture
def wait() -> Callable[[Callable[[], object]], Awaitable[float]]:
    return until


@pytest.fixture
async def hall(network: MemoryNetwork) -> AsyncIterator[Hall]:
    unhandled: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: unhandled.append(context))
    hall = Hall(network)
    await hall.load()
    async with hall.show:
        yield hall
    for seat in hall.seats:
        await seat.unload()
    await hall.unload()
    assert unhandled == []
