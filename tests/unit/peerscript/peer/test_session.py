"""Logging on, and coming back with patience."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from peerscript import Peer, PeerState
from peerscript.errors import BrokerUnreachable, Disconnected, IdTaken
from peerscript.testing import MemoryNetwork
from peerscript.testing.broker import MemoryBroker
from tests.clock import until


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, seconds in (("SILENCE", 0.02), ("PAUSE", 0.0)):
        monkeypatch.setattr(f"peerscript.peer.session.{name}", seconds)
    monkeypatch.setattr("peerscript.aio.backoff.FIRST", 0.001)


async def test_reconnect_tries_until_the_broker_is_back(
    network: MemoryNetwork, hurried: None
) -> None:
    async with Peer("me", browser=network) as peer:
        errors: list[Any] = []
        peer.on("error", errors.append)
        network.go_down()
        coming_back = asyncio.create_task(peer.reconnect(timeout=None))
        await until(lambda: len(errors) >= 3)
        network.come_back()
        await coming_back
        assert peer.open
        assert {type(error) for error in errors} == {BrokerUnreachable}


async def test_reconnect_gives_up_in_time(network: MemoryNetwork, hurried: None) -> None:
    async with Peer("me", browser=network) as peer:
        network.go_down()
        await asyncio.sleep(0)
        with pytest.raises(BrokerUnreachable):
            await peer.reconnect(timeout=0)
        assert peer.disconnected
        assert not peer.destroyed


async def test_reconnect_does_not_wait_out_a_refusal(network: MemoryNetwork, hurried: None) -> None:
    async with Peer("me", browser=network) as peer:
        peer.disconnect()
        async with Peer("me", browser=network):
            with pytest.raises(IdTaken):
                await peer.reconnect(timeout=None)


async def test_a_broker_that_takes_the_id_back_in_silence(
    network: MemoryNetwork, hurried: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PeerServer says nothing to a known ID and token; the next socket is greeted (peerjs#1289)."""
    greet = MemoryBroker.reconnect
    sockets: list[str] = []

    def silent_once(broker: MemoryBroker) -> None:
        sockets.append(broker.peer_id)
        if len(sockets) > 1:
            greet(broker)

    monkeypatch.setattr(MemoryBroker, "reconnect", silent_once)
    told: list[Any] = []
    peer = Peer("me", browser=network)
    peer.on("disconnected", told.append)
    async with peer:
        assert peer.open
        assert len(sockets) == 2
        assert told == []


async def test_events_of_a_life(network: MemoryNetwork) -> None:
    heard: list[Any] = []
    peer = Peer("me", browser=network)
    peer.on("open", lambda own: heard.append(("open", own)))
    peer.on("disconnected", lambda own: heard.append(("disconnected", own)))
    peer.on("close", lambda: heard.append(("close",)))
    await peer.start()
    peer.disconnect()
    await peer.reconnect()
    await peer.close()
    assert heard == [("open", "me"), ("disconnected", "me"), ("open", "me"), ("close",)]
    late: list[Any] = []
    peer.on("close", lambda: late.append("close"))
    await asyncio.sleep(0)
    assert late == ["close"]


async def test_every_id_is_listed(network: MemoryNetwork, alice: Peer, bob: Peer) -> None:
    assert sorted(await alice.list_all_peers()) == ["alice", "bob"]
    alice.disconnect()
    with pytest.raises(Disconnected):
        await alice.list_all_peers()


async def test_connect_waits_for_the_log_on(network: MemoryNetwork, bob: Peer) -> None:
    peer = Peer("me", browser=network)
    with pytest.raises(Disconnected, match="has not started"):
        await peer.connect("bob")
    starting = asyncio.create_task(peer.start())
    await asyncio.sleep(0)
    assert peer.state is PeerState.OPENING
    async with peer.connect("bob") as conn:
        assert conn.open
    await starting
    await peer.close()


async def test_a_failed_log_on_is_what_a_waiting_connect_hears(network: MemoryNetwork) -> None:
    network.up = False
    peer = Peer("me", browser=network)
    starting = asyncio.create_task(peer.start())
    await asyncio.sleep(0)
    with pytest.raises(BrokerUnreachable):
        await peer.connect("bob")
    with pytest.raises(BrokerUnreachable):
        await starting
