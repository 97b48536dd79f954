"""Who comes is read one by one, or handed to handlers: one of the two."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest

from peerscript import Links, Peer, Room
from peerscript.errors import NegotiationFailed
from tests.clock import until


async def test_handlers_get_those_who_came_before(alice: Peer, bob: Peer) -> None:
    await alice.connect("bob", label="early")
    await alice.call("bob")
    heard: list[Any] = []
    bob.on("connection", lambda conn: heard.append(conn.label))
    bob.on("call", lambda call: heard.append(call.peer))
    await alice.connect("bob", label="late")
    await until(lambda: len(heard) >= 3)
    assert sorted(heard) == ["alice", "early", "late"]


async def test_one_style_at_a_time(alice: Peer, bob: Peer) -> None:
    bob.on("connection", lambda conn: None)
    bob.on("connection", lambda conn: None)
    with pytest.raises(RuntimeError, match='on."connection".` takes them already'):
        bob.connections()
    bob.calls()
    bob.on("call", lambda call: None)
    with pytest.raises(RuntimeError, match='on."call".` takes them already'):
        bob.calls()


async def test_not_while_somebody_waits(alice: Peer, bob: Peer) -> None:
    waiting = asyncio.ensure_future(anext(bob.connections()))
    await asyncio.sleep(0)
    with pytest.raises(RuntimeError, match="something waits for each connection"):
        bob.on("connection", lambda conn: None)
    near = await alice.connect("bob")
    assert (await waiting).connection_id == near.connection_id


async def test_a_page_that_leaves_in_mid_dial_is_no_warning(
    alice: Peer,
    bob: Peer,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "peerscript")
    monkeypatch.setattr(
        "peerscript.testing.channel.MemoryChannel.open_both",
        lambda channel: channel._close_both(None),
    )
    with pytest.raises(NegotiationFailed):
        await alice.connect("bob")
    await until(lambda: caplog.records)
    (record,) = caplog.records
    assert "alice never opened" in record.getMessage()
    assert record.levelno == logging.INFO


TAKEN = "taken by Links already, .* `Room.links.`.* `links.on.*connection"


async def test_links_and_a_room_do_not_share_a_peer_unnoticed(alice: Peer) -> None:
    async with Links(alice, storage={}) as links:
        for second in (Links(alice, storage={}), Room(alice, storage={})):
            with pytest.raises(RuntimeError, match=TAKEN):
                second.start()
            await second.close()
        async with Room(links):
            pass
    async with Room(alice, storage={}):  # the Links are over
        with pytest.raises(RuntimeError, match=TAKEN):
            Links(alice, storage={}).start()


async def test_what_links_take_nobody_else_does(alice: Peer, bob: Peer) -> None:
    heard: list[Any] = []
    async with Links(alice, storage={}):
        with pytest.raises(RuntimeError, match=TAKEN):
            alice.on("connection", heard.append)
        with pytest.raises(RuntimeError, match=TAKEN):
            alice.connections()
        with pytest.raises(RuntimeError, match=TAKEN):
            await alice.handle_connections(lambda conn: asyncio.sleep(0))
        alice.on("call", heard.append)
        await bob.call("alice")
        await until(lambda: heard)
    alice.on("connection", heard.append)
    await bob.connect("alice")
    await until(lambda: len(heard) == 2)


async def test_links_do_not_take_what_somebody_takes(alice: Peer, bob: Peer) -> None:
    alice.on("connection", lambda conn: None)
    handling = asyncio.create_task(bob.handle_connections(lambda conn: asyncio.sleep(0)))
    await asyncio.sleep(0)
    for peer, taker in ((alice, 'peer.on."connection"'), (bob, "peer.handle_connections")):
        for second in (Links(peer, storage={}), Room(peer, storage={})):
            with pytest.raises(RuntimeError, match=taker + r".*links.on\("):
                second.start()
    handling.cancel()
