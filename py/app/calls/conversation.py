"""A call with one contact."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from app.calls.limits import LARGE, Limit, Uplink
from app.calls.measures import EVERY, Measures
from app.calls.own import OwnMedia
from app.calls.ports import Tile
from app.calls.speaking import EVERY as LISTENS_EVERY
from app.calls.speaking import Speaking
from app.calls.words import waiting_words
from app.people.contact import Contact
from peerscript.calls import Call, LinkCallState, Slot
from peerscript.errors import CallEnded
from peerscript.protocol.calls.session import IN_CALL


class Conversation:
    """A call with one contact, which gets what this page sends.

    Attributes:
        introduced: whether this page was told to call them by others in the call.
        joined: whether both have taken it.
        measures: of its media.

    Args:
        changed: called after each change of the call.
    """

    def __init__(
        self,
        contact: Contact,
        call: Call,
        own: OwnMedia,
        changed: Callable[[Conversation], None],
        *,
        introduced: bool = False,
    ) -> None:
        self.introduced = introduced
        self.contact = contact
        self.call = call
        self.joined = call.state in IN_CALL
        self.measures = Measures()
        self._speaking = Speaking()
        self._uplink, self._limit = Uplink(), LARGE
        self._own = own
        self._changed = changed
        self._connected_at: float | None = None  # by the loop's clock
        self._said = (False, False)  # whether this page is muted, and records
        self._sending = asyncio.Lock()
        call.on("change", self._on_change)

    def _on_change(self) -> None:
        self.joined = self.joined or self.call.state in IN_CALL
        self._changed(self)

    def first_connected(self) -> bool:
        """Whether media flow, and this was not asked before since they do."""
        first = self.call.connected and self._connected_at is None
        if first:
            self._connected_at = asyncio.get_running_loop().time()
        return first

    @property
    def seconds(self) -> float | None:
        """How long ago media began to flow; None if they never did."""
        if self._connected_at is None:
            return None
        return asyncio.get_running_loop().time() - self._connected_at

    @property
    def tile(self) -> Tile:
        """What the page shows of it."""
        contact, call, remote = self.contact, self.call, self.call.remote
        known = call.connected or self._connected_at is not None
        return Tile(
            contact.key,
            contact.peer_id,
            contact.name,
            words=waiting_words(call.state, contact.name, away=call.away),
            reconnecting=call.away or call.state is LinkCallState.RECONNECTING,
            camera=remote.camera,
            screen=remote.screen,
            microphone_on=remote.microphone_on or not known,
            camera_on=remote.camera_on or not known,
            recording=remote.recording,
            speaking=self._speaking.on,
            quality=self.measures.quality,
        )

    async def take(self, limit: Limit) -> None:
        """Take it, with what is open here."""
        tracks = self._own.tracks
        self._say(self._own.wishes.muted, self._own.recording)
        try:
            await self.call.accept(
                camera=tracks.get(Slot.CAMERA), microphone=tracks.get(Slot.MICROPHONE)
            )
        except CallEnded:
            return  # who follows it says why
        await self.send(limit)

    async def send(self, limit: Limit) -> None:
        """Send what is open here now, and nothing else."""
        self._limit = limit
        async with self._sending:
            call, own = self.call, self._own
            if call.state in (LinkCallState.RINGING, LinkCallState.ENDED):
                return
            for slot, turn in (
                (Slot.CAMERA, call.set_camera),
                (Slot.MICROPHONE, call.set_microphone),
            ):
                if call.local.get(slot) is not own.tracks.get(slot):
                    await turn(own.tracks.get(slot))
            await self._send_screen()
            self._say(own.wishes.muted, own.recording)
            self._apply_limit()

    def _apply_limit(self) -> None:
        limit = self._uplink.fit(self._limit)
        self.call.limit(
            Slot.CAMERA,
            bitrate=limit.bitrate,
            scale_down_by=limit.scale_down_by(self._own.picture_height),
        )

    def _say(self, muted: bool, recording: bool) -> None:
        if (muted, recording) != self._said:
            self._said = muted, recording
            self.call.mute(muted)
            self.call.set_recording(recording)

    async def _send_screen(self) -> None:
        tracks = self._own.tracks
        screen = tracks.get(Slot.SCREEN)
        if self.call.local.get(Slot.SCREEN) is screen:
            return
        if screen is None:
            await self.call.stop_sharing()
        else:
            await self.call.share_screen(screen, sound=tracks.get(Slot.SCREEN_SOUND))

    async def measure(self, measured: Callable[[Conversation], None]) -> None:
        """Look at its media again and again, until it is over."""
        async for stats in self.call.stats(EVERY):
            self.measures.add(stats)
            if self._uplink.add(stats.room):
                self._apply_limit()
            measured(self)

    async def listen(self) -> None:
        """Hear whether they speak, until it is over."""
        while self.call.state is not LinkCallState.ENDED:
            if self._speaking.hear(self.call.level):
                self._changed(self)
            await asyncio.sleep(LISTENS_EVERY)
