"""Attacks on the handshake: from in between, with old frames, another mode, or another page."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from itertools import permutations
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from peerscript.protocol.link.handshake import HandshakeFailed, Mode, Party, Reason
from peerscript.protocol.link.keys import NONCE_SIZE, to_text
from peerscript.protocol.link.messages import (
    HANDSHAKE,
    VERSION,
    Hello,
    HostHello,
    Proof,
    Rejection,
    Reveal,
)
from tests.unit.peerscript.protocol.link.handshakes import (
    NONCE,
    RESUME,
    SECRET,
    SESSION,
    changed,
    guest,
    host,
    mac,
    nonces,
    refused,
    seen_by_both,
    talk,
    talk_until,
)

MALLORY = b"M" * 32  # a certificate in between
WITH_A_KEY = [Mode.SECRET, Mode.RESUME, Mode.REDEEM]


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
