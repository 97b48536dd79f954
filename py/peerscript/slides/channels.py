"""The three channels on which slides are presented and watched."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from peerscript.aio.lifecycle import Announcer
from peerscript.errors import LinkMisused
from peerscript.link.channel import Channel
from peerscript.link.link import Link
from peerscript.protocol.slides.messages import (
    SLIDES,
    SLIDES_DECK,
    SLIDES_POINT,
    DeckHeader,
    DeckPart,
    Point,
    SlideMessage,
)
from peerscript.protocol.vocabulary import Malformed

AnySlideMessage = SlideMessage | Point | DeckPart
T = TypeVar("T")


class SlideChannels:
    """The channels for slides on one Link.

    Attributes:
        link: the Link.

    Raises:
        LinkClosed: the Link is over.
    """

    def __init__(self, link: Link) -> None:
        self.link = link
        self._messages = link.channel("slides", kept=False, vocabulary=SLIDES)
        self._points = link.channel("slides-point", "live", vocabulary=SLIDES_POINT)
        self._parts = link.channel("slides-deck", bulk=True, vocabulary=SLIDES_DECK)
        self._deck_id = 0  # the ID of the newest DeckHeader that was read
        self._loads = 0  # how often the other page was reloaded
        self._changes = Announcer()

    @property
    def missing(self) -> bool:
        """Whether the other page has said that it lacks one of them."""
        return self._messages.missing or self._points.missing or self._parts.missing

    def when_opened(self, handler: Callable[[], None]) -> None:
        """Call `handler` when the other page opens a channel that was missing."""
        for channel in (self._messages, self._points, self._parts):
            channel.on("opened", handler)

    def off_opened(self, handler: Callable[[], None]) -> None:
        """Remove the handler."""
        for channel in (self._messages, self._points, self._parts):
            channel.off("opened", handler)

    async def send(self, message: AnySlideMessage) -> None:
        """Send a message; waits while the channel is full.

        Raises:
            LinkClosed, NoSuchChannel: see `Channel.send`.
        """
        await self._channel(message).send(message)

    def send_nowait(self, message: AnySlideMessage) -> None:
        """Send a message without waiting.

        Raises:
            OutboxFull: its channel is full.
            LinkClosed, NoSuchChannel: see `Channel.send`.
        """
        self._channel(message).send_nowait(message)

    def _channel(self, message: AnySlideMessage) -> Channel[Any]:
        if isinstance(message, Point):
            return self._points
        return self._parts if isinstance(message, DeckPart) else self._messages

    async def read(self, on_message: Callable[[AnySlideMessage], None]) -> None:
        """Pass incoming messages to `on_message`, until the Link ends. If it raises Malformed, the
        Link is ended.
        """
        self._parts.on("restart", self._restart)
        try:
            async with asyncio.TaskGroup() as tasks:
                parts = tasks.create_task(self._read_parts(on_message))
                tasks.create_task(_read(self._points, on_message))
                await self._read_messages(on_message)
                parts.cancel()
        except ExceptionGroup as group:
            error = group.exceptions[0]  # the first is enough: reading ends with it
            if not isinstance(error, Malformed):
                raise error from None
            await self.link.close(LinkMisused(f"{self.link.peer_id} sent rubbish: {error}"))
        finally:
            self._parts.off("restart", self._restart)

    async def _read_messages(self, on_message: Callable[[AnySlideMessage], None]) -> None:
        async for message in self._messages:
            on_message(message)
            if isinstance(message, DeckHeader):
                self._deck_id = message.id
                self._changes.announce()

    async def _read_parts(self, on_message: Callable[[AnySlideMessage], None]) -> None:
        """Parts have a data channel of their own, and may overtake their DeckHeader: then reading
        waits for it, and with it the sender.
        """
        async for part in self._parts:
            loads = self._loads
            while part.id > self._deck_id and loads == self._loads:
                await self._changes.change()
            if loads == self._loads:  # else it is from before the reload
                on_message(part)

    def _restart(self) -> None:
        self._deck_id = 0
        self._loads += 1
        self._changes.announce()


async def _read(channel: Channel[T], on_message: Callable[[T], None]) -> None:
    async for message in channel:
        on_message(message)
