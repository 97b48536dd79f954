"""Who comes is read one by one, or handed to handlers: one of the two."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest

from peerscript import Peer
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
    with pytest.raises(RuntimeError, match='on."connection". takes them already'):
        bob.connections()
    bob.calls()
    bob.on("call", lambda call: None)
    with pytest.raises(RuntimeError, match='on."call". takes them already'):
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
