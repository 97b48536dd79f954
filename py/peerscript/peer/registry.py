"""The connections and calls of one peer."""

from __future__ import annotations

from collections.abc import Iterator
from weakref import WeakSet

from peerscript.data.connection import DataConnection
from peerscript.data.state import ConnectionState
from peerscript.errors import PeerScriptError, PeerUnavailable
from peerscript.media.connection import CallState, MediaConnection

AnyConnection = DataConnection | MediaConnection

_OPENING = (ConnectionState.CONNECTING, CallState.RINGING)
_CLOSED = (ConnectionState.CLOSED, CallState.CLOSED)


class Registry:
    """The open ones, held weakly: what nothing else refers to is dropped."""

    def __init__(self) -> None:
        self._all: WeakSet[AnyConnection] = WeakSet()

    def add(self, connection: AnyConnection) -> None:
        """Add one."""
        self._all.add(connection)

    def __iter__(self) -> Iterator[AnyConnection]:
        return iter([connection for connection in self._all if connection.state not in _CLOSED])

    def by_peer(self) -> dict[str, list[AnyConnection]]:
        """Group them by the other page's ID."""
        found: dict[str, list[AnyConnection]] = {}
        for connection in self:
            found.setdefault(connection.peer, []).append(connection)
        return found

    def find(self, peer_id: str, connection_id: str) -> AnyConnection | None:
        """Return the one with these IDs; None if there is none."""
        for connection in self:
            if connection.peer == peer_id and connection.connection_id == connection_id:
                return connection
        return None

    def fail_unavailable(self, error: PeerUnavailable, peer_id: str) -> None:
        """End those that are opening to an ID that the broker does not know."""
        for connection in self:
            if connection.peer == peer_id and connection.state in _OPENING:
                connection._end(error)

    def fail_all(self, error: PeerScriptError) -> None:
        """End them all."""
        for connection in self:
            connection._end(error)
