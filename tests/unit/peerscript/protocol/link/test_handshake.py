"""Both sides agree, or nobody gets anything: all three modes, and everything that can be wrong."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from peerscript.protocol.link.handshake import (
    Handshake,
    HandshakeFailed,
    Mode,
    Party,
    Reason,
    reason_of,
)
from peerscript.protocol.link.keys import NONCE_SIZE, to_text
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
    BOB,
    RESUME,
    SECRET,
    SESSION,
    changed,
    guest,
    host,
    keys_for,
    nonces,
    talk,
    talk_until,
)

MALLORY = b"M" * 32  # a certificate in between
WITH_A_KEY = [Mode.SECRET, Mode.RESUME, Mode.REDEEM]
NONCE = to_text(b"n" * NONCE_SIZE)


def refused(side: Handshake, frame: Any) -> Reason:
    """Why a side ends it over this frame; nothing may come of it, whatever follows."""
    with pytest.raises(HandshakeFailed) as caught:
        side.receive(frame)
    assert side.outcome is None
    assert not caught.value.told
    return caught.value.reason


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


def hashed(*fields: bytes) -> bytes:
    return hashlib.sha256(
        b"".join(len(field).to_bytes(4, "big") + field for field in fields)
    ).digest()


def mac(key: bytes, data: bytes) -> bytes:
    return hmac.digest(key, data, "sha256")


def seen_by_both(mode: Mode, hellos: Sequence[str]) -> bytes:
    return hashed(
        *(b"peerscript-link/2", mode.value.encode(), b"bob", b"ada"),
        *(BOB.fingerprint, ADA.fingerprint, hellos[0].encode(), hellos[1].encode()),
    )


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


# Somebody in between


def between(mode: Mode, *randoms: Callable[[int], bytes]) -> tuple[Any, Any]:
    """Ada and Bob as they are where each has a connection to Mallory only, who relays."""
    adas, bobs = randoms or (secrets.token_bytes, secrets.token_bytes)
    ada = guest(mode, other=Party("bob", MALLORY), random=adas)
    return ada, host(other=Party("ada", MALLORY), random=bobs)


@pytest.mark.parametrize("mode", WITH_A_KEY)
def test_who_relays_is_found_out_by_the_host(mode: Mode) -> None:
    ada, bob = between(mode)
    proof = talk_until(ada, bob, 2)
    assert refused(bob, proof) is Reason.PROOF
    with pytest.raises(HandshakeFailed) as caught:
        ada.receive(HANDSHAKE.encode(Rejection("proof")))
    assert (caught.value.reason, caught.value.told) == (Reason.PROOF, True)
    assert ada.outcome is None


@pytest.mark.parametrize("mode", WITH_A_KEY)
@pytest.mark.parametrize("proof", [NONCE, "", "é"])
def test_who_plays_host_without_the_key_is_found_out_by_the_guest(mode: Mode, proof: str) -> None:
    ada = guest(mode, other=Party("bob", MALLORY))
    ada.receive(talk_until(ada, host(own=Party("bob", MALLORY)), 1))
    assert refused(ada, HANDSHAKE.encode(Proof(proof))) is Reason.PROOF


def test_a_fellow_guest_cannot_play_host_to_who_has_been_there() -> None:
    """He knows the invite, but not what each guest's own handshake left."""
    fellow = host(own=Party("bob", MALLORY), keys_for=lambda *_: [SECRET])
    ada = guest(Mode.RESUME, other=Party("bob", MALLORY))
    assert refused(fellow, talk_until(ada, fellow, 2)) is Reason.PROOF
    pretended = guest(Mode.SECRET, other=Party("bob", MALLORY))
    proof = talk_until(pretended, host(own=Party("bob", MALLORY)), 3)
    assert refused(ada, proof) is Reason.PROOF


def test_who_has_the_same_invite_can_play_host_to_a_new_guest() -> None:
    """Known, and a reason for invites that are good for one: the secret is the same for all."""
    ada = guest(other=Party("bob", MALLORY))
    talk(ada, host(own=Party("bob", MALLORY), keys_for=lambda *_: [SECRET]))
    assert ada.outcome is not None


def in_turn(*drawn: bytes) -> Callable[[int], bytes]:
    """One after the other."""
    left = iter(drawn)
    return lambda size: next(left)


random_bytes = st.binary(min_size=NONCE_SIZE, max_size=NONCE_SIZE)


@settings(max_examples=30, deadline=None)
@given(random_bytes, random_bytes, random_bytes)
def test_who_relays_gives_two_phrases(one: bytes, other: bytes, blind: bytes) -> None:
    ada, bob = between(Mode.PHRASE, nonces(one), in_turn(other, blind))
    talk(ada, bob)
    assert ada.outcome.phrase != bob.outcome.phrase
    assert ada.outcome.session != bob.outcome.session


@settings(max_examples=30, deadline=None)
@given(*[random_bytes] * 5)
def test_who_talks_to_both_in_their_names_gives_two_phrases(
    one: bytes, other: bytes, blind: bytes, to_ada: bytes, to_bob: bytes
) -> None:
    ada, bob = between(Mode.PHRASE, nonces(one), in_turn(other, blind))
    as_host = host(own=Party("bob", MALLORY), random=nonces(to_ada))
    as_guest = guest(Mode.PHRASE, own=Party("ada", MALLORY), random=nonces(to_bob))
    talk(ada, as_host)
    talk(as_guest, bob)
    assert ada.outcome.phrase == as_host.outcome.phrase != bob.outcome.phrase


@settings(max_examples=30, deadline=None)
@given(random_bytes, random_bytes)
def test_the_host_cannot_choose_its_nonce_once_it_knows_the_guests(
    nonce: bytes, blind: bytes
) -> None:
    ada = guest(Mode.PHRASE)
    ada.receive(talk_until(ada, host(random=nonces(b"committed")), 1))
    other = Reveal(to_text(nonce), to_text(blind))
    assert refused(ada, HANDSHAKE.encode(other)) is Reason.PROOF


def test_another_blind_does_not_open_the_commitment_either() -> None:
    ada = guest(Mode.PHRASE)
    reveal = talk_until(ada, host(), 3)
    assert refused(ada, changed(reveal, blind=NONCE)) is Reason.PROOF


# What is bound


view = st.tuples(
    *[st.text("ab", min_size=1, max_size=3)] * 2, *[st.binary(min_size=1, max_size=2)] * 2
)


@settings(max_examples=80, deadline=None)
@given(view, view, st.booleans())
@example(("ab", "a", b"1", b"2"), ("a", "ba", b"1", b"2"), False)
@example(("a", "b", b"1", b"2"), ("b", "a", b"2", b"1"), False)
@example(("a", "b", b"1", b"2"), ("a", "b", b"2", b"1"), False)
@example(("a", "b", b"1", b"23"), ("a", "b", b"12", b"3"), False)
def test_both_must_see_the_same_connection(
    one: tuple[str, str, bytes, bytes], other: tuple[str, str, bytes, bytes], same: bool
) -> None:
    """Other IDs or certificates, the same ones swapped, or with a letter moved to the next."""
    guests, hosts = one, one if same else other
    for seen in (guests, hosts):
        assume(seen[0] != seen[1] and seen[2] != seen[3])
    ada = guest(own=Party(guests[1], guests[3]), other=Party(guests[0], guests[2]))
    bob = host(own=Party(hosts[0], hosts[2]), other=Party(hosts[1], hosts[3]))
    proof = talk_until(ada, bob, 2)
    if guests == hosts:
        assert bob.receive(proof) is not None
    else:
        assert refused(bob, proof) is Reason.PROOF


@pytest.mark.parametrize("mode", WITH_A_KEY)
@pytest.mark.parametrize(
    "changes",
    [{"capabilities": "files"}, {"nonce": NONCE}, {"later": 1}, {"session": SESSION}, {}],
    ids=str,
)
def test_a_hello_that_was_touched_on_the_way(mode: Mode, changes: dict[str, Any]) -> None:
    """If only by a space."""
    ada, bob = guest(mode), host()
    hello = changed(ada.begin(), **changes) + " "
    proof = ada.receive(bob.receive(hello))
    assert refused(bob, proof) is Reason.PROOF

    ada, bob = guest(mode), host()
    answer = bob.receive(ada.begin())
    proof = ada.receive(changed(answer, **changes) + " ")
    assert refused(bob, proof) is Reason.PROOF


@pytest.mark.parametrize(("mode", "other"), list(permutations(WITH_A_KEY, 2)))
def test_a_proof_of_another_mode(mode: Mode, other: Mode) -> None:
    """With the same key for both."""
    ada = guest(mode, key=SECRET)
    bob = host(keys_for=lambda *_: [SECRET])
    proof = ada.receive(bob.receive(changed(ada.begin(), mode=other.value)))
    assert refused(bob, proof) is Reason.PROOF


def test_a_guest_with_another_secret() -> None:
    ada, bob = guest(key=b"a wrong secret.."), host()
    assert refused(bob, talk_until(ada, bob, 2)) is Reason.PROOF


@pytest.mark.parametrize("mode", WITH_A_KEY)
def test_a_host_that_has_no_keys_takes_nobody(mode: Mode) -> None:
    ada, bob = guest(mode), host(keys_for=lambda *_: ())
    assert refused(bob, talk_until(ada, bob, 2)) is Reason.PROOF


# Frames that were said already


@pytest.mark.parametrize("mode", Mode)
def test_a_page_that_talks_to_its_own_echo(mode: Mode) -> None:
    ada = guest(mode)
    assert refused(ada, ada.begin()) is Reason.RUBBISH


@pytest.mark.parametrize("mode", WITH_A_KEY)
def test_the_proof_of_one_role_is_not_that_of_the_other(mode: Mode) -> None:
    ada, bob = guest(mode), host()
    first = ada.begin()
    second = bob.receive(first)
    own = ada.receive(second)
    assert refused(ada, own) is Reason.PROOF

    key = SECRET if mode is Mode.SECRET else RESUME
    seen = seen_by_both(mode, (first, second))
    the_hosts = to_text(mac(mac(mac(seen, key), b"host proof\x01"), seen))
    assert refused(bob, HANDSHAKE.encode(Proof(the_hosts))) is Reason.PROOF


@pytest.mark.parametrize("mode", WITH_A_KEY)
def test_an_old_run_is_worth_nothing(mode: Mode) -> None:
    hello, answer, guests_proof, hosts_proof = talk(guest(mode), host())
    bob = host()
    bob.receive(hello)
    assert refused(bob, guests_proof) is Reason.PROOF
    ada = guest(mode)
    ada.begin()
    ada.receive(answer)
    assert refused(ada, hosts_proof) is Reason.PROOF


def test_an_old_run_gives_another_phrase() -> None:
    before = guest(Mode.PHRASE)
    _, answer, _, reveal = talk(before, host())
    ada = guest(Mode.PHRASE)
    ada.begin()
    ada.receive(answer)
    ada.receive(reveal)
    assert ada.outcome.phrase != before.outcome.phrase


# A weaker mode than one's own


def test_a_guest_that_has_a_key_does_not_compare_phrases() -> None:
    for mode in WITH_A_KEY:
        ada = guest(mode)
        ada.begin()
        offer = HostHello(VERSION, "", NONCE)
        assert refused(ada, HANDSHAKE.encode(offer)) is Reason.RUBBISH

        ada, bob = guest(mode), host()
        stripped = changed(ada.begin(), mode="phrase", nonce="", session="")
        assert refused(ada, bob.receive(stripped)) is Reason.RUBBISH


def test_a_reveal_instead_of_a_proof() -> None:
    ada = guest()
    ada.receive(talk_until(ada, host(), 1))
    assert refused(ada, HANDSHAKE.encode(Reveal(NONCE, NONCE))) is Reason.RUBBISH


def test_a_nonce_before_the_commitment() -> None:
    hello = Hello(VERSION, "phrase", NONCE)
    assert refused(host(), HANDSHAKE.encode(hello)) is Reason.RUBBISH


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
