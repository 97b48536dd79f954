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
    """What the calling side sends along: see `Peer.call`."""

    metadata: Any = None
    sdp_transform: SdpTransform | None = None


class CallEvents(Protocol):
    """What a CallChannel reports."""

    def on_stream(self, stream: MediaStream) -> None:
        """The other side's stream has arrived."""

    def on_connected(self, *, refused: bool, stream_follows: bool) -> None:
        """The media path is connected.

        Args:
            refused: the other side wants no media in either direction.
            stream_follows: it sends media; `on_stream` was called or will be.
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

    def bind(self, events: CallEvents) -> None:
        """Report to `events` from now on."""

    def answer(self, stream: MediaStream | None, sdp_transform: SdpTransform | None) -> None:
        """Answer the call, sending `stream` or nothing."""

    def refuse(self) -> None:
        """Answer with no media in either direction; `on_connected` tells the caller."""

    def close(self) -> None:
        """Hang up and release everything; no event follows."""
