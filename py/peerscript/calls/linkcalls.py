"""The calls of one Link: one at a time."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from typing import assert_never

from peerscript.aio.inbox import EndOfInbox, Inbox
from peerscript.aio.tasks import TaskOwner
from peerscript.calls.call import Call
from peerscript.calls.path import CallPath, PathEvents
from peerscript.calls.ports import CallChannel, CallLink
from peerscript.calls.sources import Devices, Source, Sources
from peerscript.errors import ConnectionLost, LinkClosed, NegotiationFailed, PeerScriptError
from peerscript.ports.mediapath import MediaPath, Slot
from peerscript.ports.streams import MediaStream
from peerscript.protocol.calls.messages import (
    Accept,
    CallMessage,
    Candidate,
    Description,
    Leave,
    Rejoin,
    Ring,
    Sending,
)
from peerscript.protocol.calls.session import CallEnd, CallSession, LinkCallState
from peerscript.protocol.calls.stats import Entry
from peerscript.protocol.link.state import LinkState

logger = logging.getLogger("peerscript")

RING_TIMEOUT = 45.0  # seconds until a call that nobody takes ends
PATH_TIMEOUT = 30.0  # seconds until a call without a path ends, while the Link is connected
_NOT_ADMITTED = (LinkState.CONNECTING, LinkState.WAITING, LinkState.ASKING)
_TIMEOUTS = {
    LinkCallState.CALLING: (RING_TIMEOUT, CallEnd.UNANSWERED),
    LinkCallState.CONNECTING: (PATH_TIMEOUT, CallEnd.LOST),
    LinkCallState.RECONNECTING: (PATH_TIMEOUT, CallEnd.LOST),
}


class LinkCalls:
    """The call with the page of a Link, if there is one, and what rings.

    Args:
        new_path: makes a connection for media, with this page's certificate.
        remembered: the number of the call that this page was in before a reload; 0 for none.
        remember: saves it.
        changed: told each time that the state of the call is another.

    Attributes:
        session: of the newest call; None before there is one.
    """

    def __init__(
        self,
        link: CallLink,
        channel: CallChannel,
        devices: Devices,
        new_path: Callable[[], MediaPath],
        tasks: TaskOwner,
        *,
        remembered: int,
        remember: Callable[[int], None],
        changed: Callable[[], None],
    ) -> None:
        self._link = link
        self._channel = channel
        self._devices = devices
        self._new_path = new_path
        self._remember = remember
        self._changed = changed
        self._tasks = TaskOwner("calls", tasks)
        self.session: CallSession | None = None
        self._call: Call | None = None
        self._path: CallPath | None = None
        self._paths = 0  # of the session, as far as they were made here
        self._shown: LinkCallState | None = None
        self._ringing: Inbox[Call] = Inbox("the calls of a link")
        self._clock: asyncio.TimerHandle | None = None
        self._left = False  # whether the other page was, when there was a path last
        channel.on("restart", self._on_restart)
        for work in (self._read(), self._watch()):
            self._tasks.start(work)
        if remembered:
            self._come_in(CallSession.rejoin(remembered))

    def new(self, camera: Source, microphone: Source) -> Call:
        """See `Link.call`."""
        return Call(self, Sources(self._devices), self._tasks, camera=camera, microphone=microphone)

    async def incoming(self) -> AsyncIterator[Call]:
        """See `Link.calls`."""
        while True:
            try:
                call = await self._ringing.get()
            except EndOfInbox:
                return
            if call.state is not LinkCallState.ENDED:  # else the caller has given up
                yield call

    # What calls need (call.Desk)

    def begin(self, call: Call) -> None:
        session = self._live
        if session is None:
            if self._link.state in (LinkState.LOST, LinkState.CLOSED):
                raise LinkClosed(f"{self._link.peer_id} is out of reach")
            self._take(CallSession.ring(secrets.randbelow(2**52) + 1), call)
        elif session.state is LinkCallState.RINGING:
            ringing = self._call
            self._call = call
            call._session, call.incoming = session, True
            session.accept()
            if ringing is not None:
                ringing._announce()
        else:
            raise RuntimeError("there is a call with this page already")
        self.publish()

    def publish(self) -> None:
        """Send what there is to say, and follow the state."""
        session, call = self.session, self._call
        if session is None or call is None:
            return
        if self._link.state not in _NOT_ADMITTED:  # else when it is connected
            for message in session.outgoing:
                self._say(message)
            session.outgoing.clear()
        if session.joined and session.paths > self._paths:
            self._paths = session.paths
            self._make_path(session)
        if session.ended:
            self._close_path()
        if session.state is not self._shown:
            self._shown = session.state
            self._remember(session.id if session.joined else 0)
            self._set_clock(session)
            call._announce()
            self._changed()

    async def send_track(self, slot: Slot) -> None:
        if self._path is not None and self._call is not None:
            await self._path.send(slot, self._call.local.get(slot))
            self.apply_limits()

    def apply_limits(self) -> None:
        if self._path is not None and self._call is not None:
            for slot in self._call.local:
                bitrate, scale_down_by = self._call._limits.get(slot, (None, 1.0))
                self._path.limit(slot, bitrate=bitrate, scale_down_by=scale_down_by)

    def tell_sending(self) -> None:
        session, call, path = self.session, self._call, self._path
        if session is not None and call is not None and path is not None and session.joined:
            self._say(call._sending(session.id, path.stream_id))

    @property
    def remote_streams(self) -> dict[str, MediaStream]:
        return self._path.streams if self._path else {}

    @property
    def away(self) -> bool:
        return self._left and self._link.state is LinkState.RECONNECTING

    def level(self, stream_id: str) -> float:
        return self._path.level(stream_id) if self._path else 0.0

    async def stats(self) -> Sequence[Entry]:
        return await self._path.stats() if self._path else ()

    def leave(self, reason: CallEnd) -> None:
        """End the call, if there is one."""
        if session := self._live:
            self._leave(session, reason)

    # The session

    @property
    def _live(self) -> CallSession | None:
        return self.session if self.session and not self.session.ended else None

    def _take(self, session: CallSession, call: Call) -> None:
        self.session, self._call, self._shown, self._paths = session, call, None, 0
        call._session = session

    def _say(self, message: CallMessage) -> None:
        try:
            self._channel.send_nowait(message)
        except PeerScriptError as error:  # the Link's state says it; a timeout ends the call
            logger.info("%s is told nothing about the call: %s", self._link.peer_id, error)

    def _set_clock(self, session: CallSession) -> None:
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None
        state = self._link.state
        if state in _NOT_ADMITTED or (session.joined and state is not LinkState.CONNECTED):
            return  # nobody has been rung, or no path can be agreed on; a lost Link ends the call
        if session.state in _TIMEOUTS:
            seconds, reason = _TIMEOUTS[session.state]
            loop = asyncio.get_running_loop()
            self._clock = loop.call_later(seconds, self._leave, session, reason)

    def _leave(self, session: CallSession, reason: CallEnd) -> None:
        session.leave(reason)
        self.publish()

    # The path

    def _make_path(self, session: CallSession) -> None:
        self._close_path()
        self._path = CallPath(
            self._new_path(),
            session.id,
            polite=self._link.is_guest,
            certificate=lambda: self._link.certificate,
            say=self._say,
            events=PathEvents(
                connected=self._on_path(session, session.on_connected),
                disconnected=self._on_path(session, session.on_disconnected),
                streams=self._on_streams,
                failed=self._on_failed,
            ),
            tasks=self._tasks,
        )
        self._tasks.start(self._send_tracks(self._path))
        self.tell_sending()

    def _on_path(self, session: CallSession, happened: Callable[[], None]) -> Callable[[], None]:
        def follow() -> None:
            happened()
            self.publish()
            self.apply_limits()  # some browsers know of no encoding before they have agreed

        return follow

    async def _send_tracks(self, path: CallPath) -> None:
        """Send what is open; before anything is, ask for nothing: the other page may send alone."""
        call = self._call
        for slot, track in call.local.items() if call else ():
            await path.send(slot, track)

    def _on_streams(self) -> None:
        if self._call is not None:
            self._call._announce()

    def _on_failed(self, error: NegotiationFailed) -> None:
        if self._call is not None:
            self._call.problem = str(error)
        if self.session is not None:
            self._leave(self.session, CallEnd.FAILED)

    def _close_path(self) -> None:
        if self._path is not None:
            self._path.close()
            self._path = None

    # What arrives

    async def _read(self) -> None:
        async for message in self._channel:
            self._on_message(message)
            self.publish()

    def _on_message(self, message: CallMessage) -> None:
        session = self._live
        if isinstance(message, Ring):
            self._on_ring(message, session)
        elif session is None or not session.is_for(message.call):
            if isinstance(message, Rejoin):
                self._say(Leave(message.call, CallEnd.RELOADED.value))
        else:
            self._on_message_of(session, message)

    def _on_ring(self, message: Ring, session: CallSession | None) -> None:
        if session is not None:
            session.on_ring(message.call)
            return
        self._come_in(CallSession(message.call, LinkCallState.RINGING))

    def _come_in(self, session: CallSession) -> None:
        call = self.new(None, None)
        call.incoming = True
        self._take(session, call)
        self._ringing.put(call)
        self.publish()

    def _on_message_of(
        self,
        session: CallSession,
        message: Accept | Rejoin | Leave | Description | Candidate | Sending,
    ) -> None:
        match message:
            case Accept():
                session.on_accept()
            case Rejoin():
                session.on_rejoin()
            case Leave():
                session.on_leave(message.reason)
            case Description() | Candidate():
                if self._path is not None and session.joined:
                    self._path.on_message(message)
            case Sending():
                if self._call is not None:
                    self._call._on_sending(message)
            case _:
                assert_never(message)

    def _on_restart(self) -> None:
        if session := self._live:
            session.on_restart()
            if session.joined:
                self._close_path()
            self.publish()

    async def _watch(self) -> None:
        """Follow the Link to its end."""
        async for state in self._link.states():
            session = self._live
            self._follow_away(state)
            if session is not None and state in (LinkState.LOST, LinkState.CLOSED):
                self._end_with_link(session, state)
            elif session is not None and (session.joined or self._clock is None):
                self._set_clock(session)
                if self._path is not None and state is LinkState.CONNECTED:
                    self._path.retry()
            self.publish()  # what was to be said before the guest was let in
        self._ringing.close()

    def _follow_away(self, state: LinkState) -> None:
        """The media's own path is seen to be broken some seconds later."""
        before = self._left
        if state in (LinkState.RECONNECTING, LinkState.CONNECTED):
            lost = isinstance(self._link.error, ConnectionLost)
            self._left = state is LinkState.RECONNECTING and not lost
        if self._left is not before and self._call is not None:
            self._call._announce()

    def _end_with_link(self, session: CallSession, state: LinkState) -> None:
        closed, error = state is LinkState.CLOSED, self._link.error
        if closed and error is None:  # by the person here
            session.leave()
        elif session.joined and (type(error) is LinkClosed if closed else self._left):
            session.on_leave(CallEnd.LEFT.value)
        else:
            session.leave(CallEnd.LOST)
