"""The three channels on which slides are presented and watched."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from peerscript.link.channel import Channel
from peerscript.link.link import Link
from peerscript.protocol.slides.messages import (
    SLIDES,
    SLIDES_DECK,
    SLIDES_POINT,
    DeckPart,
    Point,
    Word,
)

Said = Word | Point | DeckPart
T = TypeVar("T")


class SlideChannels:
    """What carries slides over a Link.

    Attributes:
        link: the Link.
    """

    def __init__(self, link: Link) -> None:
        self.link = link
        self._words = link.channel("slides", kept=False, vocabulary=SLIDES)
        self._points = link.channel("slides-point", "live", vocabulary=SLIDES_POINT)
        self._parts = link.channel("slides-deck", bulk=True, vocabulary=SLIDES_DECK)

    async def send(self, word: Said) -> None:
        """Say a word; waits for room.

        Raises:
            LinkClosed, NoSuchChannel: see `Channel.send`.
        """
        if isinstance(word, Point):
            await self._points.send(word)
        elif isinstance(word, DeckPart):
            await self._parts.send(word)
        else:
            await self._words.send(word)

    async def read(self, hear: Callable[[Said], None]) -> None:
        """Hand on what the other page says, until the Link ends."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(_read(self._words, hear))
            tasks.create_task(_read(self._points, hear))
            tasks.create_task(_read(self._parts, hear))


async def _read(channel: Channel[T], hear: Callable[[T], None]) -> None:
    async for word in channel:
        hear(word)
