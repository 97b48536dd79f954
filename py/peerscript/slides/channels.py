"""The three channels on which slides are presented and watched."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from peerscript.aio.lifecycle import Announcer
from peerscript.errors import LinkMisused
from peerscript.link.channel import Channel
from peerscript.link.link import Link
from peerscript.protocol.slides.messages import (
    SLIDES,
    SLIDES_DECK,
    SLIDES_POINT,
    DeckAhead,
    DeckPart,
    Point,
    Word,
)
from peerscript.protocol.vocabulary import Malformed

Said = Word | Point | DeckPart
T = TypeVar("T")


class SlideChannels:
    """What carries slides over a Link.

    Attributes:
        link: the Link.

    Raises:
        LinkClosed: the Link is over.
    """

    def __init__(self, link: Link) -> None:
        self.link = link
        self._words = link.channel("slides", kept=False, vocabulary=SLIDES)
        self._points = link.channel("slides-point", "live", vocabulary=SLIDES_POINT)
        self._parts = link.channel("slides-deck", bulk=True, vocabulary=SLIDES_DECK)
        self._ahead = 0  # the ID of the deck whose word was read last
        self._loads = 0  # how often the other page was loaded anew
        self._changes = Announcer()

    @property
    def missing(self) -> bool:
        """Whether the other page has said that it lacks one of them."""
        return self._words.missing or self._points.missing or self._parts.missing

    def on_opened(self, heard: Callable[[], None]) -> None:
        """Have it told when the other page has opened one of them after all."""
        for channel in (self._words, self._points, self._parts):
            channel.on("opened", heard)

    def off_opened(self, heard: Callable[[], None]) -> None:
        """Have it told no more."""
        for channel in (self._words, self._points, self._parts):
            channel.off("opened", heard)

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
        """Hand on what the other page says, until the Link ends; where `hear` finds a word
        Malformed, end the Link.
        """
        self._parts.on("restart", self._begin_anew)
        try:
            async with asyncio.TaskGroup() as tasks:
                parts = tasks.create_task(self._read_parts(hear))
                tasks.create_task(_read(self._points, hear))
                await self._read_words(hear)
                parts.cancel()
        except ExceptionGroup as group:
            error = group.exceptions[0]  # one is enough: reading ends with it
            if not isinstance(error, Malformed):
                raise error from None
            await self.link.close(LinkMisused(f"{self.link.peer_id} sent rubbish: {error}"))
        finally:
            self._parts.off("restart", self._begin_anew)

    async def _read_words(self, hear: Callable[[Said], None]) -> None:
        async for word in self._words:
            hear(word)
            if isinstance(word, DeckAhead):
                self._ahead = word.id
                self._changes.announce()

    async def _read_parts(self, hear: Callable[[Said], None]) -> None:
        """Parts have a data channel of their own, and may overtake the word of their deck: then
        they wait here, unread, and so their sender does.
        """
        async for part in self._parts:
            loads = self._loads
            while part.id > self._ahead and loads == self._loads:
                await self._changes.change()
            if loads == self._loads:  # else it ended with the page that sent it
                hear(part)

    def _begin_anew(self) -> None:
        self._ahead = 0
        self._loads += 1
        self._changes.announce()


async def _read(channel: Channel[T], hear: Callable[[T], None]) -> None:
    async for word in channel:
        hear(word)
