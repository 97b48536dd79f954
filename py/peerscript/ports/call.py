"""One of PeerJS's MediaConnections."""

from __future__ import annotations

from collections.abc import Callable
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


class OnConnected(Protocol):
    """Is called when the media path is connected."""

    def __call__(self, *, refused: bool, stream_follows: bool) -> None:
        """The media path is connected.

        Args:
            refused: the other side wants no media in either direction.
            stream_follows: it sends media; `on_stream` was called or will be.
        """


@dataclass(frozen=True)
class CallEvents:
    """Who is told what a CallChannel reports.

    Attributes:
        on_stream: the other side's stream has arrived.
        on_connected: the media path is connected.
        on_ice_state: `RTCPeerConnection.iceConnectionState` changed.
        on_close: the call is over.
    """

    on_stream: Callable[[MediaStream], None]
    on_connected: OnConnected
    on_ice_state: Callable[[str], None]
    on_close: Callable[[PeerScriptError | None], None]


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
