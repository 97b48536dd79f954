"""One of PeerJS's DataConnections, reduced to frames."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from peerscript.errors import PeerScriptError
from peerscript.ports.certificate import Fingerprints
from peerscript.protocol.values.codecs import Frame

SdpTransform = Callable[[str], str]


@dataclass(frozen=True)
class Offer:
    """What the connecting side sends along: see `Peer.connect`."""

    label: str | None = None
    metadata: Any = None
    serialization: str = "binary"
    reliable: bool = True
    sdp_transform: SdpTransform | None = None


@dataclass(frozen=True)
class WireEvents:
    """Who is told what a Wire reports.

    Attributes:
        on_open: frames may be sent.
        on_frames: frames have arrived, in this order: one, or those of a burst.
        on_buffer_low: the browser's send buffer has drained to its low threshold
            (`bufferedamountlow`).
        on_close: the channel is gone; None when a side closed it on purpose.
    """

    on_open: Callable[[], None]
    on_frames: Callable[[Sequence[Frame]], None]
    on_buffer_low: Callable[[], None]
    on_close: Callable[[PeerScriptError | None], None]


@dataclass(frozen=True)
class ChannelEvents(WireEvents):
    """Who is told what a Channel reports.

    Attributes:
        on_ice_state: `RTCPeerConnection.iceConnectionState` changed.
    """

    on_ice_state: Callable[[str], None]


class Wire(Protocol):
    """A data channel of our own, beside the one that PeerJS made."""

    @property
    def buffered_amount(self) -> int:
        """Bytes handed to the browser and not yet sent (`RTCDataChannel.bufferedAmount`)."""

    def send(self, frame: Frame) -> None:
        """Hand one frame to the browser.

        Raises:
            ConnectionClosed: it is not open.
            MessageTooBig: the browser refuses the frame's size.
        """

    def close(self) -> None:
        """Close now and release everything; no event follows."""


class Channel(Protocol):
    """One of PeerJS's DataConnections, reduced to frames."""

    peer: str
    connection_id: str
    label: str
    metadata: Any
    serialization: str
    reliable: bool
    max_frame_size: int  # bytes that the other side accepts (`RTCSctpTransport.maxMessageSize`)

    @property
    def buffered_amount(self) -> int:
        """Bytes handed to the browser and not yet sent (`RTCDataChannel.bufferedAmount`)."""

    @property
    def peer_connection(self) -> Any:
        """The browser's RTCPeerConnection, untouched."""

    @property
    def data_channel(self) -> Any:
        """The browser's RTCDataChannel, untouched; None before it is there."""

    def fingerprints(self) -> Fingerprints | None:
        """Both certificates; None before the connection is secured."""

    def bind(self, events: ChannelEvents) -> None:
        """Report to `events` from now on."""

    def send(self, frame: Frame) -> None:
        """Hand one frame to the browser.

        Raises:
            ConnectionClosed: the channel is not open.
            MessageTooBig: the browser refuses the frame's size.
        """

    def send_all(self, frames: Sequence[Frame]) -> None:
        """Hand several frames to the browser, faster than one by one.

        Raises:
            ConnectionClosed, MessageTooBig: see `send`.
        """

    def open_wire(self, id: int, label: str, events: WireEvents) -> Wire:
        """Open another data channel on the same RTCPeerConnection; the other side must do the same.

        Args:
            id: the same on both sides (`RTCDataChannelInit.id`, with `negotiated`).

        Raises:
            ConnectionClosed: the channel is not open.
        """

    def finish(self) -> None:
        """Close once everything buffered was sent; `on_close` follows."""

    def abandon(self) -> None:
        """Close now and release everything; no event follows."""
