"""The connections and calls of one peer."""

from __future__ import annotations

from collections.abc import Iterator
from weakref import WeakSet

from peerscript.call import CallState, MediaConnection
from peerscript.connection import ConnectionState, DataConnection
from peerscript.errors import PeerScriptError, PeerUnavailable

Member = DataConnection | MediaConnection


class Members:
    """Those that are not closed. What nobody holds any more is forgotten."""

    def __init__(self) -> None:
        self._all: WeakSet[Member] = WeakSet()

    def add(self, member: Member) -> None:
        """Take one in."""
        self._all.add(member)

    def __iter__(self) -> Iterator[Member]:
        closed = (ConnectionState.CLOSED, CallState.CLOSED)
        return iter([member for member in self._all if member.state not in closed])

    def by_peer(self) -> dict[str, list[Member]]:
        """Sort them by the other page's ID."""
        found: dict[str, list[Member]] = {}
        for member in self:
            found.setdefault(member.peer, []).append(member)
        return found

    def find(self, peer_id: str, connection_id: str) -> Member | None:
        """Return the one of this name with this page."""
        for member in self:
            if member.peer == peer_id and member.connection_id == connection_id:
                return member
        return None

    def fail_unavailable(self, error: PeerUnavailable, peer_id: str) -> None:
        """End those that wait for a page that nobody knows."""
        for member in self:
            if member.peer == peer_id and member.opening:
                member.fail(error)

    def fail_all(self, error: PeerScriptError) -> None:
        """End them all."""
        for member in self:
            member.fail(error)
