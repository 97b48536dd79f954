"""Connections and calls from other pages."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterable, AsyncIterator, Callable
from typing import Any

from peerscript.aio.inbox import Inbox
from peerscript.aio.tasks import TaskOwner
from peerscript.data.connection import DataConnection
from peerscript.errors import ConnectionLost, PeerScriptError
from peerscript.media.connection import MediaConnection

logger = logging.getLogger("peerscript")

OPENING_TIMEOUT = 30.0  # seconds in which a connection from another page must open
MAX_OPENING = 64  # connections that may be opening at once; a browser can hold some 500

_CLAIMED = (
    "this peer's connections are taken by Links already, and `Room(peer)` makes Links of its own: "
    "give one `Links(peer)` to each room, `Room(links)`; connections that are no Link's come by "
    '`links.on("connection")`'
)


class IncomingQueue:
    """Connections and calls that nobody has taken yet: iterated, or dispatched to handlers.

    Args:
        emit: calls the handlers of "connection" and "call".
        owner: owns and ends the tasks: the Peer's.
    """

    def __init__(self, emit: Callable[[str, Any], None], owner: TaskOwner) -> None:
        self._emit = emit
        self._owner = owner
        self._connections: Inbox[DataConnection] = Inbox("Peer.connections()")
        self._calls: Inbox[MediaConnection] = Inbox("Peer.calls()")
        self._opening = TaskOwner("incoming connections", owner)
        self._dispatched: set[str] = set()  # names of events whose handlers take them
        self._claimed = False  # whether Links take the connections

    def connections(self) -> AsyncIterator[DataConnection]:
        """The connections, each open."""
        self._require_iterable("connection")
        return aiter(self._connections)

    def calls(self) -> AsyncIterator[MediaConnection]:
        """The calls, each ringing."""
        self._require_iterable("call")
        return aiter(self._calls)

    def claim_connections(self) -> AsyncIterable[DataConnection]:
        """The connections, each open; for Links alone until `release_connections`.

        Raises:
            RuntimeError: something else takes them.
        """
        if self._claimed:
            raise RuntimeError(_CLAIMED)
        if "connection" in self._dispatched:
            taker = 'a handler, `peer.on("connection")`,'
        elif self._connections.has_reader:
            taker = "`peer.connections()` or `peer.handle_connections`"
        else:
            self._claimed = True
            return self._connections
        raise RuntimeError(
            f"{taker} takes this peer's connections already, and Links and rooms need them: "
            'write `links.on("connection")` instead, for those that are no Link\'s'
        )

    def release_connections(self) -> None:
        """Links take no more connections."""
        self._claimed = False

    def _require_iterable(self, event: str) -> None:
        self._require_unclaimed(event)
        if event in self._dispatched:
            raise RuntimeError(f'`peer.on("{event}")` takes them already')

    def _require_unclaimed(self, event: str) -> None:
        if event == "connection" and self._claimed:
            raise RuntimeError(_CLAIMED)

    def dispatch_to_handlers(self, event: str) -> None:
        """From now on, call the handlers of "connection" or of "call" with each."""
        if event in self._dispatched:
            return
        self._require_unclaimed(event)
        inbox: Inbox[Any] = self._connections if event == "connection" else self._calls
        if inbox.has_reader:
            raise RuntimeError(f"something waits for each {event} already")
        self._dispatched.add(event)
        self._owner.start(self._dispatch_each(event, inbox))

    async def _dispatch_each(self, event: str, inbox: Inbox[Any]) -> None:
        async for arrived in inbox:
            self._emit(event, arrived)

    def add_call(self, call: MediaConnection) -> None:
        """Queue a call."""
        self._calls.put(call)

    def add_connection(self, connection: DataConnection) -> None:
        """Queue a connection as soon as it is open; it is dropped if that takes too long."""
        if len(self._opening) >= MAX_OPENING:
            logger.warning(
                "a connection from %s was refused: too many open at once", connection.peer
            )
            connection._end(ConnectionLost("too many connections open at once"))
            return
        self._opening.start(self._queue_when_open(connection))

    async def _queue_when_open(self, connection: DataConnection) -> None:
        try:
            await connection._wait_open(OPENING_TIMEOUT)
        except PeerScriptError as error:
            # The dialling side gets the error. Here it is common: they reloaded while dialling.
            logger.info("a connection from %s never opened: %s", connection.peer, error)
        else:
            self._connections.put(connection)

    def close(self) -> None:
        """Take no more, and end the iterators."""
        self._opening.cancel()
        self._connections.close()
        self._calls.close()
