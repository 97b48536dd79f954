"""The page that the library runs in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping, Sequence
from enum import Enum
from typing import TYPE_CHECKING, Any, Protocol

from peerscript.options import IceServer, PeerOptions
from peerscript.ports.broker import Broker, BrokerEvents
from peerscript.ports.certificate import Certificate
from peerscript.ports.streams import (
    Constraints,
    Device,
    FrameReader,
    FrameWriter,
    MediaStream,
    MediaTrack,
)

if TYPE_CHECKING:  # a Peer needs neither
    from peerscript.ports.datapath import DataPath
    from peerscript.ports.ice import Gathered
    from peerscript.ports.mediapath import MediaPath
    from peerscript.ports.support import Supports


class PageEvent(Enum):
    """What happens to the page itself."""

    FROZEN = "freeze"  # the browser suspends it, and may resume it later
    AWAKE = "awake"  # it was resumed or is visible again, or the network is back


class Browser(Protocol):
    """The page that the library runs in."""

    def supports(self) -> Supports:
        """What this browser can do.

        Raises:
            BrowserUnsupported: PeerJS's script is not loaded.
        """

    def settings(self) -> Mapping[str, Any]:
        """The page's `[peerscript]` table; empty when it has none."""

    def storage(self) -> MutableMapping[str, str]:
        """This tab's storage: it outlives a reload and is deleted when the tab is closed. Writing
        raises OSError when it is full.
        """

    async def claim(self, name: str) -> bool:
        """Take a name for this page's lifetime; return False if another page here has it."""

    def watch(self, notify: Callable[[PageEvent], None]) -> Callable[[], None]:
        """Call `notify` at each PageEvent, until the returned function is called."""

    async def make_certificate(self) -> Certificate:
        """Make a certificate for this page's connections."""

    def open_broker(
        self, peer_id: str | None, options: PeerOptions, events: BrokerEvents
    ) -> Broker:
        """Start to log on; `on_open` or `on_error` follows."""

    def media_path(self, options: PeerOptions) -> MediaPath:
        """Make a connection for the media of a call, with the options and certificate of a peer."""

    def data_path(self, options: PeerOptions, peer: str) -> DataPath:
        """Make a connection for bulk to another page, with the options and certificate of a
        peer.
        """

    async def gather_candidates(
        self, ice_servers: Sequence[IceServer] | None, timeout: float
    ) -> Gathered:
        """Gather ICE candidates without connecting to anyone.

        Args:
            ice_servers: None for PeerJS's own.
            timeout: seconds, after which what was found so far is returned.

        Raises:
            BrowserUnsupported, ValueError, NegotiationFailed: see
                `connectivity.check_connectivity`.
        """

    async def get_user_media(self, audio: Constraints, video: Constraints) -> MediaStream:
        """See `media.get_user_media`."""

    async def get_display_media(self, audio: Constraints, video: Constraints) -> MediaStream:
        """See `media.get_display_media`."""

    async def devices(self) -> list[Device]:
        """See `media.devices`."""

    def set_enabled(self, stream: MediaStream, kind: str, enabled: bool) -> None:
        """See `media.set_enabled`."""

    def stop(self, stream: MediaStream) -> None:
        """See `media.stop`."""

    def tracks_of(self, stream: MediaStream) -> Mapping[str, MediaTrack]:
        """Its first tracks, by their kinds: "audio" and "video"."""

    def stop_track(self, track: MediaTrack) -> None:
        """Release its device."""

    def set_track_enabled(self, track: MediaTrack, enabled: bool) -> None:
        """Mute or unmute it."""

    def on_track_end(self, track: MediaTrack, ended: Callable[[], None]) -> Callable[[], None]:
        """Call `ended` when the system, or the person in the browser's own interface, ends a
        track (`stop_track` does not count), until the returned function is called.
        """

    def read_frames(self, source: MediaStream | MediaTrack, width: int | None) -> FrameReader:
        """Read pictures.

        Args:
            width: what they are scaled to, in pixels; None for their own.

        Raises:
            MediaError: this browser gives pages no pictures.
        """

    def write_frames(self, width: int, height: int) -> FrameWriter:
        """Make a video of this size, in pixels."""

    def canvas_track(self, canvas: Any) -> MediaTrack:
        """See `media.canvas_track`."""
