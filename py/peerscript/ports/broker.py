"""One of PeerJS's Peers."""

from __future__ import annotations

from typing import Protocol

from peerscript.errors import PeerScriptError
from peerscript.ports.call import CallChannel, CallOffer
from peerscript.ports.channel import Channel, Offer
from peerscript.ports.streams import MediaStream


class BrokerEvents(Protocol):
    """What a broker reports to its Peer."""

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
        """Start a connection; the channel's events report its progress."""

    def call(self, peer_id: str, stream: MediaStream | None, offer: CallOffer) -> CallChannel:
        """Start a call; its events report its progress."""

    def disconnect(self) -> None:
        """Leave the broker; what is open stays open. `on_disconnected` may follow."""

    def reconnect(self) -> None:
        """Log on again with the same ID, after `disconnect` or a lost socket."""

    async def list_all_peers(self) -> list[str]:
        """Ask the broker for every ID it knows.

        Raises:
            BrokerError: it does not list its IDs.
        """

    def destroy(self) -> None:
        """Close everything; no event follows."""
