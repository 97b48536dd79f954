"""What the person here turns on and off in a call, and chooses."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from app.calls.own import OwnMedia
from app.calls.topics import Topics
from app.calls.words import screen_words
from app.faults import explain
from app.language import _
from peerscript.calls import Slot
from peerscript.errors import MediaError


class Switches:
    """The microphone, the camera and the screen of this page.

    Args:
        own: what they change.
        topics: what is told of it.
        talks: returns whether this page is in a call.
        announce: tells a screen reader.
    """

    def __init__(
        self,
        own: OwnMedia,
        topics: Topics,
        talks: Callable[[], bool],
        announce: Callable[[str], None],
    ) -> None:
        self._own = own
        self._topics = topics
        self._talks = talks
        self._announce = announce

    async def microphone(self) -> None:
        """Mute or unmute; open it, where there was none."""
        if Slot.MICROPHONE in self._own.tracks:
            self._own.mute(not self._own.wishes.muted)
        else:
            self._own.wishes.muted = False
            await self._turn(Slot.MICROPHONE, True)

    async def camera(self) -> None:
        """Release the camera, or open it."""
        await self._turn(Slot.CAMERA, Slot.CAMERA not in self._own.tracks)

    async def _turn(self, slot: Slot, on: bool) -> None:
        with suppress(MediaError):  # it is one of those that are missing, and said to be
            await self._own.turn(slot, on)

    async def choose(self, slot: Slot, device_id: str) -> None:
        """Use another device; "" for none."""
        try:
            await self._own.choose(slot, device_id)
        except MediaError as error:
            self._topics.choice.problem(explain(error))
        else:
            self._topics.choice.settle()

    async def screen(self) -> None:
        """Share a screen, or stop that. Who has changed their mind is not told of it."""
        if Slot.SCREEN in self._own.tracks:
            self._own.stop_sharing()
            return
        try:
            await self._own.share()
        except MediaError as error:
            self._topics.sharing.follow(screen_words(error))
            self._announce(_("No screen is shared."))
        else:
            self._topics.sharing.settle()

    def talk(self, held: bool) -> bool:
        """The key to talk is pressed, or let go; return whether that means anything now."""
        can = self._talks() and Slot.MICROPHONE in self._own.tracks
        if not can or self._own.wishes.muted is not held:
            return False
        self._own.mute(not held)
        return True
