"""What was gathered is told by type, with the servers that a Peer would use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from peerscript import IceServer
from peerscript.errors import BrowserUnsupported
from peerscript.peer.connectivity import IceCandidateError, check_connectivity
from peerscript.ports.ice import Gathered
from peerscript.testing import MemoryNetwork


class Network(MemoryNetwork):
    """Remembers what it was asked; has a settings file."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        super().__init__()
        self._settings = settings
        self.asked: list[tuple[Sequence[IceServer] | None, float]] = []

    def settings(self) -> Mapping[str, Any]:
        return self._settings

    async def gather_candidates(
        self, ice_servers: Sequence[IceServer] | None, timeout: float
    ) -> Gathered:
        self.asked.append((ice_servers, timeout))
        return await super().gather_candidates(ice_servers, timeout)


async def test_the_types_that_came_are_told() -> None:
    network = MemoryNetwork()
    found = await check_connectivity([], browser=network)
    assert (found.host, found.srflx, found.relay) == (True, False, False)
    assert (found.errors, found.complete) == ((), True)
    refused = IceCandidateError("turn:host:3478?transport=udp", 401, "Unauthorized.")
    network.gathered = Gathered(frozenset({"srflx", "relay"}), (refused,), complete=False)
    found = await check_connectivity([], browser=network)
    assert (found.host, found.srflx, found.relay) == (False, True, True)
    assert (found.errors, found.complete) == ((refused,), False)


async def test_the_caller_goes_over_the_page() -> None:
    # The page's other settings do not matter here, not even one that a Peer would refuse.
    network = Network({"hots": "typo", "ice_servers": [{"urls": "stun:page"}]})
    await check_connectivity(browser=network)
    await check_connectivity([IceServer("stun:own")], timeout=2.5, browser=network)
    await check_connectivity([{"urls": "stun:own"}], browser=network)
    await check_connectivity([], browser=network)
    assert network.asked == [
        ((IceServer("stun:page"),), 10.0),
        ((IceServer("stun:own"),), 2.5),
        ((IceServer("stun:own"),), 10.0),
        ((), 10.0),
    ]


async def test_a_page_that_names_none_leaves_them_to_peerjs() -> None:
    network = Network({})
    await check_connectivity(browser=network)
    assert network.asked == [(None, 10.0)]


async def test_a_wrong_server_is_named() -> None:
    with pytest.raises(ValueError, match="ICE server"):
        await check_connectivity([{"url": "stun:old-spelling"}], browser=MemoryNetwork())


async def test_there_is_no_network_to_test_in_cpython() -> None:
    with pytest.raises(BrowserUnsupported):
        await check_connectivity([])
