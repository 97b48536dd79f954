"""A data channel inside one process."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Protocol

from peerscript.errors import ConnectionClosed, ConnectionLost, PeerScriptError
from peerscript.ports import ChannelEvents, Fingerprints, Offer, WireEvents
from peerscript.protocol.values.codecs import Frame
from peerscript.testing.delivery import soon, through_json

MAX_FRAME_SIZE = 262_144  # bytes; Chromium's
LOW_WATER = 256 * 1024  # bytes


class Carrier(Protocol):
    """The network that a channel belongs to."""

    channels: list[MemoryChannel]
    held: bool


class End(Protocol):
    """One end of a connection that has wires."""

    network: Carrier
    wires: dict[int, MemoryWire]

    @property
    def other(self) -> End:
        """The other one."""


class MemoryChannel:
    """One end of a data channel (ports.Channel)."""

    other: MemoryChannel
    certificate: bytes

    peer_connection = data_channel = None  # there is no browser
    max_frame_size = MAX_FRAME_SIZE

    def __init__(self, network: Carrier, peer: str, connection_id: str, offer: Offer) -> None:
        self.connection_id = connection_id
        self.label = offer.label or connection_id
        self.metadata = through_json(offer.metadata)
        self.serialization = offer.serialization
        self.reliable = offer.reliable
        self.peer = peer
        self.network = network
        self._queue: deque[Frame] = deque()
        self._queued = 0
        self._events: ChannelEvents | None = None
        self._open = False
        self._finishing = False
        self.wires: dict[int, MemoryWire] = {}
        network.channels.append(self)

    @property
    def buffered_amount(self) -> int:
        return self._queued

    def fingerprints(self) -> Fingerprints | None:
        return Fingerprints(self.certificate, self.other.certificate) if self._open else None

    def bind(self, events: ChannelEvents) -> None:
        self._events = events

    def send(self, frame: Frame) -> None:
        if not self._open:
            raise ConnectionClosed(f"the channel to {self.peer} is not open")
        self._queue.append(frame)
        self._queued += len(frame)
        soon(self.carry)

    def send_all(self, frames: Sequence[Frame]) -> None:
        for frame in frames:
            self.send(frame)

    def carry(self) -> None:
        """Deliver one frame."""
        if self.network.held:
            return
        if self._queue:
            above = self._queued > LOW_WATER
            frame = self._queue.popleft()
            self._queued -= len(frame)
            if self.other._events is not None:
                self.other._events.on_frames((frame,))
            if above and self._queued <= LOW_WATER and self._events is not None:
                self._events.on_buffer_low()
            soon(self.carry)
        elif self._finishing:
            self._close_both(None)

    def open_both(self) -> None:
        for end in (self, self.other):
            if end._events is not None:
                end._open = True
                end._events.on_open()

    def open_wire(self, id: int, label: str, events: WireEvents) -> MemoryWire:
        if not self._open:
            raise ConnectionClosed(f"the channel to {self.peer} is not open")
        wire = MemoryWire(self, id, events)
        soon(wire.open)
        return wire

    def finish(self) -> None:
        self._finishing = True
        soon(self.carry)

    def abandon(self) -> None:
        if self in self.network.channels:
            self._let_go()
            soon(self.other._closed, None)

    def lose(self) -> None:
        """Break the path."""
        if self._open:
            self._close_both(ConnectionLost(f"the path to {self.peer} broke"))

    def _close_both(self, error: PeerScriptError | None) -> None:
        self._closed(error)
        self.other._closed(error)

    def _closed(self, error: PeerScriptError | None) -> None:
        if self._events is not None:
            self._events.on_close(error)
            self._let_go()

    def _let_go(self) -> None:
        self._events = None
        self._open = False
        for wire in self.wires.values():
            soon(wire.lose)  # after the connection has reported its own end
        self._queue.clear()
        self._queued = 0
        if self in self.network.channels:
            self.network.channels.remove(self)


class MemoryWire:
    """A data channel beside a MemoryChannel, or of a MemoryDataPath (ports.Wire)."""

    def __init__(self, channel: End, id: int, events: WireEvents) -> None:
        self._channel = channel
        self._id = id
        self._events: WireEvents | None = events
        self._queue: deque[Frame] = deque()
        self._queued = 0
        channel.wires[id] = self

    @property
    def buffered_amount(self) -> int:
        return self._queued

    def open(self) -> None:
        """Report that it is open; the transport is connected already."""
        if self._events is not None:
            self._events.on_open()

    def send(self, frame: Frame) -> None:
        if self._events is None:
            raise ConnectionClosed("it is closed")
        self._queue.append(frame)
        self._queued += len(frame)
        soon(self.carry)

    def carry(self) -> None:
        """Deliver one frame. It is lost if the other side has not opened its end."""
        if self._channel.network.held or not self._queue:
            return
        above = self._queued > LOW_WATER
        frame = self._queue.popleft()
        self._queued -= len(frame)
        other = self._channel.other.wires.get(self._id)
        if other is not None and other._events is not None:
            other._events.on_frames((frame,))
        if above and self._queued <= LOW_WATER and self._events is not None:
            self._events.on_buffer_low()
        soon(self.carry)

    def lose(self) -> None:
        """Its connection has ended."""
        events, self._events = self._events, None
        self._channel.wires.pop(self._id, None)
        self._queue.clear()
        self._queued = 0
        if events is not None:
            events.on_close(ConnectionLost("the path broke"))

    def close(self) -> None:
        self._events = None
        other = self._channel.other.wires.get(self._id)
        self._channel.wires.pop(self._id, None)
        if other is not None:
            soon(other.lose)
