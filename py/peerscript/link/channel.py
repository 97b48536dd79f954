"""A channel of a Link: values to the other page's channel of the same name."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Generic, Self, TypeVar

from peerscript.aio.events import Emitter
from peerscript.aio.inbox import EndOfInbox, Reading
from peerscript.aio.tasks import TaskOwner
from peerscript.data.foreign import Draft, draft_of
from peerscript.errors import LinkClosed, OutboxFull, SerializationError
from peerscript.link.channel_inbox import ChannelInbox, Message
from peerscript.link.channel_session import ChannelSession
from peerscript.link.events import CHANNEL_EVENTS, ChannelEvent, ChannelOn

T = TypeVar("T")


class Channel(Emitter[ChannelOn[T], ChannelEvent], Generic[T]):
    """Made by `Link.channel`. Iterating gives the values that the other page sends, and ends with
    the Link, after what had arrived by then.

    Events: "delivered" (a Message of ours has arrived; kept channels only), "restart" (the other
    page was reloaded; a channel that is not kept starts over), "missing" (the other page has no
    channel of this name and kind), "opened" (it has opened the missing channel).

    Attributes:
        name: the same on both pages.
    """

    _EVENTS = CHANNEL_EVENTS

    def __init__(
        self,
        session: ChannelSession,
        inbox: ChannelInbox[T],
        sendable: Callable[[], frozenset[str]],
        tasks: TaskOwner | None = None,
    ) -> None:
        super().__init__(tasks)
        self.name = session.name
        self._session = session
        self._inbox = inbox
        self._sendable = sendable
        self._send_lock = asyncio.Lock()  # so that no `send` overtakes one that reads a Blob
        self._waiting_sends = 0
        session.bind(inbox, self._emit)

    def __repr__(self) -> str:
        return f"<Channel {self.name!r} {self._session.mode.value}>"

    def _require_event(self, event: str) -> None:
        if event == "data":
            raise ValueError('a channel has no "data": read it with `async for value in channel`')
        super()._require_event(event)

    @property
    def history(self) -> list[Message[T]]:
        """The messages of both sides, oldest first, including those from before a reload. Empty
        unless the channel is kept.
        """
        found = [self._inbox.message(entry) for entry in self._session.entries]
        return [message for message in found if message is not None]

    @property
    def missing(self) -> bool:
        """Whether the other page has said that it has no such channel."""
        return self._session.missing

    def _past(self, event: str) -> tuple[object, ...] | None:
        return () if event == "missing" and self._session.missing else None

    async def send(self, value: T) -> Message[T]:
        """Send a value; `docs/values.md` says what arrives as what between PeerScript pages. The
        browser's File, Blob, ArrayBuffer and typed arrays arrive as bytes; it waits while a File is
        read, and later messages wait with it.

        On a kept channel it is saved first, and arrives exactly once and in order, over broken
        paths and reloads of either page; this never waits. On a reliable channel that is not kept
        it waits while 2 MiB are unread at the other page. On a live one it replaces the value that
        has not been sent yet, and never waits. Cancelling while it waits sends nothing.

        Raises:
            LinkClosed: the Link is over or not established yet; or it is lost and the channel not
            kept.
            NoSuchChannel: the other page has no such channel.
            SerializationError: it cannot arrive as it is, or a File be read. Nothing was sent.
            MessageTooBig: it takes more than 1 MiB (kept), 60 KiB (live), 8 MiB (others).
            OutboxFull: a kept channel has a million bytes waiting to be delivered.
        """
        payload = self._payload(value)
        if isinstance(payload, bytes) and not self._waiting_sends:
            entry = await self._session.send(payload)
        else:
            self._waiting_sends += 1
            try:
                async with self._send_lock:
                    if not isinstance(payload, bytes):
                        payload = self._inbox.packed(await payload.read(), self._sendable())
                    entry = await self._session.send(payload)
            finally:
                self._waiting_sends -= 1
        return Message(entry.number, True, value, entry.time, delivered=False)

    def _payload(self, value: T) -> bytes | Draft:
        """Encode a value; what cannot be encoded until Blobs are read is returned as a draft."""
        try:
            return self._inbox.packed(value, self._sendable())
        except SerializationError:
            draft = draft_of(value, "binary", self._session.check)
            if draft is None:
                raise
        return self._inbox.packed(draft.value, self._sendable()) if draft.complete else draft

    def send_nowait(self, value: T, *, limit: int | None = None) -> Message[T]:
        """Send a value without waiting; not a Blob, which takes time to be read.

        Args:
            limit: bytes that may be unread at the other page, instead of the 2 MiB at which `send`
                waits; such a message overtakes those that wait.

        Raises:
            OutboxFull: as much is unread, or a kept channel has a million bytes waiting.
            LinkClosed, NoSuchChannel, SerializationError, MessageTooBig: see `send`.
        """
        payload = self._payload(value)
        if not isinstance(payload, bytes):
            raise payload.incomplete()
        if self._waiting_sends and limit is None:
            raise OutboxFull("what was sent before waits for a Blob to be read")
        entry = self._session.send_nowait(payload, limit)
        return Message(entry.number, True, value, entry.time, delivered=False)

    @property
    def full(self) -> bool:
        """Whether `send` would wait."""
        return self._session.full

    async def drain(self) -> None:
        """Return when `send` would not wait.

        Raises:
            LinkClosed, NoSuchChannel: see `send`.
        """
        await self._session.drain()

    async def receive(self) -> T:
        """Return the next value. Cancelling is safe: nothing is lost.

        Raises:
            LinkClosed: the Link is over, and everything was read.
            RuntimeError: another task reads already.
        """
        try:
            message = await self._inbox.get()
        except EndOfInbox:
            raise LinkClosed(f"the link of {self.name} is over") from None
        self._session.read(message.number)
        return message.value

    async def flush(self) -> None:
        """Return when all that was sent so far has arrived: saved by the other page if the channel
        is kept, else read there.

        Raises:
            LinkClosed, NoSuchChannel: it will not arrive.
        """
        await self._session.flush()

    def messages(self) -> AsyncIterator[Message[T]]:
        """Iterate over the messages with their numbers and times, instead of the bare values."""
        return _Messages(aiter(self._inbox), self._session)

    def __aiter__(self) -> AsyncIterator[T]:
        return _Values(aiter(self._inbox), self._session)


class _Reader(Generic[T]):
    """An iteration over a channel; the other page is told what was read."""

    def __init__(self, reading: Reading[Message[T]], session: ChannelSession) -> None:
        self._reading = reading
        self._session = session

    def __aiter__(self) -> Self:
        return self

    async def _next(self) -> Message[T]:
        message = await anext(self._reading)
        self._session.read(message.number)
        return message


class _Messages(_Reader[T]):
    async def __anext__(self) -> Message[T]:
        return await self._next()


class _Values(_Reader[T]):
    async def __anext__(self) -> T:
        return (await self._next()).value
