"""What calls need from the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from peerscript.calls import MediaTrack, Slot
from peerscript.media import Constraints, Device, MediaStream

if TYPE_CHECKING:
    from app.calls.measures import Measures


class OwnDevices(Protocol):
    """The cameras, microphones and screens of this page."""

    async def open(self, camera: Constraints, microphone: Constraints) -> Mapping[Slot, MediaTrack]:
        """Ask for a camera, a microphone, or for both in one question.

        Raises:
            MediaError: it could not be had.
        """

    async def open_screen(self) -> Mapping[Slot, MediaTrack]:
        """Ask for a screen, with its sound where that is offered; from a click.

        Raises:
            MediaError: it could not be had, or was not wanted.
        """

    def stop(self, track: MediaTrack) -> None:
        """Release its device."""

    def enable(self, track: MediaTrack, enabled: bool) -> None:
        """Mute or unmute it."""

    async def known(self) -> list[Device]:
        """The devices; their labels are empty until the person has allowed one."""

    def device_of(self, track: MediaTrack) -> str:
        """The ID of its device; "" for none."""

    def height_of(self, track: MediaTrack) -> int:
        """The shorter side of its picture, in pixels; 0 if not known."""

    def faces_away(self, track: MediaTrack) -> bool:
        """Whether it is of a camera at the back of a phone."""

    def has_ended(self, track: MediaTrack) -> bool:
        """Whether it will never send anything again."""

    def seen(self) -> bool:
        """Whether the page is visible."""

    def on_end(self, track: MediaTrack, ended: Callable[[], None]) -> None:
        """Call it when the system, or the person in the browser's own interface, ends the track."""

    def on_change(self, changed: Callable[[], None]) -> None:
        """Call it when a device is plugged in or out, and when the page is visible again."""


@dataclass(frozen=True)
class Tile:
    """Somebody with whom this page is in a call.

    Attributes:
        key: of the contact.
        words: what there is to wait for; "" while media flow.
        reconnecting: whether there was a path before.
        camera, screen: what they send, for a <video>.
        speaking: whether they are heard to speak.
        caption: what they say, in writing; "" for nothing.
        quality: see `CallStats.quality`.
    """

    key: str
    peer_id: str
    name: str
    words: str = ""
    reconnecting: bool = False
    camera: MediaStream | None = None
    screen: MediaStream | None = None
    microphone_on: bool = True
    camera_on: bool = True
    recording: bool = False
    speaking: bool = False
    caption: str = ""
    quality: str = "unknown"


@dataclass(frozen=True)
class Ringing:
    """Somebody who calls.

    Attributes:
        also: whether this page is in a call with somebody else.
    """

    key: str
    name: str
    also: bool = False


@dataclass(frozen=True)
class Preview:
    """Before a call: what would be sent.

    Attributes:
        name: of the other person.
        accepts: whether they have called.
        asking: whether the browser is asking the person for the devices.
        words: what is missing, and what to do.
    """

    name: str
    accepts: bool
    asking: bool
    words: str


@dataclass(frozen=True)
class Own:
    """What this page sends, or would send.

    Attributes:
        camera, microphone: the tracks.
        muted: whether the microphone sends silence.
        faces_away: whether the camera is at the back of a phone.
        devices: all that can be chosen.
        camera_id, microphone_id: the chosen ones; "" for none.
    """

    camera: MediaTrack | None = None
    microphone: MediaTrack | None = None
    muted: bool = False
    sharing: bool = False
    recording: bool = False
    faces_away: bool = False
    devices: tuple[Device, ...] = ()
    camera_id: str = ""
    microphone_id: str = ""


@dataclass(frozen=True)
class Interrupted:
    """A recording that was not ended: the page was loaded again, or the disk is full.

    Attributes:
        name: of its file.
        size: bytes that are on disk.
    """

    key: str
    name: str
    size: int


@dataclass(frozen=True)
class CallsShown:
    """All that the page shows of calls.

    Attributes:
        recordings: those that were interrupted.
        captions_offered: whether what the person says can be captioned.
        ringing: the first of those who call.
        can_call: whether the chosen contact could be called now.
        away: the name of the chosen contact, who could be called if they were not away; else "".
    """

    tiles: tuple[Tile, ...] = ()
    own: Own = field(default_factory=Own)
    ringing: Ringing | None = None
    preview: Preview | None = None
    can_call: bool = False
    away: str = ""
    recordings: tuple[Interrupted, ...] = ()
    captions_offered: bool = False


class CallView(Protocol):
    """The tiles, the controls, the preview, and what rings."""

    def show(self, shown: CallsShown) -> None:
        """Show this from now on."""

    def measured(self, key: str, name: str, measures: Measures) -> None:
        """Show what was measured of a contact's media."""


class Recorder(Protocol):
    """Records what this page shows and plays of a call, to disk."""

    async def start(
        self, microphone: Callable[[], MediaTrack | None], ended: Callable[[], None]
    ) -> None:
        """Begin.

        Args:
            microphone: this page's own, at that moment; it plays nowhere here.
            ended: called when it ends by itself: the disk is full, say. `stop` tells why.

        Raises:
            OSError: this browser cannot, or there is no room.
        """

    async def stop(self) -> None:
        """End it, and let the person save it; nothing if none runs.

        Raises:
            OSError: not all of it could be kept; what is there is one of `interrupted`.
        """

    async def interrupted(self) -> list[Interrupted]:
        """The recordings that were not ended, and that no other page is at."""

    async def save(self, key: str) -> None:
        """Let the person save one of them.

        Raises:
            OSError: it cannot be read.
        """

    async def delete(self, key: str) -> None:
        """Delete one of them.

        Raises:
            OSError: it cannot be deleted.
        """


class Recognizer(Protocol):
    """Writes down what is said, on this device: nothing is sent to a server for it."""

    async def offered(self) -> bool:
        """Whether the browser can, if need be after it has downloaded something."""

    async def start(
        self, microphone: MediaTrack, heard: Callable[[str], None], failed: Callable[[str], None]
    ) -> None:
        """Listen.

        Args:
            heard: called with what is being said, again as more of it is understood.
            failed: called with the reason when it ends by itself.

        Raises:
            OSError: it cannot.
        """

    def stop(self) -> None:
        """Listen no more; nothing if it does not."""
