"""PeerJS's DataConnection, reduced to frames.

PeerJS runs its own `Raw` class under every serialization's name (see `broker`), so frames come
and go untouched. Frames are sent on the RTCDataChannel itself: PeerJS's own queue is dropped at a
close, and PeerJS closes silently when the browser refuses a frame.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from pyodide.ffi import JsException, JsProxy, to_js

from peerscript.bridge.arrivals import Arrivals
from peerscript.bridge.certificates import fingerprints
from peerscript.bridge.listeners import Listeners
from peerscript.bridge.path import watch_path
from peerscript.bridge.values import from_json_object, peer_error
from peerscript.bridge.wire import (
    LOW_WATER,
    DataChannelWire,
    as_array,
    largest_frame,
    refusal,
)
from peerscript.errors import ConnectionClosed, PeerScriptError
from peerscript.ports import ChannelEvents, Fingerprints, WireEvents
from peerscript.protocol.values.codecs import Frame

SMALLEST_FRAME_LIMIT = 65_536  # bytes; RFC 8841's limit for a side that announces none


class PeerJsChannel:
    """One DataConnection of PeerJS (ports.Channel)."""

    def __init__(
        self, connection: JsProxy, *, serialization: str, listeners: Listeners | None = None
    ) -> None:
        self._connection = connection
        self._wire: JsProxy | None = None  # the RTCDataChannel, once there is one
        self._listeners = listeners or Listeners()
        self._send: Callable[[Any], object] | None = None
        self._path: JsProxy | None = None
        self._lost: PeerScriptError | None = None
        self.max_frame_size = SMALLEST_FRAME_LIMIT
        self.peer = str(connection.peer)
        self.connection_id = str(connection.connectionId)
        self.label = str(connection.label)
        self.metadata: Any = from_json_object(connection.metadata)
        self.serialization = serialization
        self.reliable = bool(connection.reliable)

    @property
    def buffered_amount(self) -> int:
        return 0 if self._wire is None else int(self._wire.bufferedAmount)

    @property
    def peer_connection(self) -> Any:
        return self._path

    @property
    def data_channel(self) -> Any:
        return self._wire

    def fingerprints(self) -> Fingerprints | None:
        return fingerprints(self._path)

    def bind(self, events: ChannelEvents) -> None:
        # Only the listeners refer to `events`: a reference here too would be a cycle, and only
        # Python's garbage collector would release the connection.
        self._listeners.on(self._connection, "open", partial(self._on_open, events))
        arrivals = Arrivals(self._connection, events.on_frames, self._listeners)

        def on_close(error: PeerScriptError | None) -> None:
            arrivals.take_all()
            events.on_close(error)

        self._listeners.on(self._connection, "iceStateChanged", events.on_ice_state)
        self._listeners.on(self._connection, "error", self._on_error)
        self._listeners.on(self._connection, "close", lambda *_: on_close(self._lost))
        self._path = self._connection.peerConnection
        watch_path(self._connection.peerConnection, self.peer, on_close, self._listeners)

    def send(self, frame: Frame) -> None:
        if self._send is None:
            raise self._not_open()
        try:
            self._send(frame if isinstance(frame, str) else as_array(frame))
        except JsException as error:
            raise refusal(error) from error

    def send_all(self, frames: Sequence[Frame]) -> None:
        if len(frames) == 1:
            self.send(frames[0])
            return
        if self._send is None:
            raise self._not_open()
        try:
            # The loop runs in the browser: the network thread is still awake for each frame.
            to_js(frames).forEach(self._send, self._wire)
        except JsException as error:
            raise refusal(error) from error

    def _not_open(self) -> ConnectionClosed:
        return ConnectionClosed(f"the channel to {self.peer} is not open")

    def open_wire(self, id: int, label: str, events: WireEvents) -> DataChannelWire:
        if self._path is None or self._wire is None:
            raise self._not_open()
        return DataChannelWire(self._path, id, label, events)

    def finish(self) -> None:
        # Unlike PeerJS's `close`, the channel's own one sends what is buffered first.
        if self._wire is not None:
            self._wire.close()

    def abandon(self) -> None:
        self._listeners.close()
        self._connection.close()
        # A browser allows only so many of these, and Python may collect this object late.
        self._path = self._wire = self._send = None

    def _on_open(self, events: ChannelEvents, *_: Any) -> None:
        self._wire = wire = self._connection.dataChannel
        self._send = wire.send
        wire.binaryType = "arraybuffer"
        wire.bufferedAmountLowThreshold = LOW_WATER
        self._listeners.listen(wire, "bufferedamountlow", lambda _: events.on_buffer_low())
        transport = self._connection.peerConnection.sctp
        if transport:
            self.max_frame_size = largest_frame(transport)
        events.on_open()

    def _on_error(self, error: Any) -> None:
        self._lost = peer_error(error)
