"""A network in memory, and two pages that know each other over it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from peerscript import DataConnection, Peer
from peerscript.memory import MemoryNetwork


@pytest.fixture
def network() -> MemoryNetwork:
    return MemoryNetwork()


@pytest.fixture
async def alice(network: MemoryNetwork) -> AsyncIterator[Peer]:
    async with Peer("alice", browser=network) as peer:
        yield peer


@pytest.fixture
async def bob(network: MemoryNetwork) -> AsyncIterator[Peer]:
    async with Peer("bob", browser=network) as peer:
        yield peer


@pytest.fixture
async def pair(alice: Peer, bob: Peer) -> tuple[DataConnection, DataConnection]:
    """Alice's end and Bob's end of one connection."""
    near = await alice.connect("bob")
    return near, await anext(bob.connections())
