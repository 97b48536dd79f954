"""Calls are taken, declined, given up and ended, and both sides know."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from peerscript import MediaConnection, Peer, media
from peerscript.errors import (
    CallDeclined,
    ConnectionClosed,
    ConnectionLost,
    ConnectTimeout,
    NegotiationFailed,
    PeerUnavailable,
)
from peerscript.media.connection import CallState
from peerscript.testing import MemoryNetwork
from peerscript.testing.call import MemoryStream

HERS = MemoryStream(audio=True, video=True)
HIS = MemoryStream(audio=True, video=False)

Calls = tuple[MediaConnection, MediaConnection]


@pytest.fixture
async def ringing(alice: Peer, bob: Peer) -> Calls:
    outgoing = await alice.call("bob", HERS, metadata={"why": "test"})
    return outgoing, await anext(bob.calls())


async def test_an_option_by_its_javascript_name_is_explained(ringing: Calls) -> None:
    untyped: Any = ringing[1]
    with pytest.raises(
        TypeError, match="MediaConnection.answer has no option.*it is sdp_transform"
    ):
        untyped.answer(sdpTransform=print)


async def test_a_call_carries_streams_both_ways(ringing: Calls) -> None:
    outgoing, incoming = ringing
    assert incoming.metadata == {"why": "test"}
    assert incoming.state is CallState.RINGING
    await incoming.answer(HIS)
    assert await outgoing.answered() is HIS
    assert await incoming.wait_stream() is HERS
    assert (outgoing.local_stream, incoming.local_stream) == (HERS, HIS)


async def test_answering_without_a_stream_only_receives(ringing: Calls) -> None:
    outgoing, incoming = ringing
    await incoming.answer()
    assert await outgoing.answered() is None
    assert await incoming.wait_stream() is HERS


async def test_only_a_stream_can_be_sent(alice: Peer, ringing: Calls) -> None:
    _, incoming = ringing
    asked = media.get_user_media()
    for wrong in ("camera", asked, {"video": True}):
        with pytest.raises(TypeError, match=f"was given {type(wrong).__name__}: .*await"):
            await alice.call("bob", wrong)
        with pytest.raises(TypeError, match="a call sends a MediaStream"):
            await incoming.answer(wrong)
    asked.close()
    assert incoming.local_stream is None
    await incoming.answer(HIS)  # it rings on


async def test_a_declined_call(ringing: Calls) -> None:
    outgoing, incoming = ringing
    await incoming.decline()
    with pytest.raises(CallDeclined):
        await outgoing.answered()
    assert incoming.state is CallState.CLOSED


async def test_a_call_given_up_by_the_caller(ringing: Calls) -> None:
    outgoing, incoming = ringing
    await outgoing.close()
    await incoming.wait_closed()
    with pytest.raises(ConnectionClosed, match="has hung up"):
        await incoming.answer()
    await incoming.decline()


async def test_a_call_that_nobody_takes(ringing: Calls) -> None:
    with pytest.raises(ConnectTimeout, match="bob did not answer within 0.01 s"):
        await ringing[0].answered(timeout=0.01)
    await ringing[1].wait_closed()


async def test_a_cancelled_wait_hangs_up(ringing: Calls) -> None:
    outgoing, incoming = ringing
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await outgoing.answered()
    await incoming.wait_closed()


async def test_hanging_up_ends_it_on_both_sides(ringing: Calls) -> None:
    outgoing, incoming = ringing
    await incoming.answer(HIS)
    async with outgoing:
        await outgoing.answered()
    await incoming.wait_closed()
    assert incoming.close_reason is None
    assert await incoming.wait_stream() is HERS


async def test_a_path_that_is_never_found(ringing: Calls) -> None:
    ringing[0]._on_close(ConnectionLost("the path to bob broke"))
    with pytest.raises(NegotiationFailed, match="bob"):
        await ringing[0].answered()


async def test_calling_nobody(alice: Peer) -> None:
    call = await alice.call("nobody")
    with pytest.raises(PeerUnavailable):
        await call.answered()


async def test_the_stream_is_told_once(ringing: Calls) -> None:
    outgoing, incoming = ringing
    await incoming.answer(HIS)
    await outgoing.answered()
    outgoing._on_stream(HERS)  # PeerJS tells once per track
    assert outgoing.remote_stream is HIS


async def test_only_the_called_side_answers(ringing: Calls) -> None:
    with pytest.raises(RuntimeError):
        await ringing[0].answer()


async def test_closing_the_peer_ends_its_calls(ringing: Calls, bob: Peer) -> None:
    await bob.close()
    with pytest.raises(CallDeclined):
        await ringing[0].answered()


async def test_nobody_can_be_told_of_the_decline(
    ringing: Calls, network: MemoryNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("peerscript.media.connection.DECLINE_TIMEOUT", 0.01)
    monkeypatch.setattr("peerscript.testing.call.MemoryCallChannel.refuse", lambda channel: None)
    await ringing[1].decline()
    assert isinstance(ringing[1].close_reason, ConnectTimeout)


async def test_a_hang_up_right_after_the_answer_is_heard(alice: Peer, bob: Peer) -> None:
    near = await alice.call("bob")
    far = await anext(bob.calls())
    await far.answer()
    await far.close()
    await near.wait_closed()
    assert near.close_reason is None


async def test_a_hang_up_without_a_path_does_not_wait_for_ever(
    alice: Peer, bob: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("peerscript.media.connection.HANG_UP_TIMEOUT", 0.01)
    monkeypatch.setattr("peerscript.testing.call.MemoryCallChannel.answer", lambda *_: None)
    await alice.call("bob")
    far = await anext(bob.calls())
    await far.answer()
    await far.close()
    assert far.state is CallState.CLOSED


async def test_only_who_calls_waits_for_an_answer(ringing: Calls) -> None:
    outgoing, incoming = ringing
    untyped: Any = outgoing
    with pytest.raises(TypeError, match="timeout is a number of seconds, not '5'"):
        await untyped.answered(timeout="5")
    with pytest.raises(RuntimeError, match="this page was called: `await call.answer"):
        await incoming.answered()
    assert incoming.state is CallState.RINGING
    with pytest.raises(RuntimeError, match="only the other side can answer or decline"):
        await outgoing.decline()
