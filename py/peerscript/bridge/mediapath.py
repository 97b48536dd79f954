"""The browser's RTCPeerConnection, for the media of a call (ports.mediapath)."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

import js
from pyodide.ffi import JsException, JsProxy, create_once_callable

from peerscript.bridge.rtcpath import RtcPath
from peerscript.bridge.values import from_json_object, plain_object
from peerscript.options import PeerOptions
from peerscript.ports.mediapath import MediaPathEvents, Slot

logger = logging.getLogger("peerscript")

_SCREEN = (Slot.SCREEN, Slot.SCREEN_SOUND)


class RtcMediaPath(RtcPath):
    """One RTCPeerConnection (ports.MediaPath)."""

    def __init__(self, options: PeerOptions) -> None:
        super().__init__(options)
        self._senders: dict[Slot, JsProxy] = {}
        self._heard: dict[str, Any] = {}  # receivers of sound, by the IDs of their streams
        # One of each for as long as the call, so that a track that is replaced is in the same one.
        camera, screen = js.MediaStream.new(), js.MediaStream.new()
        self._streams = {slot: screen if slot in _SCREEN else camera for slot in Slot}

    def bind(self, events: MediaPathEvents) -> None:
        path, listen = self._path, self._listeners.listen

        def on_track(event: Any) -> None:
            for stream in event.streams:
                if str(event.track.kind) == "audio":
                    self._heard[str(stream.id)] = event.receiver
                events.on_stream(str(stream.id), stream)

        listen(path, "negotiationneeded", lambda _: events.on_negotiation_needed())
        self._listen_for_candidates(events.on_candidate)
        listen(path, "track", on_track)
        listen(path, "connectionstatechange", lambda _: events.on_state(str(path.connectionState)))

    @property
    def state(self) -> str:
        return str(self._path.connectionState)

    @property
    def stable(self) -> bool:
        return str(self._path.signalingState) == "stable"

    @property
    def tracks(self) -> int:
        return int(self._path.getTransceivers().length)

    def receive(self) -> None:
        for kind in ("audio", "video"):  # `addTrack` uses them for the first track of this kind
            self._path.addTransceiver(kind, plain_object({"direction": "recvonly"}))

    async def send(self, slot: Slot, track: Any) -> None:
        if slot in self._senders:
            await self._senders[slot].replaceTrack(track)
        elif track is not None:
            self._senders[slot] = self._path.addTrack(track, self._streams[slot])

    def stream_id(self, slot: Slot) -> str:
        return str(self._streams[slot].id)

    def limit(self, slot: Slot, *, bitrate: int | None, scale_down_by: float) -> None:
        sender: Any = self._senders.get(slot)
        parameters = sender.getParameters() if sender else None
        if parameters is None or not parameters.encodings or not parameters.encodings.length:
            return
        encoding = parameters.encodings[0]
        picture = slot in (Slot.CAMERA, Slot.SCREEN)
        priority = "low" if picture else "high"
        before = (
            getattr(encoding, "maxBitrate", None),
            getattr(encoding, "scaleResolutionDownBy", 1.0) if picture else scale_down_by,
            getattr(encoding, "priority", priority),
        )
        if before == (bitrate, scale_down_by, priority):
            return  # of two changes in one turn, browsers refuse the second
        if bitrate is None:
            js.Reflect.deleteProperty(encoding, "maxBitrate")
        else:
            encoding.maxBitrate = bitrate
        if picture:
            encoding.scaleResolutionDownBy = scale_down_by
        encoding.priority = encoding.networkPriority = priority
        sender.setParameters(parameters).catch(create_once_callable(_not_limited))

    def level(self, stream_id: str) -> float:
        receiver = self._heard.get(stream_id)
        sources = receiver.getSynchronizationSources() if receiver else ()
        return max((float(getattr(each, "audioLevel", None) or 0) for each in sources), default=0.0)

    def restart_ice(self) -> None:
        self._path.restartIce()

    async def stats(self) -> Sequence[Mapping[str, Any]]:
        report = await self._path.getStats()
        found = from_json_object(js.Array.from_(report.values()))
        return found if isinstance(found, list) else []

    def close(self) -> None:
        super().close()
        self._senders.clear()
        self._heard.clear()


def _not_limited(error: JsException) -> None:
    logger.info("what is sent is not limited: %s", error)  # the track was replaced meanwhile
