"""How a member is reached: over a Link, or over the connection of a plain PeerJS page."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any, Protocol

from peerscript.aio.inbox import Inbox
from peerscript.aio.lifecycle import Announcer
from peerscript.aio.tasks import TaskOwner
from peerscript.data.connection import DataConnection
from peerscript.errors import (
    ConnectionClosed,
    InboxFull,
    MessageError,
    NotDelivered,
    OutboxFull,
    PeerScriptError,
)
from peerscript.link.link import Link
from peerscript.protocol.link.messages import MAX_NAME
from peerscript.protocol.link.state import LinkState
from peerscript.protocol.text.display import display_line
from peerscript.protocol.values import pythonpack, sendable

logger = logging.getLogger("peerscript")

CHANNEL = "room"  # its name on each Link
OUTBOX_LIMIT = 4 * 1024 * 1024  # bytes of broadcasts that may wait for one member
CLOSE_TIMEOUT = 2.0  # seconds for the last messages to leave
_COST = 256  # bytes of memory that a waiting message takes besides its payload


class Transport(Protocol):
    """What carries the values of one member."""

    @property
    def link(self) -> Link | None:
        """The Link; None for a plain connection."""

    @property
    def id(self) -> str:
        """The other page's ID at the broker."""

    @property
    def name(self) -> str:
        """What the person there is called."""

    @property
    def verified(self) -> bool:
        """Whether the other page has proved the invite."""

    @property
    def connected(self) -> bool:
        """Whether what is sent now goes out at once."""

    @property
    def gone(self) -> bool:
        """Whether it is over, or given up."""

    @property
    def resumable(self) -> bool:
        """Whether it is given up, and not over: what was not read belongs to who comes back."""

    @property
    def reason(self) -> PeerScriptError | None:
        """Why it is gone; None when it was closed on purpose."""

    def watch(self, on_change: Callable[[], None], on_reload: Callable[[], None]) -> None:
        """Call these when any of the above has changed, and when the other page was reloaded."""

    def unwatch(self) -> None:
        """Call them no more."""

    async def send(self, value: Any) -> None:
        """Send a value; wait while much is unread at the other page."""

    def send_nowait(self, value: Any) -> None:
        """Send a value without waiting.

        Raises:
            OutboxFull: OUTBOX_LIMIT is reached.
        """

    @property
    def full(self) -> bool:
        """Whether `send` would wait."""

    async def drain(self) -> None:
        """Return when `send` would not wait.

        Raises:
            ConnectionClosed, NoSuchChannel: nothing can be sent any more.
        """

    async def receive(self) -> Any:
        """Return the next value. Cancelling is safe.

        Raises:
            ConnectionClosed: it is over, and everything was read.
        """

    async def close(self, error: PeerScriptError | None) -> None:
        """Close it: on purpose, without an error, after what was sent has arrived."""


class LinkTransport:
    """A channel of a Link. While the path is broken, what is sent is held, and arrives later."""

    def __init__(self, link: Link) -> None:
        self.link: Link = link
        self._channel = link.channel(CHANNEL, kept=False)
        self._on_change: Callable[[], None] = lambda: None
        self._on_reload: Callable[[], None] = lambda: None

    @property
    def id(self) -> str:
        return self.link.peer_id

    @property
    def name(self) -> str:
        return self.link.name

    @property
    def verified(self) -> bool:
        return self.link.verification.verified

    @property
    def connected(self) -> bool:
        return self.link.connected

    @property
    def gone(self) -> bool:
        return self.link.state in (LinkState.LOST, LinkState.CLOSED)

    @property
    def resumable(self) -> bool:
        return self.link.state is LinkState.LOST

    @property
    def reason(self) -> PeerScriptError | None:
        return self.link.error

    def watch(self, on_change: Callable[[], None], on_reload: Callable[[], None]) -> None:
        self._on_change, self._on_reload = on_change, on_reload
        self.link.on("change", on_change)
        self._channel.on("restart", on_reload)

    def unwatch(self) -> None:
        self.link.off("change", self._on_change)
        self._channel.off("restart", self._on_reload)

    async def send(self, value: Any) -> None:
        await self._channel.send(value)

    def send_nowait(self, value: Any) -> None:
        self._channel.send_nowait(value, limit=OUTBOX_LIMIT)

    @property
    def full(self) -> bool:
        return self._channel.full

    async def drain(self) -> None:
        await self._channel.drain()

    async def receive(self) -> Any:
        return await self._channel.receive()

    async def close(self, error: PeerScriptError | None) -> None:
        if error is None and self.connected:
            try:
                async with asyncio.timeout(CLOSE_TIMEOUT):
                    await self._channel.flush()
            except (TimeoutError, PeerScriptError) as failure:
                logger.info("%s has not read everything: %s", self.id, failure)
        await self.link.close(error)


class PlainTransport:
    """A connection of a page that has proved nothing.

    Args:
        connection: open.
        owner: owns the task that sends.
    """

    link = None
    verified = False
    resumable = False

    def __init__(self, connection: DataConnection, owner: TaskOwner) -> None:
        self._connection = connection
        self._on_change: Callable[[], None] = lambda: None
        # Encoded, for their size, and because the caller may change the value meanwhile.
        self._outbox: Inbox[bytes] = Inbox(limit=OUTBOX_LIMIT)
        self._waiting = 0  # broadcasts that the connection has not taken
        self._written = Announcer()
        owner.start(self._write())

    @property
    def id(self) -> str:
        return self._connection.peer

    @property
    def name(self) -> str:
        """What the page says in its metadata: `{name: "Ada"}`."""
        metadata = self._connection.metadata
        name = metadata.get("name") if isinstance(metadata, dict) else None
        return display_line(name, MAX_NAME) if isinstance(name, str) else ""

    @property
    def connected(self) -> bool:
        return self._connection.open

    @property
    def gone(self) -> bool:
        return not self._connection.open

    @property
    def reason(self) -> PeerScriptError | None:
        return self._connection.close_reason

    def watch(self, on_change: Callable[[], None], on_reload: Callable[[], None]) -> None:
        self._on_change = on_change
        self._connection.on("close", on_change)

    def unwatch(self) -> None:
        self._connection.off("close", self._on_change)

    async def send(self, value: Any) -> None:
        while self._waiting:  # what was broadcast before goes first
            await self._written.change()
        await self._connection.send(value)

    def send_nowait(self, value: Any) -> None:
        if not self.connected:
            raise self.reason or ConnectionClosed(f"{self.id} is gone")
        payload = pythonpack.pack(value, frozenset(sendable.names()))
        try:
            self._outbox.put(payload, len(payload) + _COST)
        except InboxFull as error:
            raise OutboxFull(f"{self._outbox.unread} bytes wait to be sent") from error
        self._waiting += 1

    @property
    def full(self) -> bool:
        return self._outbox.unread >= OUTBOX_LIMIT // 2

    async def drain(self) -> None:
        while self.full:
            await self._written.change()

    async def receive(self) -> Any:
        return await self._connection.receive()

    async def close(self, error: PeerScriptError | None) -> None:
        self._outbox.close()
        if error is not None:
            await self._connection.close(flush=False)
            return
        try:
            async with asyncio.timeout(CLOSE_TIMEOUT):
                while self._waiting:
                    await self._written.change()
            await self._connection.close(timeout=CLOSE_TIMEOUT)
        except (TimeoutError, NotDelivered) as failure:
            logger.info("%s has not got everything: %s", self.id, failure)
            await self._connection.close(flush=False)

    async def _write(self) -> None:
        try:
            async for payload in self._outbox:
                try:
                    await self._connection.send(pythonpack.unpack_one(payload))
                except MessageError as error:
                    logger.warning("%s is not told: %s", self.id, error)
                self._waiting -= 1
                self._written.announce()
        except ConnectionClosed as error:
            logger.debug("to %s: %s", self.id, error)
        finally:
            self._outbox.close()
            self._outbox.clear()
            self._waiting = 0
            self._written.announce()
