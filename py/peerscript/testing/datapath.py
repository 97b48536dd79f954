"""A connection for bulk inside one process (ports.datapath)."""

from __future__ import annotations

import itertools
import json
from weakref import WeakValueDictionary

from peerscript.errors import NegotiationFailed
from peerscript.ports import Fingerprints, WireEvents
from peerscript.ports.datapath import DataPathEvents
from peerscript.testing.channel import MAX_FRAME_SIZE, Carrier, MemoryWire
from peerscript.testing.delivery import soon

_numbers = itertools.count(1)
# What a description's SDP names; one that is closed can be described still.
_paths: WeakValueDictionary[int, MemoryDataPath] = WeakValueDictionary()


class MemoryDataPath:
    """One end (ports.DataPath). Its "SDP" names the end.

    Args:
        certificate: of the page.
    """

    max_frame_size = MAX_FRAME_SIZE

    def __init__(self, network: Carrier, peer: str, certificate: bytes) -> None:
        self.number = next(_numbers)
        self.network = network
        self.peer = peer
        self.certificate = certificate
        self.wires: dict[int, MemoryWire] = {}
        self.closed = False
        self._other: MemoryDataPath | None = None
        self._offered = False
        self._events: DataPathEvents | None = None
        _paths[self.number] = self

    def bind(self, events: DataPathEvents) -> None:
        self._events = events

    @property
    def other(self) -> MemoryDataPath:
        """The other end; this one before there is any."""
        return self._other or self

    def open_wire(self, id: int, label: str, events: WireEvents) -> MemoryWire:
        return MemoryWire(self, id, events)

    async def describe(self) -> tuple[str, str]:
        self._require_open()
        self._offered = self._other is None
        if self._events is not None:
            soon(self._events.on_candidate, "a candidate")
        return "offer" if self._offered else "answer", json.dumps({"path": self.number})

    async def apply(self, type: str, sdp: str) -> None:
        self._require_open()
        try:
            other = _paths[json.loads(sdp)["path"]]
        except (ValueError, KeyError, TypeError) as error:
            raise NegotiationFailed(f"no SDP: {sdp[:20]}") from error
        if type != ("answer" if self._offered else "offer"):
            raise NegotiationFailed(f"an {type} out of turn")
        self._other = other
        if type == "answer":
            for end in (self, other):
                for wire in end.wires.values():
                    soon(wire.open)

    async def add_candidate(self, candidate: str) -> None:
        self._require_open()

    def fingerprints(self) -> Fingerprints | None:
        return Fingerprints(self.certificate, self._other.certificate) if self._other else None

    def lose(self) -> None:
        """Break it, as when the network is gone: what is on its way is lost."""
        for end in (self, self.other):
            if end._events is not None:
                soon(end._events.on_lost)
            for wire in tuple(end.wires.values()):
                wire.lose()

    def close(self) -> None:
        self.closed = True
        self._events = None
        for wire in tuple(self.wires.values()):
            wire.close()

    def _require_open(self) -> None:
        if self.closed:
            raise NegotiationFailed("the path is closed")
