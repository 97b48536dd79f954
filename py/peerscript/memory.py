"""A network inside one process, for tests and for learning: no browser, no PeerJS.

    network = MemoryNetwork()
    async with Peer("alice", browser=network) as alice, Peer("bob", browser=network) as bob:
        ...

It fills the same ports as `bridge/`, and the same tests run over both. Everything that crosses it
takes a turn of the event loop, as it does in a browser. `hold`, `cut` and `go_down` make trouble.
"""

from __future__ import annotations

import asyncio
import itertools
import secrets
from collections import deque
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from peerscript.errors import (
    BrokerUnreachable,
    ConnectionClosed,
    ConnectionLost,
    IdTaken,
    MediaNotFound,
    PeerScriptError,
)
from peerscript.options import IceServer, PeerOptions
from peerscript.ports import (
    BrokerEvents,
    CallEvents,
    CallOffer,
    ChannelEvents,
    Fingerprints,
    Gathered,
    Offer,
    PageEvent,
    SdpTransform,
)
from peerscript.protocol import jsontext
from peerscript.protocol.codecs import Frame
from peerscript.streams import Constraints, Device, MediaStream
from peerscript.support import Supports

MAX_FRAME_SIZE = 262_144  # bytes; Chromium's
LOW_WATER = 256 * 1024  # bytes

_numbers = itertools.count(1)


def _soon(action: Callable[..., None], *arguments: Any) -> None:
    asyncio.get_running_loop().call_soon(action, *arguments)


@dataclass
class MemoryStream:
    """A stand-in for a MediaStream."""

    audio: bool
    video: bool
    enabled: dict[str, bool] = field(default_factory=lambda: {"audio": True, "video": True})
    stopped: bool = False


class MemoryNetwork:
    """A broker, and the pages that know it (ports.Browser).

    Args:
        camera: whether `get_user_media` finds a camera and a microphone.

    Attributes:
        gathered: what `connectivity.check_connectivity` is told.
    """

    def __init__(self, *, camera: bool = True) -> None:
        self.pages: dict[str, MemoryBroker] = {}
        self.channels: list[MemoryChannel] = []
        self.camera = camera
        self.gathered = Gathered(frozenset({"host"}))
        self.up = True
        self.held = False

    def hold(self) -> None:
        """Let frames pile up at their senders."""
        self.held = True

    def release(self) -> None:
        """Let them go on."""
        self.held = False
        for channel in self.channels:
            _soon(channel.carry)

    def cut(self) -> None:
        """Break every open path, as when a page vanishes."""
        for channel in self.channels:
            _soon(channel.lose)

    def go_down(self) -> None:
        """Stop the broker."""
        self.up = False
        for broker in tuple(self.pages.values()):
            broker.disconnect()
            _soon(broker.events.on_disconnected)

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

    def watch(self, tell: Callable[[PageEvent], None]) -> Callable[[], None]:
        return lambda: None

    async def make_certificate(self) -> bytes:
        return secrets.token_bytes(32)

    def open_broker(
        self, peer_id: str | None, options: PeerOptions, events: BrokerEvents
    ) -> MemoryBroker:
        (certificate,) = (options.config or {})["certificates"]
        broker = MemoryBroker(self, peer_id or f"page-{next(_numbers)}", events, certificate)
        _soon(broker.reconnect)
        return broker

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


class MemoryBroker:
    """One page at the broker (ports.Broker)."""

    def __init__(
        self, network: MemoryNetwork, peer_id: str, events: BrokerEvents, certificate: bytes
    ) -> None:
        self.network = network
        self.peer_id = peer_id
        self.events = events
        self.certificate = certificate

    def connect(self, peer_id: str, offer: Offer) -> MemoryChannel:
        connection_id = f"dc_{next(_numbers)}"
        near = MemoryChannel(self.network, peer_id, connection_id, offer)
        far = MemoryChannel(self.network, self.peer_id, connection_id, offer)
        near.other, far.other = far, near
        near.certificate = self.certificate
        self._reach(peer_id, lambda page: page.welcome(far))
        return near

    def call(self, peer_id: str, stream: MediaStream | None, offer: CallOffer) -> MemoryCallChannel:
        connection_id = f"mc_{next(_numbers)}"
        near = MemoryCallChannel(peer_id, connection_id, _through_json(offer.metadata), stream)
        far = MemoryCallChannel(self.peer_id, connection_id, _through_json(offer.metadata), None)
        near.other, far.other = far, near
        near.certificate = self.certificate
        self._reach(peer_id, lambda page: page.ring(far))
        return near

    def ring(self, call: MemoryCallChannel) -> None:
        call.certificate = self.certificate
        self.events.on_call(call)

    def _reach(self, peer_id: str, deliver: Callable[[MemoryBroker], None]) -> None:
        page = self.network.pages.get(peer_id)
        if page is None:
            _soon(self.events.on_unavailable, peer_id)
        else:
            _soon(deliver, page)

    def welcome(self, channel: MemoryChannel) -> None:
        channel.certificate = self.certificate
        self.events.on_connection(channel)
        _soon(channel.open_both)

    def disconnect(self) -> None:
        if self.network.pages.get(self.peer_id) is self:
            del self.network.pages[self.peer_id]

    def reconnect(self) -> None:
        if not self.network.up:
            _soon(self.events.on_error, BrokerUnreachable("the broker is down"))
        elif self.peer_id in self.network.pages:
            _soon(self.events.on_error, IdTaken(f"ID {self.peer_id} is taken"))
        else:
            self.network.pages[self.peer_id] = self
            _soon(self.events.on_open, self.peer_id)

    async def list_all_peers(self) -> list[str]:
        return list(self.network.pages)

    def destroy(self) -> None:
        self.disconnect()


def _through_json(metadata: Any) -> Any:
    return jsontext.parse(jsontext.text(metadata, "metadata"))


class MemoryChannel:
    """One end of a data channel (ports.Channel)."""

    other: MemoryChannel
    certificate: bytes

    peer_connection = data_channel = None  # there is no browser
    max_frame_size = MAX_FRAME_SIZE

    def __init__(self, network: MemoryNetwork, peer: str, connection_id: str, offer: Offer) -> None:
        self.connection_id = connection_id
        self.label = offer.label or connection_id
        self.metadata = _through_json(offer.metadata)
        self.serialization = offer.serialization
        self.reliable = offer.reliable
        self.peer = peer
        self._network = network
        self._queue: deque[Frame] = deque()
        self._queued = 0
        self._events: ChannelEvents | None = None
        self._open = False
        self._finishing = False
        network.channels.append(self)

    @property
    def buffered_amount(self) -> int:
        return self._queued

    def fingerprints(self) -> Fingerprints | None:
        return Fingerprints(self.certificate, self.other.certificate) if self._open else None

    def listen(self, events: ChannelEvents) -> None:
        self._events = events

    def send(self, frame: Frame) -> None:
        if not self._open:
            raise ConnectionClosed(f"the channel to {self.peer} is not open")
        self._queue.append(frame)
        self._queued += len(frame)
        _soon(self.carry)

    def send_all(self, frames: Sequence[Frame]) -> None:
        for frame in frames:
            self.send(frame)

    def carry(self) -> None:
        """Move one frame over."""
        if self._network.held:
            return
        if self._queue:
            above = self._queued > LOW_WATER
            frame = self._queue.popleft()
            self._queued -= len(frame)
            if self.other._events is not None:
                self.other._events.on_frame(frame)
            if above and self._queued <= LOW_WATER and self._events is not None:
                self._events.on_room()
            _soon(self.carry)
        elif self._finishing:
            self._close_both(None)

    def open_both(self) -> None:
        for end in (self, self.other):
            if end._events is not None:
                end._open = True
                end._events.on_open()

    def finish(self) -> None:
        self._finishing = True
        _soon(self.carry)

    def abandon(self) -> None:
        if self in self._network.channels:
            self._let_go()
            _soon(self.other._closed, None)

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
        self._queue.clear()
        self._queued = 0
        if self in self._network.channels:
            self._network.channels.remove(self)


class MemoryCallChannel:
    """One end of a call (ports.CallChannel)."""

    other: MemoryCallChannel
    certificate: bytes
    peer_connection = None  # there is no browser

    def __init__(
        self, peer: str, connection_id: str, metadata: Any, stream: MediaStream | None
    ) -> None:
        self.peer = peer
        self.connection_id = connection_id
        self.metadata = metadata
        self._stream = stream
        self._connected = False
        self._events: CallEvents | None = None

    def fingerprints(self) -> Fingerprints | None:
        return Fingerprints(self.certificate, self.other.certificate) if self._connected else None

    def listen(self, events: CallEvents) -> None:
        self._events = events

    def answer(self, stream: MediaStream | None, sdp_transform: SdpTransform | None) -> None:
        self._stream = stream
        for end in (self, self.other):
            end._tell(end._show_other)

    def _show_other(self, events: CallEvents) -> None:
        self._connected = True
        if self.other._stream is not None:
            events.on_stream(self.other._stream)
        events.on_connected(refused=False, stream_follows=self.other._stream is not None)

    def refuse(self) -> None:
        for end in (self, self.other):
            end._tell(lambda events: events.on_connected(refused=True, stream_follows=False))

    def close(self) -> None:
        self._events = None
        self.other._tell(lambda events: events.on_close(None))

    def _tell(self, news: Callable[[CallEvents], None]) -> None:
        def deliver() -> None:
            if self._events is not None:
                news(self._events)

        _soon(deliver)
