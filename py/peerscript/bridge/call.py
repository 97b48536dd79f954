"""PeerJS's MediaConnection."""

from __future__ import annotations

import re
from typing import Any

import js
from pyodide.ffi import JsProxy

from peerscript.bridge.certificates import fingerprints
from peerscript.bridge.listeners import Listeners
from peerscript.bridge.media import check_stream
from peerscript.bridge.path import watch_path
from peerscript.bridge.values import (
    from_json_object,
    metadata_object,
    peer_error,
    plain_object,
)
from peerscript.errors import ConnectionLost, PeerScriptError
from peerscript.ports import CallEvents, CallOffer, Fingerprints, SdpTransform

_DIRECTION = re.compile(r"^a=(?:sendrecv|sendonly|recvonly)\r?$", re.MULTILINE)


class PeerJsCall:
    """One MediaConnection of PeerJS (ports.CallChannel)."""

    def __init__(self, connection: JsProxy, listeners: Listeners | None = None) -> None:
        self._connection = connection
        self._listeners = listeners or Listeners()
        self._connected = False
        self._reported = False
        self._lost: PeerScriptError | None = None
        self._path: JsProxy | None = None
        self._events: CallEvents | None = None
        self.peer = str(connection.peer)
        self.connection_id = str(connection.connectionId)
        self.metadata: Any = from_json_object(connection.metadata)

    @property
    def peer_connection(self) -> Any:
        return self._path

    def fingerprints(self) -> Fingerprints | None:
        return fingerprints(self._path)

    def bind(self, events: CallEvents) -> None:
        self._events = events
        self._listeners.on(self._connection, "iceStateChanged", events.on_ice_state)
        self._listeners.on(self._connection, "stream", events.on_stream)
        # PeerJS's auxiliary data channel: it opens when the call is connected.
        self._listeners.on(self._connection, "willCloseOnRemote", self._on_connected)
        self._listeners.on(self._connection, "error", self._on_error)
        self._listeners.on(self._connection, "close", self._on_close)
        self._follow_path()

    def answer(self, stream: Any, sdp_transform: SdpTransform | None) -> None:
        check_stream(stream)
        transform = self._listeners.function_or_none(sdp_transform)
        self._connection.answer(stream, plain_object({"sdpTransform": transform}))
        self._follow_path()

    def refuse(self) -> None:
        self.answer(None, lambda sdp: _DIRECTION.sub("a=inactive", sdp))

    def close(self) -> None:
        self._listeners.close()  # first: PeerJS emits "close" at once, which has no reason
        self._connection.close()
        self._path = None  # a browser allows only so many, and Python may collect this object late
        self._events = None

    def _follow_path(self) -> None:
        """Listen to the RTCPeerConnection; an incoming call has none before it is answered."""
        path = getattr(self._connection, "peerConnection", None)
        if self._path is None and path:
            self._path = path
            watch_path(path, self.peer, self._on_lost, self._listeners)
            self._listeners.listen(self._path, "signalingstatechange", self._report_connected)

    def _on_lost(self, error: ConnectionLost) -> None:
        if self._events is not None:
            self._events.on_close(error)

    def _on_connected(self, *_: Any) -> None:
        self._connected = True
        self._report_connected()

    def _report_connected(self, *_: Any) -> None:
        # Chromium sometimes opens the channel before the answer is applied.
        path, events = self._path, self._events
        if not self._connected or self._reported or path is None or events is None:
            return
        if path.signalingState != "stable":
            return
        self._reported = True
        transceivers = path.getTransceivers()
        directions = {str(transceiver.currentDirection) for transceiver in transceivers}
        events.on_connected(
            refused=directions == {"inactive"},
            stream_follows=bool(directions & {"sendrecv", "recvonly"}),
        )

    def _on_error(self, error: Any) -> None:
        self._lost = peer_error(error)

    def _on_close(self, *_: Any) -> None:
        if self._events is not None:
            self._events.on_close(self._lost)


def call_options(offer: CallOffer, listeners: Listeners, *, receive_only: bool) -> JsProxy:
    """PeerJS's CallOption. `constraints` goes to createOffer (peerjs 1.5.5, lib/negotiator.ts);
    without it a caller who sends nothing receives nothing.
    """
    receiving = plain_object({"offerToReceiveAudio": True, "offerToReceiveVideo": True})
    return plain_object(
        {
            "metadata": metadata_object(offer.metadata),
            "sdpTransform": listeners.function_or_none(offer.sdp_transform),
            "constraints": receiving if receive_only else None,
        }
    )


def empty_stream() -> JsProxy:
    """PeerJS makes no call without a stream, so one that sends nothing gets an empty one."""
    stream: JsProxy = js.MediaStream.new()
    return stream
