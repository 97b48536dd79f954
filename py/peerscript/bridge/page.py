"""The page that Python runs in (ports.Browser)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping, Sequence
from typing import Any

import js
from pyodide.ffi import JsProxy

from peerscript.bridge import certificates, ice, locks, media
from peerscript.bridge import storage as tab
from peerscript.bridge.broker import PeerJsBroker
from peerscript.bridge.listeners import Listeners
from peerscript.bridge.peerjs import peerjs
from peerscript.errors import BrowserUnsupported
from peerscript.options import IceServer, PeerOptions
from peerscript.ports import BrokerEvents, PageEvent
from peerscript.ports.datapath import DataPath
from peerscript.ports.ice import Gathered
from peerscript.ports.mediapath import MediaPath
from peerscript.ports.streams import Constraints, Device, FrameReader, FrameWriter
from peerscript.ports.support import NOTHING, Supports

IN_WORKER = (
    "Python runs in a web worker here, and browsers give WebRTC and cameras to the page itself "
    "only. Run it in the page (main thread): with PyScript leave `worker` out of "
    '<script type="py" worker>, with Pyodide call loadPyodide in the page'
)
NO_PAGE = "there is no page here: Python runs in JavaScript, but outside a browser's page"


def this_page() -> Page:
    """Return the page that Python runs in.

    Raises:
        BrowserUnsupported: Python runs in a web worker, or outside a browser, as in Node.
    """
    if getattr(js, "WorkerGlobalScope", None):
        raise BrowserUnsupported(IN_WORKER)
    if not getattr(js, "document", None):
        raise BrowserUnsupported(NO_PAGE)
    return Page()


class Page:
    """This page: PeerJS's script, the browser's WebRTC, PyScript's settings if there are any."""

    def supports(self) -> Supports:
        if not getattr(js, "RTCPeerConnection", None):
            return NOTHING
        found = peerjs().supports
        return Supports(
            browser=bool(found.browser),
            webrtc=bool(found.webRTC),
            audio_video=bool(found.audioVideo),
            data=bool(found.data),
            binary_blob=bool(found.binaryBlob),
            reliable=bool(found.reliable),
        )

    def settings(self) -> Mapping[str, Any]:
        try:
            from pyscript import config
        except ModuleNotFoundError:
            return {}  # plain Pyodide: no settings to read
        table = config.get("peerscript", {})
        if not isinstance(table, Mapping):
            raise ValueError("[peerscript] in the page's settings is not a table")
        return table

    def storage(self) -> MutableMapping[str, str]:
        return tab.TabStorage()

    async def claim(self, name: str) -> bool:
        return await locks.claim(name) is not None

    def watch(self, notify: Callable[[PageEvent], None]) -> Callable[[], None]:
        return tab.watch(notify)

    async def make_certificate(self) -> JsProxy:
        return await certificates.make_certificate()

    def open_broker(
        self, peer_id: str | None, options: PeerOptions, events: BrokerEvents
    ) -> PeerJsBroker:
        return PeerJsBroker(peer_id, options, events)

    def media_path(self, options: PeerOptions) -> MediaPath:
        from peerscript.bridge.mediapath import RtcMediaPath  # when the first call is made

        return RtcMediaPath(options)

    def data_path(self, options: PeerOptions, peer: str) -> DataPath:
        from peerscript.bridge.datapath import RtcDataPath  # when the first is made

        return RtcDataPath(options, peer)

    async def gather_candidates(
        self, ice_servers: Sequence[IceServer] | None, timeout: float
    ) -> Gathered:
        return await ice.gather_candidates(ice_servers, timeout)

    async def get_user_media(self, audio: Constraints, video: Constraints) -> JsProxy:
        return await media.get_user_media(audio, video)

    async def get_display_media(self, audio: Constraints, video: Constraints) -> JsProxy:
        return await media.get_display_media(audio, video)

    async def devices(self) -> list[Device]:
        return await media.devices()

    def set_enabled(self, stream: JsProxy, kind: str, enabled: bool) -> None:
        media.set_enabled(stream, kind, enabled)

    def stop(self, stream: JsProxy) -> None:
        media.stop(stream)

    def tracks_of(self, stream: JsProxy) -> Mapping[str, JsProxy]:
        return media.tracks_of(stream)

    def stop_track(self, track: JsProxy) -> None:
        track.stop()

    def set_track_enabled(self, track: JsProxy, enabled: bool) -> None:
        track.enabled = enabled

    def on_track_end(self, track: JsProxy, ended: Callable[[], None]) -> Callable[[], None]:
        listeners = Listeners()
        listeners.listen(track, "ended", lambda _: ended())
        return listeners.close

    def read_frames(self, source: JsProxy, width: int | None) -> FrameReader:
        from peerscript.bridge.frames import VideoFrames  # when they are first used

        return VideoFrames(source, width)

    def write_frames(self, width: int, height: int) -> FrameWriter:
        from peerscript.bridge.frames import CanvasFrames

        return CanvasFrames(width, height)

    def canvas_track(self, canvas: Any) -> JsProxy:
        from peerscript.bridge.frames import canvas_track

        return canvas_track(canvas)
