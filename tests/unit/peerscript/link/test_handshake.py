"""The handshake over a real connection: who gets what, and how long it may take."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from peerscript import DataConnection, Peer
from peerscript.errors import ConnectionClosed, ConnectTimeout, LinkRefused
from peerscript.link.handshake import (
    ADMISSION_TIMEOUT,
    TIMEOUT,
    handshake_as_guest,
    handshake_as_host,
    refusal,
    refuse,
    wait_for_admission,
)
from peerscript.ports import Fingerprints
from peerscript.protocol.link.handshake import HandshakeFailed, Mode, Outcome, Reason
from peerscript.protocol.link.keys import to_text
from peerscript.protocol.link.messages import (
    HANDSHAKE,
    MAX_HANDSHAKE_FRAME,
    VERSION,
    Admitted,
    Hello,
    Rejection,
)
from peerscript.testing import MemoryNetwork
from tests.clock import until

KEY = bytes(range(16))
Ends = tuple[DataConnection, DataConnection]


@pytest.fixture
async def ends(alice: Peer, bob: Peer) -> Ends:
    """Bob's end, who is the guest, and Alice's."""
    near = await bob.connect("alice", serialization="raw")
    return near, await anext(alice.connections())


def anybody(outcome: Outcome) -> None:
    """No objection."""


async def both(
    ends: Ends, key: bytes | None, keys: Sequence[bytes], **options: Any
) -> tuple[Outcome | BaseException, Outcome | BaseException]:
    return await asyncio.gather(
        handshake_as_guest(ends[0], "bob", key, **options),
        handshake_as_host(
            ends[1], "alice", lambda mode, session: keys, anybody, capabilities=["b"]
        ),
        return_exceptions=True,
    )


@pytest.mark.parametrize(
    ("key", "session", "mode"),
    [(KEY, "", Mode.SECRET), (KEY, "5e55", Mode.RESUME), (None, "", Mode.PHRASE)],
)
async def test_both_come_to_the_same(
    ends: Ends, key: bytes | None, session: str, mode: Mode
) -> None:
    guest, host = await both(ends, key, [b"another", KEY], session=session, capabilities=["a", "c"])
    assert isinstance(guest, Outcome)
    assert isinstance(host, Outcome)
    assert guest.mode is host.mode is mode
    assert (guest.session, guest.resume, guest.phrase) == (host.session, host.resume, host.phrase)
    assert (guest.capabilities, host.capabilities) == (frozenset("b"), frozenset("ac"))
    assert ends[0].open
    assert ends[1].open


async def test_the_wrong_secret_is_told_and_closes(ends: Ends) -> None:
    guest, host = await both(ends, KEY, [bytes(16)])
    assert isinstance(guest, LinkRefused)
    assert isinstance(host, LinkRefused)
    assert (guest.reason, guest.told) == ("proof", True)
    assert (host.reason, host.told) == ("proof", False)
    assert not ends[0].open
    assert not ends[1].open


async def test_somebody_in_between_is_refused(ends: Ends) -> None:
    """The proofs are bound to the certificates that each side sees."""
    seen = ends[0].fingerprints
    assert seen is not None
    in_between = Fingerprints(seen.own, b"of the one in between")
    ends[0]._channel.fingerprints = lambda: in_between  # type: ignore[method-assign]
    guest, host = await both(ends, KEY, [KEY])
    assert isinstance(guest, LinkRefused)
    assert isinstance(host, LinkRefused)
    assert guest.reason == host.reason == "proof"


@pytest.mark.parametrize("silent", [0, 1])
async def test_silence_ends_it_without_a_refusal(
    ends: Ends, network: MemoryNetwork, silent: int
) -> None:
    """A network that swallows everything says nothing of whom it hides."""
    network.hold()
    now = asyncio.get_running_loop().time
    began = now()
    with pytest.raises(ConnectTimeout):
        if silent:
            await handshake_as_guest(ends[0], "bob", KEY)
        else:
            await handshake_as_host(ends[1], "alice", lambda *_: [KEY], anybody)
    assert now() - began == pytest.approx(TIMEOUT, abs=1.5)
    network.release()


async def test_a_connection_that_breaks_meanwhile(ends: Ends, network: MemoryNetwork) -> None:
    greeting = asyncio.create_task(handshake_as_guest(ends[0], "bob", KEY))
    await asyncio.sleep(0)
    network.cut()
    with pytest.raises(ConnectionClosed):
        await greeting
    with pytest.raises(ConnectionClosed):
        await handshake_as_host(ends[1], "alice", lambda *_: [], anybody)


@pytest.mark.parametrize(
    "frame",
    [
        *("", "{}", "[]", b"", b"bytes", "x" * (MAX_HANDSHAKE_FRAME + 1), "[" * 4000),
        '{"kind": "hello"}',
        '{"kind": "hello", "version": 2, "mode": "none", "nonce": ""}',
        '{"kind": "hello", "version": 2, "mode": "secret", "nonce": "short"}',
        '{"kind": "hello", "version": 2, "mode": "secret", "nonce": "\\ud800"}',
        '{"kind": "hello", "version": 2, "mode": "phrase", "nonce": "early"}',
        '{"kind": "kept", "number": 1, "text": "hello"}',
        '{"kind": "bye"}',
        '{"kind": "of a later version"}',
    ],
    ids=lambda frame: repr(frame)[-20:],
)
async def test_rubbish_is_refused_by_either_side(ends: Ends, frame: str | bytes) -> None:
    near, far = ends
    await near.send(frame)
    with pytest.raises(LinkRefused) as refused:
        await handshake_as_host(far, "alice", lambda *_: [KEY], anybody)
    assert refused.value.reason == "rubbish"
    assert HANDSHAKE.decode(await near.receive()) == Rejection("rubbish")


@pytest.mark.parametrize("frame", ["{}", b"", '{"kind": "proof", "proof": "\\udc00"}'])
async def test_a_host_that_answers_rubbish(ends: Ends, frame: str | bytes) -> None:
    near, far = ends
    await far.send(frame)
    with pytest.raises(LinkRefused) as refused:
        await handshake_as_guest(near, "bob", KEY)
    assert (refused.value.reason, refused.value.told) == ("rubbish", False)


async def test_another_version(ends: Ends) -> None:
    await ends[0].send(HANDSHAKE.encode(Hello(VERSION + 1, "secret", to_text(bytes(32)))))
    with pytest.raises(LinkRefused, match="versions"):
        await handshake_as_host(ends[1], "alice", lambda *_: [KEY], anybody)


async def test_oneself(ends: Ends) -> None:
    with pytest.raises(LinkRefused, match="itself"):
        await handshake_as_guest(ends[0], "alice", KEY)


async def test_an_objection_is_heard_before_the_host_proves_itself(ends: Ends) -> None:
    def object_to(outcome: Outcome) -> None:
        raise HandshakeFailed(Reason.EXPIRED)

    guest, host = await asyncio.gather(
        handshake_as_guest(ends[0], "bob", KEY),
        handshake_as_host(ends[1], "alice", lambda *_: [KEY], object_to),
        return_exceptions=True,
    )
    assert isinstance(guest, LinkRefused)
    assert isinstance(host, LinkRefused)
    assert guest.reason == host.reason == "expired"


async def test_whoever_is_gone_is_not_told(ends: Ends) -> None:
    await ends[0].close(flush=False)
    await refuse(ends[0], HandshakeFailed(Reason.BUSY))
    await until(lambda: not ends[1].open)


def test_every_reason_has_its_words() -> None:
    words = {str(refusal(HandshakeFailed(reason))) for reason in Reason}
    assert len(words) == len(Reason)


async def test_admission(ends: Ends) -> None:
    await ends[1].send(HANDSHAKE.encode(Admitted(to_text(bytes(range(32))))))
    assert await wait_for_admission(ends[0]) == bytes(range(32))


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        ('{"kind": "rejection", "reason": "person"}', "person"),
        ('{"kind": "rejection", "reason": "of a later version"}', "other"),
        ('{"kind": "admitted", "resume": "short"}', "rubbish"),
        ('{"kind": "admitted", "resume": "\\ud800"}', "rubbish"),
        ('{"kind": "bye"}', "rubbish"),
        ('{"kind": "of a later version"}', "rubbish"),
        ("rubbish", "rubbish"),
        ("x" * 5000, "rubbish"),
        (b"bytes", "rubbish"),
    ],
)
async def test_no_admission(ends: Ends, frame: str | bytes, reason: str) -> None:
    await ends[1].send(frame)
    with pytest.raises(LinkRefused) as refused:
        await wait_for_admission(ends[0])
    assert refused.value.reason == reason
    await until(lambda: not ends[1].open)


async def test_a_host_who_never_decides(ends: Ends) -> None:
    now = asyncio.get_running_loop().time
    began = now()
    with pytest.raises(LinkRefused, match="person") as refused:
        await wait_for_admission(ends[0])
    assert refused.value.reason == "person"
    assert now() - began == pytest.approx(ADMISSION_TIMEOUT, abs=2)
    assert HANDSHAKE.decode(await ends[1].receive()) == Rejection("person")
