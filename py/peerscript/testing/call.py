"""A call inside one process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from peerscript.ports import CallEvents, Fingerprints, SdpTransform
from peerscript.ports.streams import Frame, MediaStream
from peerscript.protocol.failures import not_a_stream
from peerscript.testing.delivery import soon


@dataclass
class MemoryStream:
    """Stands for a browser's MediaStream."""

    audio: bool
    video: bool
    enabled: dict[str, bool] = field(default_factory=lambda: {"audio": True, "video": True})
    stopped: bool = False


@dataclass(eq=False)
class MemoryTrack:
    """Stands for a browser's MediaStreamTrack."""

    kind: str
    enabled: bool = True
    stopped: bool = False
    ended: list[Callable[[], None]] = field(default_factory=list)
    frame: Frame | None = None  # the one that is shown

    def end(self) -> None:
        """End it as the system does, whose camera is unplugged."""
        self.stopped = True
        for tell in tuple(self.ended):
            soon(tell)


def check_stream(stream: MediaStream | None) -> None:
    """Raise TypeError if a call cannot send this."""
    if not isinstance(stream, MemoryStream | None):
        raise not_a_stream(type(stream).__name__)


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

    def bind(self, events: CallEvents) -> None:
        self._events = events

    def answer(self, stream: MediaStream | None, sdp_transform: SdpTransform | None) -> None:
        check_stream(stream)
        self._stream = stream
        for end in (self, self.other):
            end._notify(end._show_other)

    def _show_other(self, events: CallEvents) -> None:
        self._connected = True
        if self.other._stream is not None:
            events.on_stream(self.other._stream)
        events.on_connected(refused=False, stream_follows=self.other._stream is not None)

    def refuse(self) -> None:
        for end in (self, self.other):
            end._notify(lambda events: events.on_connected(refused=True, stream_follows=False))

    def close(self) -> None:
        self._events = None
        self.other._notify(lambda events: events.on_close(None))

    def _notify(self, notify: Callable[[CallEvents], None]) -> None:
        def deliver() -> None:
            if self._events is not None:
                notify(self._events)

        soon(deliver)
