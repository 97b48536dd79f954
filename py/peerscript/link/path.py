"""One authenticated connection of a Link: sends and receives its frames, and checks its heartbeat.

Bulk data has a data channel of its own beside the connection's, so that nothing else waits behind
it (docs/decisions/0009).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterable, Callable
from dataclasses import replace
from typing import Protocol

from peerscript.aio.inbox import Inbox
from peerscript.data.connection import DataConnection
from peerscript.data.wire import SideChannel
from peerscript.errors import (
    ConnectionClosed,
    InboxFull,
    LinkMisused,
    MessageTooBig,
    NotDelivered,
    PeerScriptError,
)
from peerscript.link.bulk import Bulk, Stripe
from peerscript.link.pace import Pace
from peerscript.link.stripes import Stripes
from peerscript.ports.datapath import DataPath
from peerscript.protocol.link.channels import Mode
from peerscript.protocol.link.delivery import OutOfSequence
from peerscript.protocol.link.envelope import Assembly, Envelope
from peerscript.protocol.link.heartbeat import Heartbeat
from peerscript.protocol.link.messages import (
    SESSION,
    Beat,
    BulkRead,
    Bye,
    PathMessage,
    SessionMessage,
    StripeMessage,
)
from peerscript.protocol.throttle import Throttle
from peerscript.protocol.values.codecs import Frame
from peerscript.protocol.vocabulary import Malformed

logger = logging.getLogger("peerscript")

FRAMES_PER_SECOND = 1000  # that another page may send in the long run
BULK_PER_SECOND = 4000  # the same, of bulk
FRAMES_AT_ONCE = 8000
CLOSE_TIMEOUT = 2.0  # seconds for the last messages to leave
BULK_ID = 1000  # of the data channel for bulk; PeerJS's own gets the lowest that is free
BULK_UNREAD = 32 * 1024 * 1024  # bytes that may be unread; channels allow their senders far less

Deferred = Callable[[], "Frame | None"]  # called for the frame when it can be sent; None for none


class PathEvents(Protocol):
    """What a path reports. Both methods may raise LinkMisused and StorageFull."""

    def on_message(self, path: Path, message: SessionMessage) -> None:
        """A message of the session has arrived."""

    def on_envelope(self, path: Path, envelope: Envelope) -> None:
        """A message of a channel, or a part of one, has arrived."""


class Path:
    """A connection whose other side has proved who it is (a handshake is complete).

    Args:
        connection: raw and reliable; it may have closed meanwhile.
        new_data_path: makes an RTCPeerConnection to the same page, for bulk.

    Attributes:
        stripes: these.
    """

    def __init__(
        self, connection: DataConnection, events: PathEvents, new_data_path: Callable[[], DataPath]
    ) -> None:
        self.connection = connection
        self._events = events
        self._now = asyncio.get_running_loop().time
        self._heartbeat = Heartbeat(self._now())
        self._outgoing: Inbox[Frame | Deferred] = Inbox()
        self._bulk = Bulk()
        self._stripe = Stripe(self._bulk, self.send_message, self._now)
        self.stripes = Stripes(
            self._bulk, self._stripe, new_data_path, self.send_message, self._read_stripe
        )
        self._received_any = asyncio.Event()  # a frame has been received
        self._written = asyncio.Event()  # all queued frames were handed to the browser
        self._abandoned = False

    def send_message(self, message: PathMessage) -> None:
        """Queue a message of the session."""
        self._outgoing.put(SESSION.encode(message))

    def send_frame(self, frame: bytes | Deferred) -> None:
        """Queue a frame of a channel."""
        self.stripes.hurry()
        self._outgoing.put(frame)

    def send_bulk(self, channel: str, number: int, payload: bytes) -> None:
        """Queue a message of a channel for the bulk data channel."""
        self._bulk.send(channel, number, payload)

    async def run(self) -> PeerScriptError | None:
        """Send and receive until the connection ends; return why it broke, if it did.

        Raises:
            LinkMisused: the other side broke the protocol.
            StorageFull: a message could not be saved.
        """
        try:
            # Opened before anything is sent: the other side may use it from the first message on.
            side = self.connection._open_side_channel(BULK_ID, "bulk", inbox_limit=BULK_UNREAD)
            await self._exchange_frames(side)
        except ExceptionGroup as group:
            raise group.exceptions[0] from None  # one is enough: the path ends with it
        except ConnectionClosed as error:
            logger.info("the path to %s ended early: %s", self.connection.peer, error)
        finally:
            self._outgoing.close()
            self._bulk.close()
            self._written.set()
            await self.connection.close(flush=False)
        reason = self.connection.close_reason
        if isinstance(reason, InboxFull):
            raise LinkMisused(f"{self.connection.peer} sends faster than can be read") from reason
        return None if self._abandoned else reason

    async def _exchange_frames(self, side: SideChannel) -> None:
        try:
            async with asyncio.TaskGroup() as tasks:
                others = (
                    tasks.create_task(self._write()),
                    tasks.create_task(self._stripe.write(side, self.connection.max_message_size)),
                    tasks.create_task(self._read_bulk(side)),
                    tasks.create_task(self.stripes.run()),
                )
                await self._read(self.connection, FRAMES_PER_SECOND)
                for task in others:
                    task.cancel()
        finally:
            side.close()

    async def _read_bulk(self, side: SideChannel) -> None:
        # Bulk frames may arrive before the Resume, which comes over the other data channel.
        await self._received_any.wait()
        await self._read_stripe(self._stripe.frames(side))
        # The two data channels are one path: when one is closed, it ends.
        await self.connection.close(flush=False)

    async def _read_stripe(self, frames: AsyncIterable[Frame]) -> None:
        await self._read(frames, BULK_PER_SECOND, Assembly())

    async def _read(
        self, frames: AsyncIterable[Frame], per_second: int, assembly: Assembly | None = None
    ) -> None:
        throttle = Throttle(per_second, FRAMES_AT_ONCE, self._now())
        try:
            async for frame in frames:
                now = self._now()
                self._heartbeat.received(now)
                # A long backlog is too much as well: reading may be slower than the rate.
                if not throttle.allows(now) or self.connection.unread > FRAMES_AT_ONCE:
                    raise LinkMisused(f"{self.connection.peer} sends more than {per_second}/s")
                self._dispatch(frame, assembly)
                self._received_any.set()
        except LinkMisused:
            await self.connection.close(flush=False)  # at once: stop reading the flood
            raise
        except ConnectionClosed as error:
            logger.info("the path to %s ended: %s", self.connection.peer, error)

    def _dispatch(self, frame: Frame, assembly: Assembly | None) -> None:
        try:
            if isinstance(frame, bytes):
                self._on_envelope(Envelope.decode(frame), assembly)
            elif isinstance(message := SESSION.decode(frame), BulkRead):
                self.stripes.on_read(message.stripe, message.size)
            elif isinstance(message, StripeMessage):
                self.stripes.on_message(message)
            elif message is not None:
                self._events.on_message(self, message)
        except (Malformed, OutOfSequence) as error:
            raise LinkMisused(f"{self.connection.peer} sent rubbish: {error}") from error

    def _on_envelope(self, envelope: Envelope, assembly: Assembly | None) -> None:
        """Messages of bulk are put together first: parts of others come over other stripes."""
        if assembly is not None:
            whole = assembly.add(envelope, Mode.BULK.max_message)
            if whole is None:
                return
            envelope = replace(envelope, payload=whole)
        self._events.on_envelope(self, envelope)

    async def _write(self) -> None:
        pace = Pace(FRAMES_PER_SECOND, self._now)
        try:
            async for item in self._outgoing:
                frame = item() if callable(item) else item
                if frame is not None:
                    await pace.wait()
                    await self.connection.send(frame)
            self._written.set()
        except ConnectionClosed as error:
            logger.debug("to %s: %s", self.connection.peer, error)  # `run` ends, and reports it
        except MessageTooBig as error:
            logger.warning("to %s: %s", self.connection.peer, error)
            await self.connection.close(flush=False)

    def tick(self) -> bool:
        """Send a heartbeat; return whether the other side has been silent for too long."""
        self.send_message(Beat())
        self.stripes.tick()
        return self._heartbeat.tick(self._now())

    def abandon(self) -> None:
        """Close without a Bye: another path has replaced this one."""
        self._abandoned = True
        self._outgoing.close()
        self._bulk.close()
        self.connection._end(ConnectionClosed("another path has taken its place"))

    async def close(self) -> None:
        """Send Bye after all that is queued, and close; takes at most 2 * CLOSE_TIMEOUT."""
        self.send_message(Bye())
        self._outgoing.close()
        try:
            async with asyncio.timeout(CLOSE_TIMEOUT):
                await self._written.wait()
            await self.connection.close(timeout=CLOSE_TIMEOUT)
        except (TimeoutError, NotDelivered) as error:
            logger.debug("%s did not receive Bye: %s", self.connection.peer, error)
            await self.connection.close(flush=False)
