"""Frames for an RTCDataChannel, and a data channel of our own beside PeerJS's."""

from __future__ import annotations

from typing import Any

from js import Uint8Array
from pyodide.ffi import JsException, JsProxy, to_js

from peerscript.bridge.listeners import Listeners
from peerscript.bridge.values import plain_object
from peerscript.errors import ConnectionClosed, ConnectionLost, MessageTooBig, PeerScriptError
from peerscript.ports import WireEvents
from peerscript.protocol.values.codecs import Frame

LOW_WATER = 256 * 1024  # bytes in the buffer at which a waiting `send` continues
SMALL = 256  # bytes; of each size up to this one Uint8Array is kept, else parts of one
LARGEST = 256 * 1024  # bytes of that one: Chromium's largest frame

_views: dict[int, JsProxy] = {}  # the Uint8Array of each small size; at LARGEST, the one for parts


def as_array(frame: bytes) -> JsProxy:
    """Convert a frame to a Uint8Array. `RTCDataChannel.send` copies it before it returns, so the
    arrays are used again: creating one costs many times as much as filling it.
    """
    size = len(frame)
    if size > LARGEST:
        made: JsProxy = to_js(frame)
        return made
    view = _views.get(size)
    if view is None:
        view = _kept(size) if size <= SMALL else _kept(LARGEST).subarray(0, size)
    view.assign(frame)
    return view


def largest_frame(transport: Any) -> int:
    """Bytes that the other side of an RTCSctpTransport accepts in a frame.

    Infinity means no limit; Firefox announces 1 GiB to Firefox but fails above 8 MiB.
    """
    return int(min(transport.maxMessageSize, LARGEST))


def _kept(size: int) -> JsProxy:
    """Made when it is needed: no JavaScript object can be in a snapshot of what is imported."""
    if size not in _views:
        _views[size] = Uint8Array.new(size)
    return _views[size]


def refusal(error: JsException) -> PeerScriptError:
    """Convert what `RTCDataChannel.send` threw to one of our errors."""
    kind = MessageTooBig if error.name in {"TypeError", "OperationError"} else ConnectionClosed
    return kind(str(error.message))


def frame_of(data: Any) -> Frame:
    """The frame that a string or an ArrayBuffer is."""
    return data if type(data) is str else bytes(data.to_bytes())


class DataChannelWire:
    """A negotiated RTCDataChannel (ports.Wire), of which PeerJS gets no event.

    https://developer.mozilla.org/docs/Web/API/RTCPeerConnection/createDataChannel#negotiated
    """

    def __init__(self, path: JsProxy, id: int, label: str, events: WireEvents) -> None:
        # Where a browser honours priorities, nothing waits behind bulk data.
        options = plain_object({"negotiated": True, "id": id, "priority": "very-low"})
        self._events = events
        self._listeners = Listeners()
        self._wire = wire = path.createDataChannel(label, options)
        wire.binaryType = "arraybuffer"
        wire.bufferedAmountLowThreshold = LOW_WATER
        self._listeners.listen(wire, "open", lambda _: events.on_open())
        self._listeners.listen(wire, "message", self._on_message)
        self._listeners.listen(wire, "bufferedamountlow", lambda _: events.on_buffer_low())
        self._listeners.listen(wire, "close", self._on_close)
        if wire.readyState == "open":  # the transport was open already: no event follows
            events.on_open()

    @property
    def buffered_amount(self) -> int:
        return int(self._wire.bufferedAmount)

    def send(self, frame: Frame) -> None:
        try:
            self._wire.send(frame if isinstance(frame, str) else as_array(frame))
        except JsException as error:
            raise refusal(error) from error

    def close(self) -> None:
        self._listeners.close()
        self._wire.close()

    def _on_message(self, event: Any) -> None:
        self._events.on_frames((frame_of(event.data),))

    def _on_close(self, _: Any) -> None:
        self._events.on_close(ConnectionLost("the other side closed it"))
