"""One of PeerJS's MediaConnections."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from peerscript.errors import PeerScriptError
from peerscript.ports.certificate import Fingerprints
from peerscript.ports.channel import SdpTransform
from peerscript.ports.streams import MediaStream


@dataclass(frozen=True)
class CallOffer:
    """What the side that calls says: see `Peer.call`."""

    metadata: Any = None
    sdp_transform: SdpTransform | None = None


class CallEvents(Protocol):
    """What a media channel tells its call."""

    def on_stream(self, stream: MediaStream) -> None:
        """The other side's stream is there."""

    def on_connected(self, *, refused: bool, stream_follows: bool) -> None:
        """The path stands.

        Args:
            refused: the other side wants no media in either direction.
            stream_follows: it sends some; `on_stream` has told or will tell.
        """

    def on_ice_state(self, state: str) -> None:
        """`RTCPeerConnection.iceConnectionState` changed."""

    def on_close(self, error: PeerScriptError | None) -> None:
        """The call is over."""


class CallChannel(Protocol):
    """One of PeerJS's MediaConnections."""

    peer: str
    connection_id: str
    metadata: Any

    @property
    def peer_connection(self) -> Any:
        """The browser's RTCPeerConnection, untouched; None before an answer."""

    def fingerprints(self) -> Fingerprints | None:
        """Both certificates; None before the connection is secured."""

    def listen(self, events: CallEvents) -> None:
        """Deliver to `events` from now on."""

    def answer(self, stream: MediaStream | None, sdp_transform: SdpTransform | None) -> None:
        """Take the call, sending `stream` or nothing."""

    def refuse(self) -> None:
        """Answer with no media in either direction; the caller learns it by `on_connected`."""

    def close(self) -> None:
        """Hang up and let go of everything; no event follows."""
