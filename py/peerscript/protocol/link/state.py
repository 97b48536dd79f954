"""The states of a Link, and which may follow which."""

from __future__ import annotations

from enum import Enum


class LinkState(Enum):
    """The life of a Link."""

    CONNECTING = "connecting"  # the first time
    ASKING = "asking"  # at the host: the person here has to accept or reject the guest
    WAITING = "waiting"  # at the guest: the person there has to accept or reject us
    CONNECTED = "connected"
    RECONNECTING = "reconnecting"  # the path broke, or the other page is closed or reloading
    LOST = "lost"  # given up; either side may try again
    CLOSED = "closed"


_ENDS = frozenset({LinkState.CLOSED})
_BROKEN = frozenset({LinkState.RECONNECTING})  # even the first path, right after the handshake

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
    """How far the other page's identity is verified."""

    NONE = "none"  # nothing yet
    ADMITTED = "admitted"  # accepted by a person, who has not compared the phrase
    COMPARED = "compared"  # a person compared the phrase
    SECRET = "secret"  # they proved the invite's secret

    @property
    def verified(self) -> bool:
        """Whether a man in the middle is ruled out."""
        return self in (Verification.COMPARED, Verification.SECRET)
