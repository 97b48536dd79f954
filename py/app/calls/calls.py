"""Calls with one other person at a time."""

from __future__ import annotations

from typing import Any

from app.calls.ports import CallPhase, CallView, Media
from app.faults import explain
from app.notices import Notices
from app.people.contact import Contact, Listener
from app.people.roster import Roster
from app.tasks import Tasks
from peerscript import MediaConnection, Peer
from peerscript.errors import (
    ConnectionLost,
    MediaError,
    MediaInUse,
    MediaNotFound,
    PeerScriptError,
)


class Calls(Listener):
    """The one call of this page, if there is one."""

    def __init__(
        self, people: Roster, view: CallView, notices: Notices, media: Media, tasks: Tasks
    ) -> None:
        self._people = people
        self._view = view
        self._notices = notices
        self._media = media
        self._tasks = tasks
        self._call: MediaConnection | None = None
        self._contact: Contact | None = None  # whom it is with; a guess until it is connected
        self._local: Any = None
        self._muted: set[str] = set()
        self.phase = CallPhase.NONE

    async def take_calls(self, peer: Peer) -> None:
        """Take incoming calls, one at a time, until the peer is closed; decline all others."""
        async for call in peer.calls():
            callers = self._callers(call)
            if not callers or self.phase is not CallPhase.NONE:
                self._tasks.start(call.decline())  # from a stranger, or this page is in a call
            else:
                self._tasks.start(self._ring(call, callers[0]))

    def _callers(self, call: MediaConnection) -> list[Contact]:
        """The contacts with the caller's ID, connected ones first. The certificate shows which of
        them it is, if any, when the call is connected.
        """
        known = [each for each in self._people.under(call.peer) if each.known]
        return sorted(known, key=lambda each: not each.link.connected)

    async def _ring(self, call: MediaConnection, contact: Contact) -> None:
        self._call, self._contact = call, contact
        self._show(CallPhase.RINGING)
        self._view.ring(contact.name)
        self._people.announce(contact, f"{contact.name} is calling.")
        await self._watch_end(call)

    async def start(self, peer: Peer) -> None:
        """Call whoever is connected. Problems are shown."""
        contact = self._people.chosen
        if self.phase is not CallPhase.NONE:
            return
        if contact is None or not contact.link.connected:
            self._notices.problem("They are not connected now, so nobody was called.")
            return
        self._contact = contact
        self._show(CallPhase.CALLING)
        if not await self._open_camera(None):
            return
        try:
            self._call = call = await peer.call(contact.peer_id, self._local)
            self._tasks.start(self._watch_end(call))
            await call.answered()
            await self._secure(call, [contact])
        except PeerScriptError as error:
            self._notices.problem(explain(error))
            if self._call is None:
                self._end()
            return
        if self._call is call and call.open:
            self._show(CallPhase.TALKING)

    async def _secure(self, call: MediaConnection, expected: list[Contact]) -> None:
        """Send media only after the call's certificate is that of an expected contact: the call is
        a connection of its own, which the broker could direct elsewhere.
        """
        if not await call.wait_connected():
            return
        seen = call.fingerprints
        found = (each for each in expected if seen and seen.remote == each.link.certificate)
        self._contact = next(found, None)
        if self._contact is None:
            self._notices.problem(
                f"The call was ended: it did not lead to {expected[0].name}, but to somebody else."
            )
            self._call = None
            self._end()
            await call.close()
        elif self._local is not None:
            self._allow(sending=True)

    def _allow(self, *, sending: bool) -> None:
        for kind in ("audio", "video"):
            self._media.set_enabled(self._local, kind, sending and kind not in self._muted)

    async def accept(self) -> None:
        """Answer the ringing call, with whatever of camera and microphone is available."""
        call = self._call
        if call is None or self.phase is not CallPhase.RINGING:
            return
        self._show(CallPhase.CALLING)
        if not await self._open_camera(call):
            return
        callers = self._callers(call)
        if not callers:
            return
        try:
            await call.answer(self._local)
            await self._secure(call, callers)
        except PeerScriptError as error:
            self._notices.problem(explain(error))
            self._end()
            return
        if self._call is not call or not call.open:
            return
        self._show(CallPhase.TALKING)
        await call.wait_stream()
        if self._call is call:
            self._show(CallPhase.TALKING)

    async def _open_camera(self, call: MediaConnection | None) -> bool:
        """Turn on the camera if there is one; return whether the call is still wanted
        afterwards.
        """
        local = await self._best_stream()
        if self.phase is not CallPhase.CALLING or self._call is not call:
            if local is not None:
                self._media.stop(local)  # hung up while the browser asked for the camera
            return False
        self._local = local
        if local is not None:
            self._allow(sending=False)  # until `_secure`
        self._show(CallPhase.CALLING)
        return True

    async def _best_stream(self) -> Any:
        """Camera and microphone, or the available one of them, or None. Problems are shown."""
        problem: MediaError | None = None
        for audio, video in ((True, True), (True, False), (False, True)):
            try:
                stream = await self._media.get_user_media(audio=audio, video=video)
            except (MediaNotFound, MediaInUse) as error:
                problem = problem or error
            except MediaError as error:
                problem = error
                break
            else:
                if problem is not None:
                    missing = "microphone" if video else "camera"
                    self._notices.problem(f"{explain(problem)} You are without a {missing} now.")
                return stream
        if problem is not None:
            self._notices.problem(
                f"{explain(problem)} Until then you see and hear, and send nothing."
            )
        return None

    async def decline(self) -> None:
        """Decline the ringing call."""
        if self._call is not None and self.phase is CallPhase.RINGING:
            self._show(CallPhase.NONE)
            await self._call.decline()

    async def hang_up(self) -> None:
        """End the call."""
        if self._call is not None:
            await self._call.close()
        else:
            self._end()

    def mute(self, kind: str, muted: bool) -> None:
        """Stop or resume sending "audio" or "video"."""
        (self._muted.add if muted else self._muted.discard)(kind)
        if self._local is not None and self.phase is CallPhase.TALKING:
            self._media.set_enabled(self._local, kind, not muted)

    async def _watch_end(self, call: MediaConnection) -> None:
        await call.wait_closed()
        if isinstance(call.close_reason, ConnectionLost):
            self._notices.problem(f"The call ended. {explain(call.close_reason)}")
        if self._call is call:
            self._notices.announce("The call is over.")
            self._end()

    def _end(self) -> None:
        if self._local is not None:
            self._media.stop(self._local)
        self._call = self._contact = self._local = None
        self._muted.clear()
        self._show(CallPhase.NONE)

    def _show(self, phase: CallPhase) -> None:
        self.phase = phase
        self._view.show(
            phase,
            name=self._contact.name if self._contact else "",
            peer_id=self._contact.peer_id if self._contact else "",
            local=self._local,
            remote=self._call.remote_stream if self._call and phase is CallPhase.TALKING else None,
        )

    # Contacts (contact.Listener): a call ends with its contact

    def on_gone(self, contact: Contact, reason: str) -> None:
        if self._contact is contact:
            self._tasks.start(self.hang_up())
