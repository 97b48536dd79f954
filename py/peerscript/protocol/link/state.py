"""The states of a Link, and which may follow which."""

from __future__ import annotations

from enum import Enum


class LinkState(Enum):
    """How it stands with the other page."""

    CONNECTING = "connecting"  # the first time
    ASKING = "asking"  # the person here decides whether they come in
    WAITING = "waiting"  # the person there decides whether we come in
    CONNECTED = "connected"
    RECONNECTING = "reconnecting"  # the path broke, or their page is closed or reloading
    LOST = "lost"  # given up; they or we may try again
    CLOSED = "closed"


_ENDS = frozenset({LinkState.CLOSED})
_BROKEN = frozenset({LinkState.RECONNECTING})  # even the first path, right after its proof

LINK_MOVES = {
    LinkState.CONNECTING: _ENDS
    | _BROKEN
    | {LinkState.WAITING, LinkState.CONNECTED, LinkState.LOST},
    LinkState.ASKING: _ENDS | _BROKEN | {LinkState.CONNECTED},
    LinkState.WAITING: _ENDS | _BROKEN | {LinkState.CONNECTED, LinkState.LOST},
    LinkState.CONNECTED: _ENDS | _BROKEN,
    LinkState.RECONNECTING: _ENDS | {LinkState.CONNECTED, LinkState.LOST},
    LinkState.LOST: _ENDS | {LinkState.CONNECTING, LinkState.RECONNECTING, LinkState.CONNECTED},
    LinkState.CLOSED: frozenset[LinkState](),
}


class Verification(Enum):
    """What is known of who the other side is."""

    NONE = "none"  # nothing
    ADMITTED = "admitted"  # a person let them in; nobody compared the phrase
    COMPARED = "compared"  # a person compared the phrase
    SECRET = "secret"  # they proved the invite's secret

    @property
    def verified(self) -> bool:
        """Whether nobody can be in between."""
        return self in (Verification.COMPARED, Verification.SECRET)
