"""One RTCPeerConnection of our own that carries one data channel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from peerscript.ports.certificate import Fingerprints
from peerscript.ports.channel import Wire, WireEvents


@dataclass(frozen=True)
class DataPathEvents:
    """What happens to it.

    Attributes:
        on_candidate: an RTCIceCandidate as JSON, for the other page.
        on_lost: it has no path to the other page, or none any more.
    """

    on_candidate: Callable[[str], None]
    on_lost: Callable[[], None]


class DataPath(Protocol):
    """See https://developer.mozilla.org/docs/Web/API/RTCPeerConnection."""

    peer: str  # the other page's ID

    def bind(self, events: DataPathEvents) -> None:
        """Report to these from now on."""

    @property
    def max_frame_size(self) -> int:
        """Bytes that the other side accepts in a frame, once it is connected."""

    def open_wire(self, id: int, label: str, events: WireEvents) -> Wire:
        """Open a data channel; see `Channel.open_wire`. Before the first description."""

    async def describe(self) -> tuple[str, str]:
        """Make the offer or answer that is due, use it, and return its type and SDP.

        Raises:
            NegotiationFailed: the browser cannot.
        """

    async def apply(self, type: str, sdp: str) -> None:
        """Take the other page's offer or answer.

        Raises:
            NegotiationFailed: it is not one, or does not fit.
        """

    async def add_candidate(self, candidate: str) -> None:
        """Take a candidate of the other page's.

        Raises:
            NegotiationFailed: it is not one, or does not fit.
        """

    def fingerprints(self) -> Fingerprints | None:
        """Both certificates; None before it is secured."""

    def close(self) -> None:
        """End it; nothing is reported any more."""
