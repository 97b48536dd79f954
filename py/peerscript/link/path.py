"""One proven connection under a Link: frames in and out, and whether it lives.

What is large has a data channel of its own beside the connection's, so that nothing else waits
behind it (docs/decisions/0009).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterable, Callable
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
from peerscript.link.bulk import Bulk
from peerscript.link.pace import Pace
from peerscript.protocol.link.delivery import OutOfStep
from peerscript.protocol.link.envelope import Envelope
from peerscript.protocol.link.heartbeat import Heartbeat
from peerscript.protocol.link.messages import (
    SESSION,
    Beat,
    BulkRead,
    Bye,
    PathMessage,
    SessionMessage,
)
from peerscript.protocol.throttle import Throttle
from peerscript.protocol.values.codecs import Frame
from peerscript.protocol.vocabulary import Malformed

logger = logging.getLogger("peerscript")

FRAMES_PER_SECOND = 1000  # that another page may send in the long run
BULK_PER_SECOND = 4000  # the same, of bulk
FRAMES_AT_ONCE = 8000
FAREWELL = 2.0  # seconds for the last words to leave
BULK_ID = 1000  # of the data channel for bulk; PeerJS's own gets the lowest that is free
BULK_UNREAD = 32 * 1024 * 1024  # bytes that may lie unread; channels allow their senders far less

Deferred = Callable[[], "Frame | None"]  # what to send when its turn has come, if anything


class Hearer(Protocol):
    """Whom a path tells what comes. Both methods may raise LinkMisused and StorageFull."""

    def hear(self, path: Path, message: SessionMessage) -> None:
        """The other side says something about the session."""

    def hear_envelope(self, path: Path, envelope: Envelope) -> None:
        """A part of a channel's message came."""


class Path:
    """A connection whose other side has proved who it is.

    Args:
        connection: raw and reliable; it may have closed meanwhile.
    """

    def __init__(self, connection: DataConnection, hearer: Hearer) -> None:
        self.connection = connection
        self._hearer = hearer
        self._now = asyncio.get_running_loop().time
        self._heartbeat = Heartbeat(self._now())
        self._outgoing: Inbox[Frame | Deferred] = Inbox()
        self._bulk = Bulk(self.say, self._now)
        self._begun = asyncio.Event()  # the other side has said something
        self._written = asyncio.Event()  # everything has been handed to the browser
        self._abandoned = False

    def say(self, message: PathMessage) -> None:
        """Send a message of the session, after what was sent before."""
        self._outgoing.put(SESSION.encode(message))

    def post(self, frame: bytes | Deferred) -> None:
        """Send a frame of a channel, after what was said before."""
        self._outgoing.put(frame)

    def post_bulk(self, frame: bytes) -> None:
        """Send a frame beside everything else, after those that were sent so before."""
        self._bulk.post(frame)

    async def run(self) -> PeerScriptError | None:
        """Talk until the connection ends; return why it broke, if it did.

        Raises:
            LinkMisused: the other side does not play by the rules.
            StorageFull: what came could not be saved.
        """
        try:
            # Before anything is said: only then may the other side send over it.
            side = self.connection.open_side_channel(BULK_ID, "bulk", inbox_limit=BULK_UNREAD)
            await self._talk(side)
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

    async def _talk(self, side: SideChannel) -> None:
        try:
            async with asyncio.TaskGroup() as tasks:
                others = (
                    tasks.create_task(self._write()),
                    tasks.create_task(self._bulk.write(side)),
                    tasks.create_task(self._read_bulk(side)),
                )
                await self._read(self.connection, FRAMES_PER_SECOND)
                for task in others:
                    task.cancel()
        finally:
            side.close()

    async def _read_bulk(self, side: SideChannel) -> None:
        # What is large may overtake on its own data channel who it is that speaks (Resume).
        await self._begun.wait()
        await self._read(self._bulk.frames(side), BULK_PER_SECOND)
        # The two are one path: whoever closes one of them alone ends it.
        await self.connection.close(flush=False)

    async def _read(self, frames: AsyncIterable[Frame], per_second: int) -> None:
        throttle = Throttle(per_second, FRAMES_AT_ONCE, self._now())
        try:
            async for frame in frames:
                now = self._now()
                self._heartbeat.hear(now)
                # What is read slowly, since it is so much, is too much as well.
                if not throttle.allows(now) or self.connection.unread > FRAMES_AT_ONCE:
                    raise LinkMisused(f"{self.connection.peer} sends more than {per_second}/s")
                self._take(frame)
                self._begun.set()
        except LinkMisused:
            await self.connection.close(flush=False)  # at once: a flood is heard no longer
            raise
        except ConnectionClosed as error:
            logger.info("the path to %s ended: %s", self.connection.peer, error)

    def _take(self, frame: Frame) -> None:
        try:
            if isinstance(frame, bytes):
                self._hearer.hear_envelope(self, Envelope.decode(frame))
            elif isinstance(message := SESSION.decode(frame), BulkRead):
                self._bulk.on_read(message)
            elif message is not None:
                self._hearer.hear(self, message)
        except (Malformed, OutOfStep) as error:
            raise LinkMisused(f"{self.connection.peer} sent rubbish: {error}") from error

    async def _write(self) -> None:
        pace = Pace(FRAMES_PER_SECOND, self._now)
        try:
            async for item in self._outgoing:
                frame = item() if callable(item) else item
                if frame is not None:
                    await pace.keep()
                    await self.connection.send(frame)
            self._written.set()
        except ConnectionClosed as error:
            logger.debug("to %s: %s", self.connection.peer, error)  # `run` ends, and tells
        except MessageTooBig as error:
            logger.warning("to %s: %s", self.connection.peer, error)
            await self.connection.close(flush=False)

    def tick(self) -> bool:
        """Give a sign of life; return whether the other side has been silent for too long."""
        self.say(Beat())
        return self._heartbeat.tick(self._now())

    def abandon(self) -> None:
        """Close without a word: another path has taken this one's place."""
        self._abandoned = True
        self._outgoing.close()
        self._bulk.close()
        self.connection.fail(ConnectionClosed("another path has taken its place"))

    async def leave(self) -> None:
        """Say that it is over, behind what was said before, and close."""
        self.say(Bye())
        self._outgoing.close()
        try:
            async with asyncio.timeout(FAREWELL):
                await self._written.wait()
            await self.connection.close(timeout=FAREWELL)
        except (TimeoutError, NotDelivered) as error:
            logger.debug("%s did not hear goodbye: %s", self.connection.peer, error)
            await self.connection.close(flush=False)
