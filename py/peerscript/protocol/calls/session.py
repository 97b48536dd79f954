"""A call with one other page, from ringing to its end."""

from __future__ import annotations

import logging
from enum import Enum

from peerscript.protocol.calls.messages import Accept, CallMessage, Leave, Rejoin, Ring

logger = logging.getLogger("peerscript")


class LinkCallState(Enum):
    """The state of a call."""

    CALLING = "calling"  # the other page rings
    RINGING = "ringing"  # this page rings
    CONNECTING = "connecting"  # both want it; media have no path yet
    CONNECTED = "connected"
    RECONNECTING = "reconnecting"  # the path is broken, or a page was reloaded
    ENDED = "ended"


class CallEnd(Enum):
    """Why a call is over."""

    HUNG_UP = "hung-up"  # after it was taken
    CANCELLED = "cancelled"  # by the caller, before it was taken: missed, for the other page
    DECLINED = "declined"
    BUSY = "busy"  # the other page is in a call
    FULL = "full"  # there are as many in the call as there can be
    UNANSWERED = "unanswered"
    RELOADED = "reloaded"  # a page was reloaded while it rang
    LOST = "lost"  # there was no path for too long
    LEFT = "left"  # the other page was closed, and has not come back
    FAILED = "failed"  # the media's connection cannot be made, or does not lead to the other page


IN_CALL = frozenset({LinkCallState.CONNECTING, LinkCallState.CONNECTED, LinkCallState.RECONNECTING})
_ENDED = frozenset({LinkCallState.ENDED})
_MOVES = {
    LinkCallState.CALLING: _ENDED | {LinkCallState.CONNECTING},
    LinkCallState.RINGING: _ENDED | {LinkCallState.CONNECTING},
    LinkCallState.CONNECTING: _ENDED | {LinkCallState.CONNECTED, LinkCallState.RECONNECTING},
    LinkCallState.CONNECTED: _ENDED | {LinkCallState.RECONNECTING},
    LinkCallState.RECONNECTING: _ENDED | {LinkCallState.CONNECTED},
    LinkCallState.ENDED: frozenset[LinkCallState](),
}


class CallSession:
    """One call. Both pages have one each, and these agree.

    Attributes:
        id: the call's number; when both pages rang at once, the smaller of the two.
        state: of the call.
        reason: why it is over; None before.
        told: whether the other page has ended it.
        paths: how many RTCPeerConnections it has had on this page: each time that it grows, the
            one before is closed and a new one made, on both pages.
        outgoing: messages that are to be sent, in this order.
    """

    def __init__(self, id: int, state: LinkCallState) -> None:
        self.id = id
        self.state = state
        self.reason: CallEnd | None = None
        self.told = False
        self.paths = 0
        self.outgoing: list[CallMessage] = []
        self._own = 0  # the number that this page rang with, if both did
        self._numbers = {id}

    @classmethod
    def ring(cls, id: int) -> CallSession:
        """Call the other page."""
        session = cls(id, LinkCallState.CALLING)
        session.outgoing.append(Ring(id))
        return session

    @classmethod
    def rejoin(cls, id: int) -> CallSession:
        """Come back, after a reload, to a call that this page was in."""
        session = cls(id, LinkCallState.RECONNECTING)
        session.outgoing.append(Rejoin(id))
        return session

    @property
    def ended(self) -> bool:
        """Whether it is over."""
        return self.state is LinkCallState.ENDED

    @property
    def joined(self) -> bool:
        """Whether both pages have taken it."""
        return self.state in IN_CALL

    def is_for(self, id: int) -> bool:
        """Whether a message with this number is about this call."""
        return not self.ended and id in self._numbers

    # What the person does

    def accept(self) -> None:
        """Take the call that rings here; nothing if it does not any more."""
        if self.state is LinkCallState.RINGING:
            self.outgoing.append(Accept(self.id))
            self._join()

    def leave(self, reason: CallEnd | None = None) -> None:
        """End it, or do not take it.

        Args:
            reason: what a person means by it in this state, if not given.
        """
        if self.ended:
            return
        reason = reason or _WHEN_LEFT.get(self.state, CallEnd.HUNG_UP)
        self.outgoing.append(Leave(self.id, reason.value))
        self._end(reason)

    # What the other page does

    def on_ring(self, id: int) -> None:
        """It calls, too: both want the call. Or its page has forgotten the call and calls anew."""
        match self.state:
            case LinkCallState.CALLING:
                self._own = self.id
                self.id = min(self.id, id)
                self._numbers.add(id)
                self._join()
            case LinkCallState.RINGING:
                self._renumber(id)
            case _:
                self._renumber(id)
                self.outgoing.append(Accept(id))
                self._new_path()

    def on_accept(self) -> None:
        """It takes the call."""
        if self.state is LinkCallState.CALLING:
            self._join()

    def on_rejoin(self) -> None:
        """One of the two pages was reloaded, and it is in the call still."""
        if self.joined:
            self._new_path()
        else:
            self.leave(CallEnd.RELOADED)

    def on_leave(self, reason: str) -> None:
        """It has ended the call, or does not take it."""
        if self._own:
            # It may have ended its own call before it saw that this page rang: that rings there.
            self.outgoing.append(Leave(self._own, CallEnd.CANCELLED.value))
        self.told = True
        self._end(next((each for each in CallEnd if each.value == reason), CallEnd.HUNG_UP))

    def on_restart(self) -> None:
        """Its page was reloaded: it rejoins, if it remembers the call."""
        if not self.joined:
            self._end(CallEnd.RELOADED)
            return
        self._move(LinkCallState.RECONNECTING)
        self.outgoing.append(Rejoin(self.id))  # it says so if it does not

    # What the path does

    def on_connected(self) -> None:
        """Media flow."""
        if self.joined:
            self._move(LinkCallState.CONNECTED)

    def on_disconnected(self) -> None:
        """The path is broken."""
        if self.state is LinkCallState.CONNECTED:
            self._move(LinkCallState.RECONNECTING)

    def _renumber(self, id: int) -> None:
        self.id, self._own, self._numbers = id, 0, {id}

    def _join(self) -> None:
        self._move(LinkCallState.CONNECTING)
        self.paths += 1

    def _new_path(self) -> None:
        self._move(LinkCallState.RECONNECTING)
        self.paths += 1

    def _end(self, reason: CallEnd) -> None:
        if not self.ended:
            self.reason = reason
            self._move(LinkCallState.ENDED)

    def _move(self, state: LinkCallState) -> None:
        if state is self.state:
            return
        if state not in _MOVES[self.state]:
            raise RuntimeError(f"no way from {self.state.name} to {state.name}")
        logger.debug("call %s: %s → %s", self.id, self.state.name, state.name)
        self.state = state


_WHEN_LEFT = {LinkCallState.CALLING: CallEnd.CANCELLED, LinkCallState.RINGING: CallEnd.DECLINED}
