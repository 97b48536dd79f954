"""One page at the broker inside one process."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Protocol

from peerscript.errors import BrokerUnreachable, IdTaken
from peerscript.ports import BrokerEvents, CallOffer, Offer
from peerscript.ports.streams import MediaStream
from peerscript.testing.call import MemoryCallChannel, check_stream
from peerscript.testing.channel import MemoryChannel
from peerscript.testing.delivery import soon, through_json

numbers = itertools.count(1)


class Directory(Protocol):
    """The network that a broker belongs to."""

    pages: dict[str, MemoryBroker]
    channels: list[MemoryChannel]
    held: bool
    up: bool


class MemoryBroker:
    """One page at the broker (ports.Broker)."""

    address = "the network in memory"

    def __init__(
        self, network: Directory, peer_id: str, events: BrokerEvents, certificate: bytes
    ) -> None:
        self.network = network
        self.peer_id = peer_id
        self.events = events
        self.certificate = certificate

    def connect(self, peer_id: str, offer: Offer) -> MemoryChannel:
        connection_id = f"dc_{next(numbers)}"
        near = MemoryChannel(self.network, peer_id, connection_id, offer)
        far = MemoryChannel(self.network, self.peer_id, connection_id, offer)
        near.other, far.other = far, near
        near.certificate = self.certificate
        self._reach(peer_id, lambda page: page.receive_connection(far))
        return near

    def call(self, peer_id: str, stream: MediaStream | None, offer: CallOffer) -> MemoryCallChannel:
        check_stream(stream)
        connection_id = f"mc_{next(numbers)}"
        near = MemoryCallChannel(peer_id, connection_id, through_json(offer.metadata), stream)
        far = MemoryCallChannel(self.peer_id, connection_id, through_json(offer.metadata), None)
        near.other, far.other = far, near
        near.certificate = self.certificate
        self._reach(peer_id, lambda page: page.receive_call(far))
        return near

    def receive_call(self, call: MemoryCallChannel) -> None:
        call.certificate = self.certificate
        self.events.on_call(call)

    def _reach(self, peer_id: str, deliver: Callable[[MemoryBroker], None]) -> None:
        page = self.network.pages.get(peer_id)
        if page is None:
            soon(self.events.on_unavailable, peer_id)
        else:
            soon(deliver, page)

    def receive_connection(self, channel: MemoryChannel) -> None:
        channel.certificate = self.certificate
        self.events.on_connection(channel)
        soon(channel.open_both)

    def disconnect(self) -> None:
        if self.network.pages.get(self.peer_id) is self:
            del self.network.pages[self.peer_id]

    def reconnect(self) -> None:
        if not self.network.up:
            soon(self.events.on_error, BrokerUnreachable("the broker is down"))
        elif self.peer_id in self.network.pages:
            soon(self.events.on_error, IdTaken(f"ID {self.peer_id} is taken"))
        else:
            self.network.pages[self.peer_id] = self
            soon(self.events.on_open, self.peer_id)

    async def list_all_peers(self) -> list[str]:
        return list(self.network.pages)

    def destroy(self) -> None:
        self.disconnect()
