"""What the library needs from a browser, in Python words.

`bridge/` fills these Protocols with the real thing, `memory` with a network inside one process.
Calls go down as methods; news comes up through the `…Events` that were handed in, synchronously
and possibly inside the browser's own callback.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol

from peerscript.errors import PeerScriptError
from peerscript.options import IceServer, PeerOptions
from peerscript.protocol.codecs import Frame
from peerscript.streams import Constraints, Device, MediaStream
from peerscript.support import Supports

SdpTransform = Callable[[str], str]
Certificate = Any  # the browser's RTCCertificate, passed through untouched


@dataclass(frozen=True)
class Fingerprints:
    """The certificates that secure a connection, as this browser holds them: SHA-256 of each
    ([RTCDtlsTransport.getRemoteCertificates](https://developer.mozilla.org/docs/Web/API/RTCDtlsTransport/getRemoteCertificates)).
    """

    own: bytes
    remote: bytes


@dataclass(frozen=True)
class IceCandidateError:
    """What a STUN or TURN server answered instead of a candidate
    ([RTCPeerConnectionIceErrorEvent](https://developer.mozilla.org/docs/Web/API/RTCPeerConnectionIceErrorEvent)).

    Attributes:
        url: the server, as the browser writes it: with port and transport, and under "stun:" a
            TURN server too, when it was asked for its STUN.
        code: of STUN, 300 to 699, when the server answered (401: wrong name or password); 701 when
            it could not be reached.
        text: the server's or the browser's own words.
    """

    url: str
    code: int
    text: str


@dataclass(frozen=True)
class Gathered:
    """What `Browser.gather_candidates` found.

    Attributes:
        types: of the candidates: "host", "srflx", "relay".
        errors: each once.
        complete: whether the browser was through before the time was over.
    """

    types: frozenset[str]
    errors: tuple[IceCandidateError, ...] = ()
    complete: bool = True


class PageEvent(Enum):
    """What happens to the page itself."""

    FROZEN = "freeze"  # the browser stops it, and may go on with it later
    AWAKE = "awake"  # it goes on, is looked at again, or the network is back


@dataclass(frozen=True)
class Offer:
    """What the side that connects says: see `Peer.connect`."""

    label: str | None = None
    metadata: Any = None
    serialization: str = "binary"
    reliable: bool = True
    sdp_transform: SdpTransform | None = None


@dataclass(frozen=True)
class CallOffer:
    """What the side that calls says: see `Peer.call`."""

    metadata: Any = None
    sdp_transform: SdpTransform | None = None


class ChannelEvents(Protocol):
    """What a channel tells its connection."""

    def on_open(self) -> None:
        """Frames may be sent."""

    def on_frame(self, frame: Frame) -> None:
        """One frame arrived."""

    def on_room(self) -> None:
        """What waited in the browser's buffer has gone down to the low mark."""

    def on_ice_state(self, state: str) -> None:
        """`RTCPeerConnection.iceConnectionState` changed."""

    def on_close(self, error: PeerScriptError | None) -> None:
        """The channel is gone; None when a side closed it on purpose."""


class Channel(Protocol):
    """One of PeerJS's DataConnections, reduced to frames."""

    peer: str
    connection_id: str
    label: str
    metadata: Any
    serialization: str
    reliable: bool
    max_frame_size: int  # bytes that the other side takes (`RTCSctpTransport.maxMessageSize`)

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

    def listen(self, events: ChannelEvents) -> None:
        """Deliver to `events` from now on."""

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

    def finish(self) -> None:
        """Close behind what is buffered; `on_close` follows when it is through."""

    def abandon(self) -> None:
        """Close now and let go of everything; no event follows."""


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


class BrokerEvents(Protocol):
    """What a broker tells its peer."""

    def on_open(self, peer_id: str) -> None:
        """The broker knows this page as `peer_id`."""

    def on_connection(self, channel: Channel) -> None:
        """Another page connects; the channel is not open yet."""

    def on_call(self, call: CallChannel) -> None:
        """Another page calls."""

    def on_disconnected(self) -> None:
        """The broker's socket is gone."""

    def on_unavailable(self, peer_id: str) -> None:
        """The broker knows nobody by this ID."""

    def on_error(self, error: PeerScriptError) -> None:
        """Anything else went wrong."""


class Broker(Protocol):
    """One of PeerJS's Peers."""

    def connect(self, peer_id: str, offer: Offer) -> Channel:
        """Start a connection; the channel's events tell how it goes."""

    def call(self, peer_id: str, stream: MediaStream | None, offer: CallOffer) -> CallChannel:
        """Start a call; its events tell how it goes."""

    def disconnect(self) -> None:
        """Leave the broker; what is open stays open. `on_disconnected` may follow."""

    def reconnect(self) -> None:
        """Come back to the broker with the same ID, after `disconnect` or a loss."""

    async def list_all_peers(self) -> list[str]:
        """Ask the broker for every ID it knows.

        Raises:
            BrokerError: it does not tell.
        """

    def destroy(self) -> None:
        """Close everything; no event follows."""


class Browser(Protocol):
    """The page that the library runs in."""

    def supports(self) -> Supports:
        """What this browser can do.

        Raises:
            BrowserUnsupported: PeerJS's script is not loaded.
        """

    def settings(self) -> Mapping[str, Any]:
        """The page's `[peerscript]` table; empty when it has none."""

    def storage(self) -> MutableMapping[str, str]:
        """What is kept for this tab over a reload, and goes when the tab is closed. Writing raises
        OSError when it is full.
        """

    async def claim(self, name: str) -> bool:
        """Take a name for as long as the page lives; return whether no other page here has it."""

    def watch(self, tell: Callable[[PageEvent], None]) -> Callable[[], None]:
        """Tell what happens to the page, until what is returned is called."""

    async def make_certificate(self) -> Certificate:
        """Make a certificate for this page's connections."""

    def open_broker(
        self, peer_id: str | None, options: PeerOptions, events: BrokerEvents
    ) -> Broker:
        """Start to log on; `on_open` or `on_error` follows."""

    async def gather_candidates(
        self, ice_servers: Sequence[IceServer] | None, timeout: float
    ) -> Gathered:
        """Gather ICE candidates for a connection to nobody.

        Args:
            ice_servers: None for PeerJS's own.
            timeout: seconds; what was found by then is returned.

        Raises:
            BrowserUnsupported, ValueError, NegotiationFailed: see
                `connectivity.check_connectivity`.
        """

    async def get_user_media(self, audio: Constraints, video: Constraints) -> MediaStream:
        """See `media.get_user_media`."""

    async def get_display_media(self, audio: Constraints, video: Constraints) -> MediaStream:
        """See `media.get_display_media`."""

    async def devices(self) -> list[Device]:
        """See `media.devices`."""

    def set_enabled(self, stream: MediaStream, kind: str, enabled: bool) -> None:
        """See `media.set_enabled`."""

    def stop(self, stream: MediaStream) -> None:
        """See `media.stop`."""
