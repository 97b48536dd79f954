"""A network inside one process, for tests and for learning: no browser, no PeerJS.

    network = MemoryNetwork()
    async with Peer("alice", browser=network) as alice, Peer("bob", browser=network) as bob:
        ...

It implements the same ports as `bridge/`, and the same tests run over both. Everything is delivered
a turn of the event loop later, as in a browser. `hold`, `cut` and `go_down` simulate failures.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from typing import Any

from peerscript.errors import (
    MediaNotFound,
)
from peerscript.options import IceServer, PeerOptions
from peerscript.ports import (
    BrokerEvents,
    PageEvent,
)
from peerscript.ports.ice import Gathered
from peerscript.ports.streams import Constraints, Device, MediaStream
from peerscript.ports.support import Supports
from peerscript.testing.broker import MemoryBroker, numbers
from peerscript.testing.call import MemoryStream, MemoryTrack
from peerscript.testing.channel import End, MemoryChannel
from peerscript.testing.datapath import MemoryDataPath
from peerscript.testing.delivery import soon
from peerscript.testing.frames import MemoryFrames, MemoryPictures
from peerscript.testing.mediapath import MemoryMediaPath


class MemoryNetwork:
    """A broker, and the pages that know it (ports.Browser).

    Args:
        camera: whether `get_user_media` finds a camera and a microphone.

    Attributes:
        gathered: what `connectivity.check_connectivity` finds.
    """

    def __init__(self, *, camera: bool = True) -> None:
        self.pages: dict[str, MemoryBroker] = {}
        self.channels: list[MemoryChannel] = []
        self.media_paths: list[MemoryMediaPath] = []
        self.data_paths: list[MemoryDataPath] = []
        self.camera = camera
        self.gathered = Gathered(frozenset({"host"}))
        self.up = True
        self.held = False

    def __dir__(self) -> list[str]:
        """What a test uses; all else is for the library (ports.Browser)."""
        return ["come_back", "cut", "gathered", "go_down", "hold", "release"]

    def hold(self) -> None:
        """Deliver no frames; they wait in their senders' buffers."""
        self.held = True

    def release(self) -> None:
        """Deliver frames again."""
        self.held = False
        for channel in self.channels:
            soon(channel.carry)
        ends: list[End] = [*self.channels, *self.data_paths]
        for end in ends:
            for wire in end.wires.values():
                soon(wire.carry)

    def cut(self) -> None:
        """Break every open path, as when a page vanishes."""
        for channel in self.channels:
            soon(channel.lose)
        for path in self.data_paths:
            soon(path.lose)

    def go_down(self) -> None:
        """Stop the broker."""
        self.up = False
        for broker in tuple(self.pages.values()):
            broker.disconnect()
            soon(broker.events.on_disconnected)

    def come_back(self) -> None:
        """Start it again."""
        self.up = True

    def supports(self) -> Supports:
        return Supports(True, True, True, True, True, True)

    def settings(self) -> Mapping[str, Any]:
        return {}

    def storage(self) -> MutableMapping[str, str]:
        return {}

    async def claim(self, name: str) -> bool:
        return True

    def watch(self, notify: Callable[[PageEvent], None]) -> Callable[[], None]:
        return lambda: None

    async def make_certificate(self) -> bytes:
        return secrets.token_bytes(32)

    def open_broker(
        self, peer_id: str | None, options: PeerOptions, events: BrokerEvents
    ) -> MemoryBroker:
        (certificate,) = (options.config or {})["certificates"]
        broker = MemoryBroker(self, peer_id or f"page-{next(numbers)}", events, certificate)
        soon(broker.reconnect)
        return broker

    def media_path(self, options: PeerOptions) -> MemoryMediaPath:
        (certificate,) = (options.config or {})["certificates"]
        path = MemoryMediaPath(certificate)
        self.media_paths.append(path)
        return path

    def data_path(self, options: PeerOptions, peer: str) -> MemoryDataPath:
        (certificate,) = (options.config or {})["certificates"]
        path = MemoryDataPath(self, peer, certificate)
        self.data_paths.append(path)
        return path

    async def gather_candidates(
        self, ice_servers: Sequence[IceServer] | None, timeout: float
    ) -> Gathered:
        return self.gathered

    async def get_user_media(self, audio: Constraints, video: Constraints) -> MediaStream:
        if not self.camera:
            raise MediaNotFound("Requested device not found")
        return MemoryStream(audio=bool(audio), video=bool(video))

    async def get_display_media(self, audio: Constraints, video: Constraints) -> MediaStream:
        return MemoryStream(audio=bool(audio), video=bool(video))

    async def devices(self) -> list[Device]:
        return [Device("videoinput", "camera", "Camera")] if self.camera else []

    def set_enabled(self, stream: MediaStream, kind: str, enabled: bool) -> None:
        stream.enabled[kind] = enabled

    def stop(self, stream: MediaStream) -> None:
        stream.stopped = True

    def tracks_of(self, stream: MediaStream) -> Mapping[str, MemoryTrack]:
        kinds = {"audio": stream.audio, "video": stream.video}
        return {kind: MemoryTrack(kind) for kind, there in kinds.items() if there}

    def stop_track(self, track: MemoryTrack) -> None:
        track.stopped = True

    def set_track_enabled(self, track: MemoryTrack, enabled: bool) -> None:
        track.enabled = enabled

    def on_track_end(self, track: MemoryTrack, ended: Callable[[], None]) -> Callable[[], None]:
        track.ended.append(ended)
        return lambda: track.ended.remove(ended)

    def read_frames(self, source: MemoryTrack, width: int | None) -> MemoryFrames:
        return MemoryFrames(source)

    def write_frames(self, width: int, height: int) -> MemoryPictures:
        return MemoryPictures(width, height)

    def canvas_track(self, canvas: Any) -> MemoryTrack:
        return MemoryTrack("video")
