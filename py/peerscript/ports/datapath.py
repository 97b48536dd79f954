"""One RTCPeerConnection of our own that carries one data channel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from peerscript.ports.channel import Wire, WireEvents
from peerscript.ports.rtcpath import RtcPath


@dataclass(frozen=True)
class DataPathEvents:
    """What happens to it.

    Attributes:
        on_candidate: an RTCIceCandidate as JSON, for the other page.
        on_lost: it has no path to the other page, or none any more.
    """

    on_candidate: Callable[[str], None]
    on_lost: Callable[[], None]


class DataPath(RtcPath, Protocol):
    """See https://developer.mozilla.org/docs/Web/API/RTCPeerConnection."""

    peer: str  # the other page's ID

    def bind(self, events: DataPathEvents) -> None:
        """Report to these from now on."""

    @property
    def max_frame_size(self) -> int:
        """Bytes that the other side accepts in a frame, once it is connected."""

    def open_wire(self, id: int, label: str, events: WireEvents) -> Wire:
        """Open a data channel; see `Channel.open_wire`. Before the first description."""
