"""A peer logs on, is found, loses its broker and comes back."""

from __future__ import annotations

import asyncio
import re
from types import SimpleNamespace
from typing import Any, cast

import pytest

from peerscript import DataConnection, Links, MediaConnection, Peer, PeerState
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
from peerscript.protocol.values.codecs import OwnSerialization
from peerscript.testing import MemoryNetwork
from peerscript.testing.call import MemoryStream
from peerscript.testing.channel import MemoryChannel
from tests.clock import until

# Starting


async def test_a_peer_has_an_id_once_open(network: MemoryNetwork) -> None:
    peer = Peer(browser=network)
    with pytest.raises(Disconnected, match="no ID yet: enter it with `async with`"):
        assert peer.id
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


async def test_a_peer_starts_once(network: MemoryNetwork) -> None:
    peer = Peer("alice", browser=network)
    starting = asyncio.create_task(peer.start())
    await asyncio.sleep(0)
    with pytest.raises(RuntimeError, match="this peer is starting already"):
        await peer.start()
    await starting
    with pytest.raises(RuntimeError, match="this peer has started already: start"):
        await peer.start()
    assert peer.open
    peer.disconnect()
    with pytest.raises(RuntimeError, match=r"reconnect\(\) logs on again"):
        await peer.start()
    await peer.close()
    for use in (peer.start(), peer.__aenter__()):
        with pytest.raises(RuntimeError, match="closed for good: make a new Peer"):
            await use
    with pytest.raises(Disconnected, match="closed for good: make a new Peer"):
        await peer.connect("bob")


def test_options_in_an_object_are_explained(network: MemoryNetwork) -> None:
    untyped: Any = Peer
    for wrong in ({"host": "localhost"}, 5):
        with pytest.raises(TypeError, match=r"an ID is text.*Peer\(host=…\)"):
            untyped(wrong, browser=network)
    with pytest.raises(TypeError, match="Peer takes its options as keyword arguments"):
        untyped("me", {"host": "localhost"})
    with pytest.raises(TypeError, match="Peer has no option 'pingInterval': it is ping_interval"):
        untyped("me", pingInterval=5000)


async def test_the_options_of_methods_are_explained(alice: Peer) -> None:
    untyped: Any = alice
    with pytest.raises(TypeError, match=r"Peer.connect\(…, label=…\)"):
        untyped.connect("bob", {"label": "chat"})
    with pytest.raises(TypeError, match=r"Peer.call\(…, metadata=…\)"):
        untyped.call("bob", None, {"metadata": 1})
    with pytest.raises(TypeError, match="it is sdp_transform"):
        untyped.call("bob", sdpTransform=print)


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
    with pytest.raises(
        BrokerUnreachable, match="no broker at the network in memory answered within 0.01 s"
    ):
        await Peer("alice", browser=network).start(timeout=0.01)


# Connecting


async def test_connecting_to_nobody_to_oneself_and_to_nonsense(alice: Peer) -> None:
    with pytest.raises(PeerUnavailable, match="nobody"):
        await alice.connect("nobody")
    with pytest.raises(OwnId):
        await alice.connect("alice")
    with pytest.raises(InvalidId):
        await alice.connect("https://example.org/#bob")
    with pytest.raises(ValueError, match="choose one of binary"):
        await alice.connect("bob", serialization=OwnSerialization("none"))


async def test_connecting_before_the_peer_is_open(network: MemoryNetwork) -> None:
    with pytest.raises(Disconnected, match="this peer has not started: enter it with `async with`"):
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


# Losing the broker, and the end


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
    connections, calls = bob.connections(), bob.calls()
    far = await anext(connections)
    await bob.close()
    with pytest.raises(ConnectionClosed, match="this page's own peer was closed"):
        await far.receive()
    with pytest.raises(ConnectionClosed, match="bob closed the connection"):
        await near.receive()
    assert [connection async for connection in connections] == []
    assert [call async for call in calls] == []


# What comes in


async def test_nothing_comes_to_a_peer_before_its_start_or_after_its_end(
    network: MemoryNetwork,
) -> None:
    peer = Peer("alice", browser=network)
    for words in ("has not started: enter it with", "closed for good: make a new Peer"):
        for ask in (peer.connections, peer.calls):
            with pytest.raises(Disconnected, match=words):
                ask()
        with pytest.raises(Disconnected, match=words):
            await peer.handle_connections(lambda connection: asyncio.sleep(0))
        with pytest.raises(Disconnected, match=words):
            await peer.handle_calls(lambda call: asyncio.sleep(0))
        peer.on("connection", lambda connection: None)  # PeerJS's way: before it starts
        await peer.close()
        peer = Peer("bob", browser=network)
        await peer.start()
        await peer.close()


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

    channel.bind(Events())  # type: ignore[arg-type]
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
    alice._on_connection(cast("Any", stranger))
    alice._on_call(cast("Any", stranger))
    assert ended == [1, 2]
    assert "'eve\\n\\u202ealice' was refused" in caplog.text


# A task for each connection and call


HERS = MemoryStream(audio=True, video=True)


async def test_a_guest_whose_tab_crashes_ends_no_other(
    network: MemoryNetwork, alice: Peer, bob: Peer
) -> None:
    served: list[DataConnection] = []

    async def talk(conn: DataConnection) -> None:
        served.append(conn)
        async for value in conn:
            await conn.send(value)

    handling = asyncio.create_task(alice.handle_connections(talk))
    crashing, staying = [await bob.connect("alice") for _ in range(2)]
    await until(lambda: len(served) == 2)
    cast("MemoryChannel", served[0]._channel).lose()
    await until(lambda: not served[0].open)
    assert isinstance(served[0].close_reason, ConnectionLost)
    await staying.send("still here")
    assert await staying.receive() == "still here"
    third = await bob.connect("alice")
    await third.send("a new one")
    assert await third.receive() == "a new one"
    await alice.close()
    await handling
    assert not crashing.open


async def test_a_connection_is_closed_when_its_handler_has_ended(alice: Peer, bob: Peer) -> None:
    async def greet(conn: DataConnection) -> None:
        await conn.send("hello and goodbye")

    handling = asyncio.create_task(alice.handle_connections(greet))
    async with bob.connect("alice") as conn:
        assert [value async for value in conn] == ["hello and goodbye"]
    handling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await handling


async def test_a_bug_in_a_handler_is_reported_and_ends_no_other(alice: Peer, bob: Peer) -> None:
    reported: list[str] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: reported.append(context["message"]))

    async def halve(conn: DataConnection) -> None:
        async for number in conn:
            await conn.send(1 / number)

    handling = asyncio.create_task(alice.handle_connections(halve))
    wrong, right = [await bob.connect("alice") for _ in range(2)]
    await wrong.send(0)
    await until(lambda: reported)
    (report,) = reported
    assert re.fullmatch("in <DataConnection .*> of the handler 'halve': division by zero", report)
    await wrong.wait_closed()
    await right.send(4)
    assert await right.receive() == 0.25
    await alice.close()
    await handling


async def test_calls_are_handled_each_in_a_task(alice: Peer, bob: Peer) -> None:
    async def pick_up(call: MediaConnection) -> None:
        await call.answer(HERS)
        await call.wait_closed()

    handling = asyncio.create_task(alice.handle_calls(pick_up))
    calls = [await bob.call("alice", HERS) for _ in range(2)]
    assert [await call.answered() for call in calls] == [HERS, HERS]
    await alice.close()
    await handling


async def test_whoever_takes_connections_by_an_event_does_not_handle_them(alice: Peer) -> None:
    alice.on("connection", lambda connection: None)
    with pytest.raises(RuntimeError, match="takes them already"):
        await alice.handle_connections(lambda connection: asyncio.sleep(0))


@pytest.mark.parametrize("handler", [5, None, lambda: None])
async def test_what_cannot_handle_is_refused_at_once(alice: Peer, handler: Any) -> None:
    with pytest.raises(TypeError, match="handle_connections (takes a function|calls it so)"):
        await alice.handle_connections(handler)
    with pytest.raises(TypeError, match="handle_calls (takes a function|calls it so)"):
        await alice.handle_calls(handler)
    with pytest.raises(TypeError, match="handle_links (takes a function|calls it so)"):
        await Links(alice, storage={}).handle_links(handler)
