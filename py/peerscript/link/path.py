"""One proven connection under a Link: words in and out, and whether it lives."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from peerscript.aio.inbox import Inbox
from peerscript.data.connection import DataConnection
from peerscript.errors import (
    ConnectionClosed,
    InboxFull,
    LinkMisused,
    NotDelivered,
    PeerScriptError,
)
from peerscript.protocol.link.heartbeat import Heartbeat
from peerscript.protocol.link.messages import WORDS, Beat, Bye
from peerscript.protocol.throttle import Throttle
from peerscript.protocol.vocabulary import Malformed

logger = logging.getLogger("peerscript")

FRAMES_PER_SECOND = 1000  # that another page may send in the long run
FRAMES_AT_ONCE = 8000
OWN_FRAMES_AT_ONCE = 2000  # so that those that a stalled network delivers together are not too many
PAUSE = 0.02  # seconds until more may be sent
FAREWELL = 2.0  # seconds for the last words to leave

Hear = Callable[["Path", Any], None]


class Path:
    """A connection whose other side has proved who it is.

    Args:
        connection: open, raw and reliable.
        hear: is told each word, and each binary frame as bytes; it may raise LinkMisused.
    """

    def __init__(self, connection: DataConnection, hear: Hear) -> None:
        self.connection = connection
        self._hear = hear
        self._now = asyncio.get_running_loop().time
        self._heartbeat = Heartbeat(self._now())
        self._throttle = Throttle(FRAMES_PER_SECOND, FRAMES_AT_ONCE, self._now())
        self._outgoing: Inbox[str | bytes] = Inbox()
        self._writer: asyncio.Task[None] | None = None
        self._closing: asyncio.Task[None] | None = None

    def say(self, word: Any) -> None:
        """Send a word, after what was said before."""
        self._outgoing.put(WORDS.encode(word))

    def say_bytes(self, frame: bytes) -> None:
        """Send a binary frame, after what was said before."""
        self._outgoing.put(frame)

    async def run(self) -> PeerScriptError | None:
        """SavedPresentation until the connection ends; return why it broke, if it did.

        Raises:
            LinkMisused: the other side does not play by the rules.
            StorageFull: what came could not be saved.
        """
        self._writer = writer = asyncio.ensure_future(self._write())
        try:
            async for frame in self.connection:
                self._take(frame)
        except LinkMisused:
            await self.connection.close(flush=False)  # at once: a flood is heard no longer
            raise
        except ConnectionClosed as error:
            logger.info("the path to %s ended: %s", self.connection.peer, error)
        finally:
            self._outgoing.close()
            writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)
            await self.connection.close(flush=False)
        reason = self.connection.close_reason
        if isinstance(reason, InboxFull):
            raise LinkMisused(f"{self.connection.peer} sends faster than can be read") from reason
        return reason

    def _take(self, frame: str | bytes) -> None:
        now = self._now()
        self._heartbeat.hear(now)
        # What is read slowly, since it is so much, is too much as well.
        if not self._throttle.allows(now) or self.connection.unread > FRAMES_AT_ONCE:
            raise LinkMisused(f"{self.connection.peer} sends more than {FRAMES_PER_SECOND}/s")
        try:
            word = WORDS.decode(frame) if isinstance(frame, str) else frame
        except Malformed as error:
            raise LinkMisused(f"{self.connection.peer} sent rubbish: {error}") from error
        if word is not None:
            self._hear(self, word)

    async def _write(self) -> None:
        pace = Throttle(FRAMES_PER_SECOND, OWN_FRAMES_AT_ONCE, self._now())
        try:
            async for frame in self._outgoing:
                if not pace.allows(self._now()):
                    await asyncio.sleep(PAUSE)
                    pace.allows(self._now())  # now many may leave
                await self.connection.send(frame)
        except ConnectionClosed as error:
            logger.debug("to %s: %s", self.connection.peer, error)  # `run` ends, and tells
        except PeerScriptError as error:
            logger.warning("to %s: %s", self.connection.peer, error)
            await self.connection.close(flush=False)

    def tick(self) -> bool:
        """Give a sign of life; return whether the other side has been silent for too long."""
        self.say(Beat())
        return self._heartbeat.tick(self._now())

    def abandon(self) -> None:
        """Close without a word: another path has taken this one's place."""
        self._outgoing.close()
        self._closing = asyncio.ensure_future(self.connection.close(flush=False))

    async def leave(self) -> None:
        """Say that it is over, behind what was said before, and close."""
        self.say(Bye())
        self._outgoing.close()
        if self._writer is not None:
            await asyncio.wait({self._writer}, timeout=FAREWELL)
        try:
            await self.connection.close(timeout=FAREWELL)
        except NotDelivered as error:
            logger.debug("%s did not hear goodbye: %s", self.connection.peer, error)
