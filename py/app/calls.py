"""Calls with one other person at a time."""

from __future__ import annotations

from enum import Enum
from typing import Any

from app.contact import Contact
from app.faults import explain
from app.people import People
from app.ports import CallView, Media, Notices
from app.tasks import Tasks
from peerscript import MediaConnection, Peer
from peerscript.errors import ConnectionLost, MediaError, PeerScriptError


class CallPhase(Enum):
    """What the call's part of the page shows."""

    NONE = "none"
    CALLING = "calling"
    RINGING = "ringing"
    TALKING = "talking"


class Calls:
    """The one call of this page, if there is one."""

    def __init__(
        self, people: People, view: CallView, notices: Notices, media: Media, tasks: Tasks
    ) -> None:
        self._people = people
        self._view = view
        self._notices = notices
        self._media = media
        self._tasks = tasks
        self._call: MediaConnection | None = None
        self._local: Any = None
        self.phase = CallPhase.NONE

    async def listen(self, peer: Peer) -> None:
        """Let incoming calls ring, one at a time, until the peer is closed."""
        async for call in peer.calls():
            contact = self._people.contacts.get(call.peer)
            if contact is None or self.phase is not CallPhase.NONE:
                self._tasks.start(call.decline())  # a stranger, or the line is busy
            else:
                self._tasks.start(self._ring(call, contact))

    async def _ring(self, call: MediaConnection, contact: Contact) -> None:
        self._call = call
        self._show(CallPhase.RINGING)
        self._view.ring(contact.name)
        self._notices.announce(f"{contact.name} is calling.")
        await self._until_over(call)

    async def start(self, peer: Peer) -> None:
        """Call whoever is connected. Problems are told."""
        if self.phase is not CallPhase.NONE or not self._people.connected:
            return
        contact = self._people.connected[-1]
        self._show(CallPhase.CALLING)
        if not await self._open_camera(None):
            return
        try:
            self._call = call = await peer.call(contact.peer_id, self._local)
            self._tasks.start(self._until_over(call))
            await call.answered()
        except PeerScriptError as error:
            self._notices.problem(explain(error))
            if self._call is None:
                self._over()
            return
        if self._call is call:
            self._show(CallPhase.TALKING)

    async def accept(self) -> None:
        """Take the call that rings. Without a camera one still sees and hears the other."""
        call = self._call
        if call is None or self.phase is not CallPhase.RINGING:
            return
        self._show(CallPhase.CALLING)
        if not await self._open_camera(call):
            return
        try:
            await call.answer(self._local)
        except PeerScriptError as error:
            self._notices.problem(explain(error))
            self._over()
            return
        self._show(CallPhase.TALKING)
        await call.wait_stream()
        if self._call is call:
            self._show(CallPhase.TALKING)

    async def _open_camera(self, call: MediaConnection | None) -> bool:
        """Turn the camera on if there is one; return whether the call is still wanted then."""
        local = None
        try:
            local = await self._media.get_user_media()
        except MediaError as error:
            self._notices.problem(f"{explain(error)} Until then you see and hear, and send nothing.")
        if self.phase is not CallPhase.CALLING or self._call is not call:
            if local is not None:
                self._media.stop(local)  # hung up while the browser asked for the camera
            return False
        self._local = local
        self._show(CallPhase.CALLING)
        return True

    async def decline(self) -> None:
        """Refuse the call that rings."""
        if self._call is not None and self.phase is CallPhase.RINGING:
            self._show(CallPhase.NONE)
            await self._call.decline()

    async def hang_up(self) -> None:
        """End the call."""
        if self._call is not None:
            await self._call.close()
        else:
            self._over()

    def mute(self, kind: str, muted: bool) -> None:
        """Stop or go on sending "audio" or "video"."""
        if self._local is not None:
            self._media.set_enabled(self._local, kind, not muted)

    async def _until_over(self, call: MediaConnection) -> None:
        await call.wait_closed()
        if isinstance(call.close_reason, ConnectionLost):
            self._notices.problem(f"The call ended. {explain(call.close_reason)}")
        if self._call is call:
            self._notices.announce("The call is over.")
            self._over()

    def _over(self) -> None:
        if self._local is not None:
            self._media.stop(self._local)
        self._call = self._local = None
        self._show(CallPhase.NONE)

    def _show(self, phase: CallPhase) -> None:
        self.phase = phase
        call = self._call
        contact = self._people.contacts.get(call.peer) if call else None
        self._view.show(
            phase,
            name=contact.name if contact else (call.peer if call else ""),
            peer_id=call.peer if call else "",
            local=self._local,
            remote=call.remote_stream if call else None,
        )

    # What contacts say (contact.Listener): a call ends with its contact

    async def on_message(self, contact: Contact, message: object) -> None:
        """Calls have PeerJS's own signals."""

    async def on_piece(self, contact: Contact, number: int, offset: int, data: bytes) -> None:
        """Files are not for calls."""

    def on_gone(self, contact: Contact, reason: str) -> None:
        if self._call is not None and self._call.peer == contact.peer_id:
            self._tasks.start(self.hang_up())
