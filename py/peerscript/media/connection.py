"""PeerJS's MediaConnection: a call with one other page."""

from __future__ import annotations

import asyncio
import logging
from enum import Enum
from types import TracebackType
from typing import Any, Final

from peerscript.aio.events import Emitter
from peerscript.aio.lifecycle import ExceptionType, Lifecycle
from peerscript.aio.tasks import TaskOwner
from peerscript.aio.timeouts import check_timeout
from peerscript.errors import (
    CallDeclined,
    ConnectionClosed,
    ConnectionLost,
    ConnectTimeout,
    NegotiationFailed,
    PeerScriptError,
)
from peerscript.media.events import CALL_EVENTS, CallEvent, CallOn
from peerscript.peerjs_names import keyword_options
from peerscript.ports import CallChannel, CallEvents, Fingerprints, SdpTransform
from peerscript.ports.streams import MediaStream

logger = logging.getLogger("peerscript")

HANG_UP_TIMEOUT = 3.0  # seconds for a call that was just answered to connect
DECLINE_TIMEOUT = 10.0  # seconds for a declined call to connect, so that the caller is told


class CallState(Enum):
    """The life of a call."""

    RINGING = "ringing"
    ANSWERED = "answered"
    CLOSED = "closed"


_MOVES = {
    CallState.RINGING: frozenset({CallState.ANSWERED, CallState.CLOSED}),
    CallState.ANSWERED: frozenset({CallState.CLOSED}),
    CallState.CLOSED: frozenset[CallState](),
}


class MediaConnection(Emitter[CallOn, CallEvent]):
    """A call with another page: PeerJS's
    [MediaConnection](https://peerjs.com/docs/#mediaconnection).

    `Peer.call` and `Peer.calls` make them. Leaving `async with` hangs up. In PeerJS's style,
    `on("stream")`, "close", "error", "iceStateChanged", "willCloseOnRemote".

    Attributes:
        type: "media".
        peer: the other page's ID.
        connection_id: PeerJS's name for this call.
        metadata: what the caller sent along.
        local_stream, remote_stream: the browser's MediaStreams; None where a side sends nothing.
        close_reason: why it is over; None while it lasts and after a hang-up.
    """

    _EVENTS = CALL_EVENTS

    type: Final = "media"

    def __init__(
        self,
        channel: CallChannel,
        *,
        local_stream: MediaStream | None = None,
        incoming: bool = False,
        owner: TaskOwner | None = None,
    ) -> None:
        super().__init__(owner)
        self._channel = channel
        self._incoming = incoming
        self._connected = False
        self._life = Lifecycle(f"call with {channel.peer}", CallState.RINGING, _MOVES)
        self.peer = channel.peer
        self.connection_id = channel.connection_id
        self.metadata = channel.metadata
        self.local_stream: MediaStream | None = local_stream
        self.remote_stream: MediaStream | None = None
        self.close_reason: PeerScriptError | None = None
        channel.bind(
            CallEvents(
                on_stream=self._on_stream,
                on_connected=self._on_connected,
                on_ice_state=self._on_ice_state,
                on_close=self._on_close,
            )
        )

    def __repr__(self) -> str:
        return f"<MediaConnection with {self.peer!r} {self.state.value}>"

    @property
    def state(self) -> CallState:
        """The current state."""
        return self._life.state

    @property
    def open(self) -> bool:
        """Whether it was answered and is not over."""
        return self.state is CallState.ANSWERED

    @property
    def peer_connection(self) -> Any:
        """The browser's own
        [RTCPeerConnection](https://developer.mozilla.org/docs/Web/API/RTCPeerConnection);
        None before an incoming call is answered.
        """
        return self._channel.peer_connection

    @property
    def fingerprints(self) -> Fingerprints | None:
        """The certificates that secure it; None before it is connected and after it is over."""
        return self._channel.fingerprints()

    @keyword_options
    async def answer(
        self, stream: MediaStream | None = None, *, sdp_transform: SdpTransform | None = None
    ) -> None:
        """Answer an incoming call.

        Args:
            stream: what to send; None only receives.
            sdp_transform: is given the answer's SDP, and returns what to send instead.

        Raises:
            ConnectionClosed: the caller has hung up.
            TypeError: `stream` is none.
        """
        self._require_incoming()
        if self.state is CallState.CLOSED:
            raise self.close_reason or ConnectionClosed(f"{self.peer} has hung up")
        self._channel.answer(stream, sdp_transform)
        self.local_stream = stream
        self._life.move(CallState.ANSWERED)

    async def decline(self) -> None:
        """Decline an incoming call; the caller is told, PeerScript and plain PeerJS alike.

        PeerJS cannot decline: a call closed before its answer rings on for ever on the other side
        (peerjs#1312). So it is answered with no media in either direction, and closed when it is
        connected. Returns when that is done, after at most `DECLINE_TIMEOUT` seconds.
        """
        self._require_incoming()
        if self.state is not CallState.RINGING:
            return
        self._channel.refuse()
        try:
            await self._connected_within(DECLINE_TIMEOUT)
        except TimeoutError:
            self._end(ConnectTimeout(f"{self.peer} could not be told that the call is declined"))
        finally:
            self._end(None)

    async def _connected_within(self, seconds: float) -> None:
        async with asyncio.timeout(seconds):
            while not self._connected and self.state is not CallState.CLOSED:
                await self._life.change()

    async def answered(self, *, timeout: float = 60.0) -> MediaStream | None:
        """Wait until the other side answers the call.

        Args:
            timeout: seconds to let it ring; then the call is closed.

        Returns:
            The remote stream; None if the other side only receives.

        Raises:
            CallDeclined: the other side declined or hung up; or neither side sends anything, which
                looks the same.
            ConnectTimeout: nobody answered in time.
            PeerUnavailable, NegotiationFailed: it could not be reached.
            RuntimeError: the call came from the other side.
        """
        check_timeout(timeout)
        if self._incoming:
            raise RuntimeError("this page was called: `await call.answer(stream)` answers")
        try:
            async with asyncio.timeout(timeout):
                while self.state is CallState.RINGING:
                    await self._life.change()
        except TimeoutError:
            self._end(ConnectTimeout(f"{self.peer} did not answer within {timeout:g} s"))
        except asyncio.CancelledError:
            self._end(None)
            raise
        if self.close_reason is not None:
            raise self.close_reason
        return self.remote_stream

    async def wait_connected(self) -> bool:
        """Wait until it is connected; return False when the call ends before."""
        while not self._connected and self.state is not CallState.CLOSED:
            await self._life.change()
        return self.state is not CallState.CLOSED

    async def wait_stream(self) -> MediaStream | None:
        """Wait for the remote stream; None when the call ends without one."""
        while self.remote_stream is None and self.state is not CallState.CLOSED:
            await self._life.change()
        return self.remote_stream

    async def wait_closed(self) -> None:
        """Return once the call is over, whoever ended it; then see `close_reason`."""
        while self.state is not CallState.CLOSED:
            await self._life.change()

    async def close(self) -> None:
        """Hang up. The streams stay yours: stop them with `peerscript.media.stop`.

        A call that was answered a moment ago is hung up when it is connected, or after
        `HANG_UP_TIMEOUT` seconds: a caller that is not connected cannot be told, and would ring on.
        """
        try:
            if self._incoming and self.open:
                await self._connected_within(HANG_UP_TIMEOUT)
        except TimeoutError:
            logger.debug("%s could not be told that the call is over", self.peer)
        finally:
            self._end(None)

    async def __aenter__(self) -> MediaConnection:
        return self

    async def __aexit__(
        self,
        kind: ExceptionType | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    # Events (events.Emitter)

    def _past(self, event: str) -> tuple[object, ...] | None:
        if event == "close":
            return () if self.state is CallState.CLOSED else None
        if event == "stream" and self.remote_stream is not None:
            return (self.remote_stream,)
        return None

    # Reports of the channel

    def _on_stream(self, stream: MediaStream) -> None:
        if self.remote_stream is not None:
            return  # PeerJS emits "stream" once per track
        self.remote_stream = stream
        self._emit("stream", stream)
        self._mark_answered()
        self._life.announce()

    def _on_connected(self, *, refused: bool, stream_follows: bool) -> None:
        self._connected = True
        self._emit("willCloseOnRemote")
        if refused and not self._incoming:
            self._end(CallDeclined(f"{self.peer} did not take the call"))
        elif not stream_follows or self.remote_stream is not None:
            self._mark_answered()
        self._life.announce()

    def _on_ice_state(self, state: str) -> None:
        self._emit("iceStateChanged", state)

    def _mark_answered(self) -> None:
        if self.state is CallState.RINGING and not self._incoming:
            self._life.move(CallState.ANSWERED)

    def _on_close(self, error: PeerScriptError | None) -> None:
        ringing = self.state is CallState.RINGING
        if error is None and ringing and not self._incoming:
            error = CallDeclined(f"{self.peer} did not take the call")
        elif ringing and isinstance(error, ConnectionLost):
            error = NegotiationFailed(f"no path to {self.peer} was found")
        elif isinstance(error, NegotiationFailed) and not ringing:
            error = ConnectionLost(str(error))  # PeerJS has one error type for both
        self._end(error)

    def _end(self, reason: PeerScriptError | None) -> None:
        if self.state is CallState.CLOSED:
            return
        self.close_reason = reason
        self._channel.close()
        self._life.move(CallState.CLOSED, self._emit_end)

    def _emit_end(self) -> None:
        if self.close_reason is not None:
            self._emit("error", self.close_reason)
        self._emit("close")

    def _require_incoming(self) -> None:
        if not self._incoming:
            raise RuntimeError("this page called: only the other side can answer or decline")
