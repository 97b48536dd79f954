"""What this page sends in a call, and who stops it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Protocol, TypeGuard

from peerscript.errors import MediaError
from peerscript.ports.mediapath import MediaTrack, Slot
from peerscript.ports.streams import Constraints, MediaStream

Source = Constraints | MediaTrack | None  # what a person may give for a slot


class Devices(Protocol):
    """What is needed of the browser (ports.Browser)."""

    async def get_user_media(self, audio: Constraints, video: Constraints) -> MediaStream: ...

    async def get_display_media(self, audio: Constraints, video: Constraints) -> MediaStream: ...

    def tracks_of(self, stream: MediaStream) -> Mapping[str, MediaTrack]: ...

    def stop_track(self, track: MediaTrack) -> None: ...

    def set_track_enabled(self, track: MediaTrack, enabled: bool) -> None: ...

    def on_track_end(self, track: MediaTrack, ended: Callable[[], None]) -> Callable[[], None]: ...


class Sources:
    """The tracks that this page sends, by slot.

    Attributes:
        tracks: those that there are.
    """

    def __init__(self, browser: Devices) -> None:
        self._browser = browser
        self.tracks: dict[Slot, MediaTrack] = {}
        self._own: set[Slot] = set()  # opened here, so stopped here
        self._unwatch: dict[Slot, Callable[[], None]] = {}
        self._lost: Callable[[Slot], None] = lambda _: None

    def bind(self, lost: Callable[[Slot], None]) -> None:
        """Call `lost` when the system, or the person in the browser's own interface, ends a track;
        it is none of `tracks` any more.
        """
        self._lost = lost

    async def open(self, camera: Source, microphone: Source) -> None:
        """Open what is wanted: both in one question to the person, where both are.

        Raises:
            MediaError: it could not be had; nothing is open then.
        """
        if _asked(camera) and _asked(microphone):
            stream = await self._browser.get_user_media(microphone, camera)
            found = self._browser.tracks_of(stream)
            self._take(Slot.CAMERA, found.get("video"), own=True)
            self._take(Slot.MICROPHONE, found.get("audio"), own=True)
            return
        for slot, source in ((Slot.CAMERA, camera), (Slot.MICROPHONE, microphone)):
            await self.set(slot, source)

    async def set(self, slot: Slot, source: Source) -> MediaTrack | None:
        """Open, replace or end the camera or the microphone; return the track.

        Raises:
            MediaError: it could not be had; what was there before stays.
        """
        if not _asked(source):
            self._take(slot, source or None, own=False)
            return self.tracks.get(slot)
        ask = self._browser.get_user_media
        sound = slot is Slot.MICROPHONE
        found = self._browser.tracks_of(await (ask(source, False) if sound else ask(False, source)))
        self._take(slot, found.get("audio" if sound else "video"), own=True)
        return self.tracks.get(slot)

    async def open_screen(self, picture: Source, sound: Source) -> None:
        """Take a screen that is there already, or ask for one; call it from a click then.

        Raises:
            MediaError: it could not be had.
        """
        if not _asked(picture):
            self._take(Slot.SCREEN, picture or None, own=False)
            self._take(Slot.SCREEN_SOUND, None if _asked(sound) else sound or None, own=False)
            return
        stream = await self._browser.get_display_media(sound if _asked(sound) else False, picture)
        found = self._browser.tracks_of(stream)
        if "video" not in found:
            raise MediaError("the browser has given a screen without a picture")
        self._take(Slot.SCREEN, found["video"], own=True)
        self._take(Slot.SCREEN_SOUND, found.get("audio"), own=True)

    def enable(self, slot: Slot, enabled: bool) -> None:
        """Mute or unmute a track: the other page gets silence or black."""
        if slot in self.tracks:
            self._browser.set_track_enabled(self.tracks[slot], enabled)

    def end(self, slot: Slot) -> None:
        """Send it no more."""
        self._take(slot, None, own=False)

    def close(self) -> None:
        """Release everything that was opened here."""
        for slot in Slot:
            self.end(slot)

    def _take(self, slot: Slot, track: MediaTrack | None, *, own: bool) -> None:
        before = self.tracks.pop(slot, None)
        if before is not None:
            self._unwatch.pop(slot)()
        if before is not None and slot in self._own:
            self._browser.stop_track(before)
        self._own.discard(slot)
        if track is not None:
            self.tracks[slot] = track
            self._unwatch[slot] = self._browser.on_track_end(track, partial(self._on_end, slot))
            if own:
                self._own.add(slot)

    def _on_end(self, slot: Slot) -> None:
        self.end(slot)
        self._lost(slot)


def _asked(source: Any) -> TypeGuard[Constraints]:
    """Whether the browser is to be asked for it: True, or constraints."""
    return source is True or isinstance(source, Mapping)
