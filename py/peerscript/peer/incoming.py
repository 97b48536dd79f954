"""Connections and calls from other pages."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable
from typing import Any

from peerscript.aio.inbox import Inbox
from peerscript.aio.tasks import TaskOwner
from peerscript.data.connection import DataConnection
from peerscript.errors import ConnectionLost, PeerScriptError
from peerscript.media.connection import MediaConnection

logger = logging.getLogger("peerscript")

OPENING_TIMEOUT = 30.0  # seconds in which a connection from another page must open
MAX_OPENING = 64  # connections that may be on their way at once; a browser has room for some 500


class IncomingQueue:
    """Those that nobody has taken yet: read one by one, or handed to handlers.

    Args:
        emit: tells the handlers of "connection" and "call".
        owner: whose tasks these are: the Peer's, which ends them.
    """

    def __init__(self, emit: Callable[[str, Any], None], owner: TaskOwner) -> None:
        self._emit = emit
        self._owner = owner
        self._connections: Inbox[DataConnection] = Inbox()
        self._calls: Inbox[MediaConnection] = Inbox()
        self._opening = TaskOwner("incoming connections", owner)
        self._handed_out: set[str] = set()  # events

    def connections(self) -> AsyncIterator[DataConnection]:
        """The connections, each open."""
        self._require_iterable("connection")
        return self._connections

    def calls(self) -> AsyncIterator[MediaConnection]:
        """The calls, each ringing."""
        self._require_iterable("call")
        return self._calls

    def _require_iterable(self, event: str) -> None:
        if event in self._handed_out:
            raise RuntimeError(f'on("{event}") takes them already')

    def hand_out(self, event: str) -> None:
        """From now on, give them to the handlers of "connection" or of "call"."""
        if event in self._handed_out:
            return
        inbox: Inbox[Any] = self._connections if event == "connection" else self._calls
        if inbox.has_reader:
            raise RuntimeError(f"something waits for each {event} already")
        self._handed_out.add(event)
        self._owner.start(self._tell_each(event, inbox))

    async def _tell_each(self, event: str, inbox: Inbox[Any]) -> None:
        async for arrived in inbox:
            self._emit(event, arrived)

    def ring(self, call: MediaConnection) -> None:
        """A call has come."""
        self._calls.put(call)

    def welcome(self, connection: DataConnection) -> None:
        """A connection has come; it arrives when it is open."""
        if len(self._opening) >= MAX_OPENING:
            logger.warning(
                "a connection from %s was refused: too many open at once", connection.peer
            )
            connection.fail(ConnectionLost("too many connections open at once"))
            return
        self._opening.start(self._when_open(connection))

    async def _when_open(self, connection: DataConnection) -> None:
        try:
            await connection.opened(OPENING_TIMEOUT)
        except PeerScriptError as error:
            # Whoever dialled is told why. Here it is an everyday thing: they reload in mid-dial.
            logger.info("a connection from %s never opened: %s", connection.peer, error)
        else:
            self._connections.put(connection)

    def close(self) -> None:
        """Nobody comes any more."""
        self._opening.cancel()
        self._connections.close()
        self._calls.close()
