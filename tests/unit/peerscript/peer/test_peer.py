"""A peer logs on, is found, loses its broker and comes back."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest

from peerscript import Peer, PeerState
from peerscript.errors import (
    BrokerUnreachable,
    ConnectionClosed,
    ConnectionLost,
    ConnectTimeout,
    Disconnected,
    IdTaken,
    InvalidId,
    NegotiationFailed,
    OwnId,
    PeerUnavailable,
)
from peerscript.ports import Offer
from peerscript.testing import MemoryNetwork
from tests.clock import until


async def test_a_peer_has_an_id_once_open(network: MemoryNetwork) -> None:
    peer = Peer(browser=network)
    assert peer.id is None
    assert not peer.open
    async with peer:
        assert peer.open
        assert peer.id
    assert peer.state is PeerState.CLOSED


async def test_a_taken_id(network: MemoryNetwork, alice: Peer) -> None:
    second = Peer("alice", browser=network)
    with pytest.raises(IdTaken):
        await second.start()
    assert second.state is PeerState.CLOSED


def test_an_id_with_a_wrong_letter(network: MemoryNetwork) -> None:
    with pytest.raises(InvalidId, match="single spaces, dashes"):
        Peer("-alice!", browser=network)


async def test_a_broker_that_is_down(network: MemoryNetwork) -> None:
    network.go_down()
    with pytest.raises(BrokerUnreachable):
        await Peer("alice", browser=network).start()


async def test_a_broker_that_says_nothing(
    network: MemoryNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("peerscript.testing.broker.MemoryBroker.reconnect", lambda broker: None)
    with pytest.raises(BrokerUnreachable, match="did not answer within 0.01 s"):
        await Peer("alice", browser=network).start(timeout=0.01)


async def test_connecting_to_nobody_to_oneself_and_to_nonsense(alice: Peer) -> None:
    with pytest.raises(PeerUnavailable, match="nobody"):
        await alice.connect("nobody")
    with pytest.raises(OwnId):
        await alice.connect("alice")
    with pytest.raises(InvalidId):
        await alice.connect("https://example.org/#bob")
    with pytest.raises(ValueError, match="choose one of binary"):
        await alice.connect("bob", serialization="none")


async def test_connecting_before_the_peer_is_open(network: MemoryNetwork) -> None:
    with pytest.raises(Disconnected, match=r"not logged on to the broker \(new\)"):
        await Peer("alice", browser=network).connect("bob")


async def test_a_page_that_never_answers(
    alice: Peer, bob: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("peerscript.testing.channel.MemoryChannel.open_both", lambda channel: None)
    with pytest.raises(ConnectTimeout, match="bob did not answer within 0.01 s"):
        await alice.connect("bob", timeout=0.01)


async def test_a_path_that_is_never_found(
    alice: Peer, bob: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = ConnectionLost("the path to bob broke")  # what the browser says of one that never was
    for error in (broken, None):
        monkeypatch.setattr(
            "peerscript.testing.channel.MemoryChannel.open_both",
            lambda channel, error=error: channel._close_both(error),
        )
        with pytest.raises(NegotiationFailed, match="bob"):
            await alice.connect("bob")


async def test_a_cancelled_connect_leaves_nothing_behind(
    network: MemoryNetwork, alice: Peer, bob: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("peerscript.testing.channel.MemoryChannel.open_both", lambda channel: None)

    async def connect() -> None:
        await alice.connect("bob")

    task = asyncio.create_task(connect())
    await until(lambda: network.channels)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await until(lambda: not network.channels)


async def test_what_came_before_anybody_listened_is_kept(alice: Peer, bob: Peer) -> None:
    for number in range(3):
        connection = await alice.connect("bob", label=f"number {number}", metadata={"n": number})
        await connection.send(number)
    for number in range(3):
        connection = await anext(bob.connections())
        assert (connection.peer, connection.label) == ("alice", f"number {number}")
        assert connection.metadata == {"n": number}
        assert await connection.receive() == number


async def test_connect_can_be_entered(alice: Peer, bob: Peer) -> None:
    async with alice.connect("bob") as connection:
        assert connection.open
    assert not connection.open
    assert connection.close_reason is None


async def test_a_lost_broker_leaves_connections_alive(
    network: MemoryNetwork, alice: Peer, bob: Peer
) -> None:
    near = await alice.connect("bob")
    far = await anext(bob.connections())
    network.go_down()
    await until(lambda: not alice.open)
    await near.send("still here")
    assert await far.receive() == "still here"
    with pytest.raises(Disconnected):
        await alice.connect("bob")
    with pytest.raises(BrokerUnreachable):
        await alice.reconnect(timeout=0)
    assert alice.state is PeerState.DISCONNECTED
    network.come_back()
    await alice.reconnect(timeout=0)
    assert alice.open
    assert alice.id == "alice"


async def test_states_tells_each_change_and_ends(network: MemoryNetwork) -> None:
    peer = Peer(browser=network)
    seen = []

    async def watch() -> None:
        async for state in peer.states():
            seen.append(state)  # noqa: PERF401  # each, as it comes

    watcher = asyncio.create_task(watch())
    await asyncio.sleep(0)  # let the watcher begin
    await peer.start()
    await until(lambda: PeerState.OPEN in seen)
    await peer.close()
    await watcher
    assert seen[0] is PeerState.NEW
    assert seen[-1] is PeerState.CLOSED
    assert PeerState.OPEN in seen


async def test_reconnecting_a_closed_peer(alice: Peer) -> None:
    await alice.close()
    await alice.close()
    with pytest.raises(Disconnected, match="closed"):
        await alice.reconnect(timeout=0)


async def test_closing_a_peer_ends_its_connections_and_listeners(alice: Peer, bob: Peer) -> None:
    near = await alice.connect("bob")
    far = await anext(bob.connections())
    await bob.close()
    with pytest.raises(ConnectionClosed, match="this page's own peer was closed"):
        await far.receive()
    with pytest.raises(ConnectionClosed, match="bob closed the connection"):
        await near.receive()
    assert [connection async for connection in bob.connections()] == []
    assert [call async for call in bob.calls()] == []


async def test_a_connection_in_a_serialization_we_lack_is_refused(
    alice: Peer, bob: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel = alice._broker.connect(  # type: ignore[union-attr]
        "bob", Offer(serialization="smoke-signals")
    )
    closed = asyncio.Event()

    class Events:
        def on_close(self, error: NegotiationFailed | None) -> None:
            closed.set()

    channel.listen(Events())  # type: ignore[arg-type]
    await closed.wait()
    assert alice.open
    assert bob.open


async def test_who_has_no_plain_id_is_refused(
    alice: Peer, caplog: pytest.LogCaptureFixture
) -> None:
    ended = []
    stranger = SimpleNamespace(
        peer="eve\n\u202ealice", abandon=lambda: ended.append(1), close=lambda: ended.append(2)
    )
    alice.on_connection(cast("Any", stranger))
    alice.on_call(cast("Any", stranger))
    assert ended == [1, 2]
    assert "'eve\\n\\u202ealice' was refused" in caplog.text
