"""A page that presents, and pages that take part, over the network in memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import pytest

from peerscript import Links, Peer
from peerscript.link.link import Link
from peerscript.slides import DeckSource, DeckState, Presenter, Role, SlideText, Viewer
from peerscript.testing import MemoryNetwork
from tests.clock import until

STEPS = 2  # of each slide


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


class Seat:
    """Somebody who takes part: their page, both ends of the Link, and what they are told."""

    def __init__(self, links: Links, link: Link, theirs: Link) -> None:
        self.links, self.link, self.theirs = links, link, theirs
        self.viewer = Viewer(link)
        self.running = asyncio.ensure_future(self.viewer.run())

    async def say(self, text: str) -> None:
        """Say anything."""
        await self.link.send_live(text)


class Hall:
    """A presenter and their audience.

    Attributes:
        deck: what is presented.
        show: the presenter.
    """

    def __init__(self, network: MemoryNetwork, links: Links, stack: AsyncExitStack) -> None:
        self.network, self.links, self._stack = network, links, stack
        self.deck = Deck()
        self.show = Presenter(self.deck, source=DeckSource("markdown", "talk.md", b"# One"))
        self.serving: list[asyncio.Future[None]] = []

    async def sit(self, name: str, role: Role) -> Seat:
        """Somebody comes."""
        peer = await self._stack.enter_async_context(Peer(name, browser=self.network))
        storage: dict[str, str] = {}
        links = await self._stack.enter_async_context(Links(peer, storage=storage))
        link = await links.connect("host", self.links.invites.issue().secret)
        await until(lambda: self.links.with_peer(name) is not None)
        theirs = self.links.with_peer(name)
        assert theirs is not None
        await theirs.wait_connected()
        seat = Seat(links, link, theirs)
        self._stack.callback(seat.running.cancel)
        serving = asyncio.ensure_future(self.show.serve(theirs, role))
        self._stack.callback(serving.cancel)
        self.serving.append(serving)
        if role is not Role.NOBODY:
            await until(lambda: seat.viewer.source and len(seat.viewer.slides) == 5)
        return seat


@pytest.fixture
def wait() -> Callable[[Callable[[], object]], Awaitable[float]]:
    return until


@pytest.fixture
async def hall(network: MemoryNetwork) -> AsyncIterator[Hall]:
    unhandled: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: unhandled.append(context))
    async with AsyncExitStack() as stack:
        peer = await stack.enter_async_context(Peer("host", browser=network))
        links = await stack.enter_async_context(Links(peer, storage={}))
        hall = Hall(network, links, stack)
        await stack.enter_async_context(hall.show)
        yield hall
    assert unhandled == []
