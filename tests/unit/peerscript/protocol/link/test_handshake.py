"""Both sides agree, in all three modes, or nobody gets anything."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from peerscript.protocol.link.handshake import HandshakeFailed, Mode, Party, Reason, reason_of
from peerscript.protocol.link.keys import to_text
from peerscript.protocol.link.messages import (
    HANDSHAKE,
    MAX_HANDSHAKE_FRAME,
    VERSION,
    Admitted,
    Hello,
    HostHello,
    Nonce,
    Proof,
    Rejection,
    Reveal,
)
from peerscript.protocol.link.phrase import phrase_of
from tests.unit.peerscript.protocol.link.handshakes import (
    ADA,
    NONCE,
    RESUME,
    SECRET,
    SESSION,
    changed,
    guest,
    host,
    keys_for,
    mac,
    nonces,
    refused,
    seen_by_both,
    talk,
    talk_until,
)

# To the end


def test_with_a_secret_both_have_the_same() -> None:
    ada, bob = guest(), host()
    assert len(talk(ada, bob)) == 4
    assert ada.outcome.capabilities == {"chat"}
    assert bob.outcome.capabilities == {"files", "calls"}
    assert replace(ada.outcome, capabilities=bob.outcome.capabilities) == bob.outcome
    assert (ada.outcome.mode, ada.outcome.proved, ada.outcome.phrase) == (Mode.SECRET, SECRET, "")
    assert len(ada.outcome.resume) == 32
    assert len(ada.outcome.session) == 16


def test_an_earlier_session_goes_on_under_its_key() -> None:
    ada, bob = guest(Mode.RESUME), host()
    assert len(talk(ada, bob)) == 4
    for side in (ada, bob):
        assert side.outcome.mode is Mode.RESUME
        assert (side.outcome.session, side.outcome.phrase) == (SESSION, "")
        assert side.outcome.proved == RESUME
    assert ada.outcome.resume == bob.outcome.resume != RESUME


def test_what_a_secret_left_resumes() -> None:
    ada, bob = guest(), host()
    talk(ada, bob)
    first, kept = ada.outcome, {bob.outcome.session: bob.outcome.resume}
    ada = guest(Mode.RESUME, key=first.resume, session=first.session)
    bob = host(keys_for=lambda mode, session: [kept[session]])
    talk(ada, bob)
    assert ada.outcome.session == bob.outcome.session == first.session
    assert ada.outcome.resume == bob.outcome.resume != first.resume


def test_without_a_key_both_show_the_same_phrase() -> None:
    ada, bob = guest(Mode.PHRASE), host()
    said = talk(ada, bob)
    assert [json.loads(frame)["kind"] for frame in said] == [
        *("hello", "host-hello"),
        *("nonce", "reveal"),
    ]
    assert replace(ada.outcome, capabilities=bob.outcome.capabilities) == bob.outcome
    assert len(ada.outcome.phrase.split()) == 4
    assert (ada.outcome.resume, ada.outcome.proved) == (b"", b"")


@pytest.mark.parametrize("mode", Mode)
def test_no_two_runs_are_alike(mode: Mode) -> None:
    runs = [(guest(mode), host()) for _ in range(5)]
    said = [frame for ada, bob in runs for frame in talk(ada, bob)]
    if mode is not Mode.PHRASE:
        assert len(set(said)) == len(said)
    sessions = {ada.outcome.session for ada, _ in runs}
    assert len(sessions) == (1 if mode in (Mode.RESUME, Mode.REDEEM) else 5)


def test_the_host_finds_the_secret_among_its_invites() -> None:
    invites = [bytes([number]) * 16 for number in range(32)]
    for secret in invites:
        ada, bob = guest(key=secret), host(keys_for=lambda *_: invites)
        talk(ada, bob)
        assert bob.outcome.proved == secret


@pytest.mark.parametrize(
    ("mode", "session"), [(Mode.SECRET, ""), (Mode.RESUME, SESSION), (Mode.PHRASE, "")]
)
def test_the_host_is_asked_for_the_keys_of_a_mode_and_session(mode: Mode, session: str) -> None:
    asked = []

    def note(*about: Any) -> Sequence[bytes]:
        asked.append(about)
        return keys_for(*about)

    talk(guest(mode), host(keys_for=note))
    assert asked == [(mode, session)]


# The arithmetic, written down a second time


@pytest.mark.parametrize(("mode", "key"), [(Mode.SECRET, SECRET), (Mode.RESUME, RESUME)])
def test_the_proofs_are_those_of_the_protocol(mode: Mode, key: bytes) -> None:
    ada = guest(mode)
    first, second, third, fourth = talk(ada, host())
    seen = seen_by_both(mode, (first, second))
    root = mac(seen, key)
    assert decoded(third).proof == to_text(mac(mac(root, b"guest proof\x01"), seen))
    assert decoded(fourth).proof == to_text(mac(mac(root, b"host proof\x01"), seen))
    assert ada.outcome.resume == mac(root, b"resume\x01")
    if mode is Mode.SECRET:
        assert ada.outcome.session == mac(root, b"session\x01")[:8].hex()


def test_the_phrase_is_that_of_the_protocol() -> None:
    ada, bob = guest(Mode.PHRASE, random=nonces(b"a")), host(random=nonces(b"b"))
    first, second, _, _ = talk(ada, bob)
    commitment = hashlib.sha256(b"commit" + b"b" * 64).digest()
    assert decoded(second).commitment == to_text(commitment)
    root = mac(seen_by_both(Mode.PHRASE, (first, second)), b"b" * 32 + b"a" * 32)
    assert ada.outcome.phrase == phrase_of(mac(root, b"phrase\x01")[:4])
    assert ada.outcome.session == mac(root, b"session\x01")[:8].hex()


# What is no handshake


@pytest.mark.parametrize("version", [0, VERSION + 1, 2**53 - 1])
def test_another_version(version: int) -> None:
    ada, bob = guest(), host()
    hello = ada.begin()
    assert refused(bob, changed(hello, version=version)) is Reason.VERSION
    answer = host().receive(hello)
    assert refused(ada, changed(answer, version=version)) is Reason.VERSION


@pytest.mark.parametrize(
    "other", [Party("ada", b"another"), Party("another", b"A" * 32), ADA], ids=str
)
def test_a_page_does_not_take_itself_for_another(other: Party) -> None:
    for make in (guest, host):
        with pytest.raises(HandshakeFailed) as caught:
            make(own=ADA, other=other)
        assert caught.value.reason is Reason.ONESELF


@pytest.mark.parametrize("nonce", ["", "short", NONCE[:-1], NONCE + "A", NONCE + "=", "é" * 43])
def test_a_nonce_that_is_none(nonce: str) -> None:
    assert refused(host(), changed(guest().begin(), nonce=nonce)) is Reason.RUBBISH

    ada = guest()
    assert refused(ada, changed(talk_until(ada, host(), 1), nonce=nonce)) is Reason.RUBBISH

    ada = guest(Mode.PHRASE)
    answer = talk_until(ada, host(), 1)
    assert refused(ada, changed(answer, commitment=nonce)) is Reason.RUBBISH

    ada, bob = guest(Mode.PHRASE), host()
    assert refused(bob, changed(talk_until(ada, bob, 2), nonce=nonce)) is Reason.RUBBISH

    for field in ("nonce", "blind"):
        ada, bob = guest(Mode.PHRASE), host()
        reveal = talk_until(ada, bob, 3)
        assert refused(ada, changed(reveal, **{field: nonce})) is Reason.RUBBISH


@pytest.mark.parametrize("mode", ["", "Secret", "none", "secret "])
def test_a_mode_that_is_none(mode: str) -> None:
    assert refused(host(), changed(guest().begin(), mode=mode)) is Reason.RUBBISH


def waiting(state: str) -> tuple[Any, str]:
    """A side that waits for something, and what it waits for."""
    name, role, count = state.split("-")
    ada, bob = guest(Mode(name)), host()
    frame = talk_until(ada, bob, int(count))
    return (bob if role == "host" else ada), frame


STATES = [
    *("secret-host-0", "secret-guest-1", "secret-host-2", "secret-guest-3"),
    *("resume-host-0", "resume-guest-1", "resume-host-2", "resume-guest-3"),
    *("phrase-host-0", "phrase-guest-1", "phrase-host-2", "phrase-guest-3"),
]


def decoded(frame: str) -> Any:
    return HANDSHAKE.decode(frame)


OUT_OF_TURN: list[Any] = [
    Hello(VERSION, "secret", NONCE), HostHello(VERSION, NONCE), Nonce(NONCE),
    Reveal(NONCE, NONCE), Proof(NONCE), Admitted(NONCE),
]  # fmt: skip


RUBBISH = [
    "", "rubbish", "null", "[]", '{"kind":"dance"}', '{"kind":"hello"}', b"", b"{}",
    "\ud800", '{"kind":"proof","proof":"\\udfff"}', "[" * 4000, '{"kind":"refused","reason":7}',
]  # fmt: skip


@pytest.mark.parametrize("state", STATES)
def test_a_word_out_of_turn_ends_it(state: str) -> None:
    _, awaited = waiting(state)
    for word in OUT_OF_TURN:
        side, expected = waiting(state)
        if not isinstance(word, type(HANDSHAKE.decode(awaited))):
            assert refused(side, HANDSHAKE.encode(word)) is Reason.RUBBISH
            assert refused(side, expected) is Reason.RUBBISH


@pytest.mark.parametrize("state", STATES)
def test_rubbish_ends_it(state: str) -> None:
    for rubbish in RUBBISH:
        side, expected = waiting(state)
        assert refused(side, rubbish) is Reason.RUBBISH
        assert refused(side, expected) is Reason.RUBBISH


@pytest.mark.parametrize("state", STATES)
def test_a_frame_that_is_too_long_or_no_text_ends_it(state: str) -> None:
    side, expected = waiting(state)
    assert (
        refused(side, expected + " " * (MAX_HANDSHAKE_FRAME - len(expected) + 1)) is Reason.RUBBISH
    )
    assert refused(side, expected) is Reason.RUBBISH
    side, expected = waiting(state)
    assert refused(side, expected.encode()) is Reason.RUBBISH


def test_a_frame_as_long_as_may_be() -> None:
    bob = host()
    assert bob.receive(guest().begin().ljust(MAX_HANDSHAKE_FRAME)) is not None


@pytest.mark.parametrize("state", STATES)
def test_the_other_side_may_say_no_at_any_time(state: str) -> None:
    reasons = {each.value: each for each in Reason}
    for reason in (*reasons, "", "mood", "é" * 30):
        side, expected = waiting(state)
        with pytest.raises(HandshakeFailed) as caught:
            side.receive(HANDSHAKE.encode(Rejection(reason)))
        assert caught.value.reason is reasons.get(reason, Reason.OTHER)
        assert caught.value.told
        assert side.outcome is None
        assert refused(side, expected) is Reason.RUBBISH


@pytest.mark.parametrize("mode", Mode)
def test_nothing_follows_the_end(mode: Mode) -> None:
    ada, bob = guest(mode), host()
    said = talk(ada, bob)
    for side in (ada, bob):
        outcome = side.outcome
        for frame in said:
            with pytest.raises(HandshakeFailed) as caught:
                side.receive(frame)
            assert caught.value.reason is Reason.RUBBISH
        assert side.outcome is outcome


def test_a_guest_that_has_not_begun_takes_nothing() -> None:
    assert refused(guest(), HANDSHAKE.encode(HostHello(VERSION, NONCE))) is Reason.RUBBISH


@pytest.mark.parametrize("reason", Reason)
@pytest.mark.parametrize("mode", Mode)
def test_the_host_may_say_no_to_a_mode_or_session(mode: Mode, reason: Reason) -> None:
    def none(mode: Mode, session: str) -> Sequence[bytes]:
        raise HandshakeFailed(reason, "not you")

    ada, bob = guest(mode), host(keys_for=none)
    hello = ada.begin()
    assert refused(bob, hello) is reason
    assert refused(bob, hello) is Reason.RUBBISH


def test_the_words_of_a_failure() -> None:
    assert str(HandshakeFailed(Reason.BUSY)) == "busy"
    assert str(HandshakeFailed(Reason.BUSY, "too many")) == "too many"
    assert [reason_of(reason.value) for reason in Reason] == list(Reason)
    assert reason_of("mood") is Reason.OTHER
