"""An RTCPeerConnection of our own for a data channel (ports.datapath)."""

from __future__ import annotations

from typing import Any

from peerscript.bridge.rtcpath import RtcPath
from peerscript.bridge.wire import DataChannelWire, largest_frame
from peerscript.options import PeerOptions
from peerscript.ports import WireEvents
from peerscript.ports.datapath import DataPathEvents

_LOST = ("disconnected", "failed")  # connectionStates


class RtcDataPath(RtcPath):
    """One RTCPeerConnection (ports.DataPath)."""

    def __init__(self, options: PeerOptions, peer: str) -> None:
        super().__init__(options)
        self.peer = peer

    def bind(self, events: DataPathEvents) -> None:
        def on_state(_: Any) -> None:
            if str(self._path.connectionState) in _LOST:
                events.on_lost()

        self._listen_for_candidates(events.on_candidate)
        self._listeners.listen(self._path, "connectionstatechange", on_state)

    @property
    def max_frame_size(self) -> int:
        return largest_frame(self._path.sctp)

    def open_wire(self, id: int, label: str, events: WireEvents) -> DataChannelWire:
        return DataChannelWire(self._path, id, label, events)
