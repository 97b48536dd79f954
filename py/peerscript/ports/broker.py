"""One of PeerJS's Peers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from peerscript.errors import PeerScriptError
from peerscript.ports.call import CallChannel, CallOffer
from peerscript.ports.channel import Channel, Offer
from peerscript.ports.streams import MediaStream


@dataclass(frozen=True)
class BrokerEvents:
    """Who is told what a broker reports.

    Attributes:
        on_open: the broker knows this page by this ID.
        on_connection: another page connects; the channel is not open yet.
        on_call: another page calls.
        on_disconnected: the broker's socket is gone.
        on_unavailable: the broker knows nobody by this ID.
        on_error: anything else went wrong.
    """

    on_open: Callable[[str], None]
    on_connection: Callable[[Channel], None]
    on_call: Callable[[CallChannel], None]
    on_disconnected: Callable[[], None]
    on_unavailable: Callable[[str], None]
    on_error: Callable[[PeerScriptError], None]


class Broker(Protocol):
    """One of PeerJS's Peers."""

    @property
    def address(self) -> object:
        """Where the broker is, for people: str() of it."""

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
