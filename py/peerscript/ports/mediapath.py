"""One RTCPeerConnection that carries the media of a call."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol

from peerscript.ports.rtcpath import RtcPath
from peerscript.ports.streams import MediaStream, MediaTrack

__all__ = ["MediaPath", "MediaPathEvents", "MediaTrack", "Slot"]


class Slot(Enum):
    """What a page may send, at most one track of each."""

    MICROPHONE = "microphone"
    CAMERA = "camera"
    SCREEN = "screen"
    SCREEN_SOUND = "screen-sound"


@dataclass(frozen=True)
class MediaPathEvents:
    """What happens to it.

    Attributes:
        on_negotiation_needed: an offer is to be made.
        on_candidate: an RTCIceCandidate as JSON, for the other page.
        on_stream: a stream of the other page's, and its ID, each time that a track comes to it.
        on_state: the new [connectionState](https://developer.mozilla.org/docs/Web/API/RTCPeerConnection/connectionState).
    """

    on_negotiation_needed: Callable[[], None]
    on_candidate: Callable[[str], None]
    on_stream: Callable[[str, MediaStream], None]
    on_state: Callable[[str], None]


class MediaPath(RtcPath, Protocol):
    """See https://developer.mozilla.org/docs/Web/API/RTCPeerConnection."""

    def bind(self, events: MediaPathEvents) -> None:
        """Report to these from now on."""

    @property
    def state(self) -> str:
        """The connectionState now."""

    @property
    def stable(self) -> bool:
        """Whether no offer waits for its answer."""

    @property
    def tracks(self) -> int:
        """How many tracks were negotiated, in both directions."""

    def receive(self) -> None:
        """Ask for sound and pictures: there is a connection even if neither page sends any."""

    async def send(self, slot: Slot, track: MediaTrack | None) -> None:
        """Send this track instead of the one before; None for none."""

    def stream_id(self, slot: Slot) -> str:
        """The ID of the stream in which the other page gets a slot's track."""

    def limit(self, slot: Slot, *, bitrate: int | None, scale_down_by: float) -> None:
        """Limit what is sent: `bitrate` in bits per second (None: no limit), and the picture's
        width and height divided by `scale_down_by`. Where there is room for little, sound goes
        before pictures.
        """

    def level(self, stream_id: str) -> float:
        """How loud the sound of a stream of the other page's is, from 0.0 to 1.0."""

    def restart_ice(self) -> None:
        """Look for another path; negotiation follows."""

    async def stats(self) -> Sequence[Mapping[str, Any]]:
        """The browser's statistics: https://developer.mozilla.org/docs/Web/API/RTCStatsReport."""
