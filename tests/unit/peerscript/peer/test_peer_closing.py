"""A peer is closed: what is under way ends with it, and no task outlives it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import pytest

from peerscript import DataConnection, Peer
from peerscript.errors import ConnectionClosed
from peerscript.testing import MemoryNetwork

# What may be under way: each returns what the program itself has started.
Started = list[asyncio.Task[Any]]


def started(*work: Coroutine[Any, Any, Any]) -> Started:
    return [asyncio.create_task(each) for each in work]


def network_of(peer: Peer) -> MemoryNetwork:
    assert isinstance(peer._browser, MemoryNetwork)
    return peer._browser


async def stuck(*_: object) -> None:
    """A handler that would never end."""
    await asyncio.Event().wait()


async def nothing(alice: Peer, bob: Peer) -> Started:
    return []


async def a_dial(alice: Peer, bob: Peer) -> Started:
    return started(alice.connect("bob").__aenter__())


async def a_dial_from_there(alice: Peer, bob: Peer) -> Started:
    return started(bob.connect("alice").__aenter__())


async def somebody_nobody_took(alice: Peer, bob: Peer) -> Started:
    await bob.connect("alice")
    await bob.call("alice")
    return []


async def handlers_of_arrivals(alice: Peer, bob: Peer) -> Started:
    alice.on("connection", stuck)
    alice.on("call", stuck)
    await bob.connect("alice")
    await bob.call("alice")
    return []


async def a_handler_of_data(alice: Peer, bob: Peer) -> Started:
    near, far = await alice.connect("bob"), await anext(bob.connections())
    heard = asyncio.Event()

    @near.on("data")
    async def hear(value: object) -> None:
        heard.set()
        await stuck()

    await far.send(1)
    await far.send(2)
    await heard.wait()
    return []


async def handlers_of_the_end(alice: Peer, bob: Peer) -> Started:
    for ending in (await alice.connect("bob"), await alice.call("bob"), alice):
        ending.on("error", stuck)
        ending.on("close", stuck)
    return []


async def a_goodbye(alice: Peer, bob: Peer) -> Started:
    near = await alice.connect("bob")
    network_of(alice).hold()
    await near.send("on its way")
    return started(near.close())


async def a_call_that_is_hung_up(alice: Peer, bob: Peer) -> Started:
    await bob.call("alice")
    call = await anext(alice.calls())
    return started(call.decline(), call.wait_closed(), call.wait_stream())


async def a_log_on(alice: Peer, bob: Peer) -> Started:
    alice.disconnect()
    return started(alice.reconnect(), alice.connect("bob").__aenter__(), alice.wait_open())


async def a_broker_that_is_away(alice: Peer, bob: Peer) -> Started:
    network_of(alice).go_down()
    while not alice.disconnected:
        await asyncio.sleep(0)
    return started(alice.reconnect(timeout=None))


async def broken_handlers(alice: Peer, bob: Peer) -> Started:
    async def break_down(*_: object) -> None:
        raise KeyError("a bug of the program")

    alice.on("connection", break_down)
    alice.on("close", break_down)
    await bob.connect("alice")
    return []


UNDER_WAY = (
    nothing,
    a_dial,
    a_dial_from_there,
    somebody_nobody_took,
    handlers_of_arrivals,
    a_handler_of_data,
    handlers_of_the_end,
    a_goodbye,
    a_call_that_is_hung_up,
    a_log_on,
    a_broker_that_is_away,
    broken_handlers,
)


@pytest.mark.parametrize("turns", [0, 1, 2, 5])
@pytest.mark.parametrize("under_way", UNDER_WAY, ids=lambda each: each.__name__)
async def test_no_task_outlives_its_peer(
    under_way: Callable[[Peer, Peer], Awaitable[Started]],
    turns: int,
    network: MemoryNetwork,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("peerscript.peer.peer.GRACE", 0.01)
    reported: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: reported.append(context))
    async with Peer("bob", browser=network) as bob:
        before = asyncio.all_tasks()
        async with Peer("alice", browser=network) as alice:
            own = await under_way(alice, bob)
            for _ in range(turns):
                await asyncio.sleep(0)
        assert asyncio.all_tasks() - before - set(own) - bob._running._tasks == set()
        async with asyncio.timeout(0.2):  # nor does what the program waits for there
            await asyncio.gather(*own, return_exceptions=True)
    assert [type(context["exception"]) for context in reported] == (
        [KeyError] * len(reported) if under_way is broken_handlers else []
    )


async def test_handlers_end_by_themselves_if_they_can(alice: Peer, bob: Peer) -> None:
    """They see how their connection ends, and what they do at the end is done."""
    told: list[str] = []
    began = asyncio.Event()

    @alice.on("connection")
    async def serve(conn: DataConnection) -> None:
        began.set()
        with pytest.raises(ConnectionClosed):
            await conn.receive()
        await asyncio.sleep(0)
        told.append("served")

    @alice.on("close")
    async def over() -> None:
        await asyncio.sleep(0)
        told.append("over")

    await bob.connect("alice")
    await began.wait()
    await alice.close()
    assert sorted(told) == ["over", "served"]


async def test_a_handler_that_does_not_end_is_cancelled(
    alice: Peer, bob: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("peerscript.peer.peer.GRACE", 0.01)
    near = await alice.connect("bob")
    told: list[str] = []
    began = asyncio.Event()

    @near.on("data")
    async def hear(value: object) -> None:
        began.set()
        try:
            await stuck()
        finally:
            told.append("cancelled")

    near.on("close", lambda: told.append("close"))
    await (await anext(bob.connections())).send(1)
    await began.wait()
    await alice.close()
    assert told == ["cancelled", "close"]


@pytest.mark.parametrize("how", ["data", "connection", "disconnected", "close"])
async def test_a_handler_may_close_its_peer(how: str, alice: Peer, bob: Peer) -> None:
    near, far = await alice.connect("bob"), await anext(bob.connections())
    others: list[asyncio.Task[Any]] = []
    done = asyncio.Event()

    async def close(*_: object) -> None:
        began = asyncio.get_running_loop().time()
        await alice.close()
        assert asyncio.get_running_loop().time() - began < 0.5
        assert alice._running._tasks == {asyncio.current_task()}
        others.extend(alice._running._tasks)
        done.set()

    if how == "data":
        near.on("data", close)
        await far.send(1)
    elif how == "close":
        near.on("close", close)
        await near.close()
    elif how == "connection":
        alice.on("connection", close)
        await bob.connect("alice")
    else:
        alice.on("disconnected", close)
        alice.disconnect()
    await done.wait()
    await asyncio.wait(others)
    assert not alice._running


async def test_several_handlers_close_their_peer_at_once(alice: Peer, bob: Peer) -> None:
    """So does the program itself, which waits for them all."""
    over: list[str] = []

    async def close(*_: object) -> None:
        await alice.close()
        await asyncio.sleep(0)
        over.append("closed")

    for _ in range(2):
        alice.on("disconnected", close)
    alice.disconnect()
    async with asyncio.timeout(0.5):
        await alice.close()
    assert over == ["closed"] * 2
    assert not alice._running


async def test_a_close_that_is_cancelled_waits_for_nobody(alice: Peer) -> None:
    cancelled = asyncio.Event()

    @alice.on("close")
    async def endless() -> None:
        try:
            await stuck()
        finally:
            cancelled.set()

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await alice.close()
    assert cancelled.is_set()
    assert not alice._running
