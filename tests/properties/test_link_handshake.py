"""Whatever happens on the way, a handshake ends with the same for both, or with nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from peerscript.protocol.link.handshake import Handshake, HandshakeFailed, Mode, Outcome
from peerscript.protocol.link.messages import (
    HANDSHAKE,
    Admitted,
    Hello,
    HostHello,
    Nonce,
    Proof,
    Rejection,
    Reveal,
)
from tests.unit.peerscript.protocol.link.handshakes import RESUME, SECRET, SESSION, guest, host

GUEST, HOST = 0, 1


class Way:
    """A guest, a host, and everything that was ever said between them."""

    def __init__(self, mode: Mode) -> None:
        self.mode = mode
        self.sides: tuple[Handshake, Handshake] = (guest(mode), host())
        self.over = [False, False]
        self.said: list[str | bytes] = []
        self.pending: list[list[str | bytes]] = [[], []]  # by who is to hear it
        self.say(GUEST, self.sides[GUEST].begin())  # type: ignore[attr-defined]

    def say(self, speaker: int, frame: str) -> None:
        self.said.append(frame)
        self.pending[1 - speaker].append(frame)

    def hear(self, listener: int, frame: str | bytes) -> None:
        """Give a side a frame; nothing but HandshakeFailed may come of it, and then for good."""
        side, before = self.sides[listener], self.sides[listener].outcome
        try:
            answer = side.receive(frame)
        except HandshakeFailed:
            self.over[listener] = True
            assert side.outcome is before
        else:
            assert not self.over[listener]
            assert before is None
            if answer is not None:
                self.say(listener, answer)

    def deliver(self, listener: int, place: int) -> None:
        waiting = self.pending[listener]
        if waiting:
            self.hear(listener, waiting.pop(place % len(waiting)))

    def deliver_all(self) -> None:
        """Go on faithfully, in order."""
        while any(self.pending):
            for listener in (HOST, GUEST):
                self.deliver(listener, 0)

    def check(self) -> None:
        """Nobody has another session than the other; where no key proves it, people see it."""
        ada, bob = (side.outcome for side in self.sides)
        if self.mode is not Mode.PHRASE:
            assert ada is None or bob is not None  # the host proves itself last
            for outcome in (ada, bob):
                assert outcome is None or outcome.mode is self.mode
            for outcome in (ada, bob):
                assert outcome is None or agreed(outcome) == agreed(bob or outcome)
        if ada is not None and bob is not None:
            assert (ada.phrase == bob.phrase) is (agreed(ada) == agreed(bob))
            if self.mode is not Mode.PHRASE:
                assert ada.capabilities == {"chat"}
                assert bob.capabilities == {"files", "calls"}


def agreed(outcome: Outcome) -> tuple[Any, ...]:
    return outcome.mode, outcome.session, outcome.resume, outcome.phrase, outcome.proved


short = st.text(max_size=50) | st.sampled_from(
    ["", "\ud800", SESSION, "secret", "resume", "phrase"]
)
words = st.one_of(
    st.builds(Hello, st.integers(0, 3), short, short, short, short),
    st.builds(HostHello, st.integers(0, 3), short, short, short),
    st.builds(Nonce, short),
    st.builds(Reveal, short, short),
    st.builds(Proof, short),
    st.builds(Rejection, short),
    st.builds(Admitted, short),
)
anything: st.SearchStrategy[str | bytes] = (
    words.map(HANDSHAKE.encode)
    | words.map(lambda word: json.dumps(json.loads(HANDSHAKE.encode(word))))
    | st.text(max_size=30)
    | st.binary(max_size=30)
)
values = short | st.integers(-1, 2**54) | st.none() | st.booleans() | st.lists(short, max_size=2)


def table_of(frame: str | bytes) -> dict[str, Any]:
    """The fields of a frame; none if it is no message."""
    try:
        table = json.loads(frame)
    except ValueError:
        return {}
    return table if isinstance(table, dict) else {}


@st.composite
def harmed(draw: st.DrawFn, frame: str | bytes) -> str | bytes:
    """A frame with a field changed, or taken from another frame's; or letters; or cut short."""
    how = draw(st.sampled_from(["field", "letter", "cut", "longer", "bytes"]))
    if isinstance(frame, bytes) or how == "bytes":
        return frame if isinstance(frame, bytes) else frame.encode("utf-8", "replace")
    table = table_of(frame)
    if how == "field" and table:
        return json.dumps({**table, draw(st.sampled_from(sorted(table))): draw(values)})
    place = draw(st.integers(0, len(frame)))
    if how == "letter":
        return frame[:place] + draw(st.characters(codec=None)) + frame[place + 1 :]
    if how == "cut":
        return frame[:place]
    return frame + draw(st.sampled_from([" ", "\n", "}", " " * 5000]))


def trouble(way: Way, data: st.DataObject) -> None:
    """One thing that a hostile way may do."""
    listener = data.draw(st.sampled_from((GUEST, HOST)))
    what = data.draw(
        st.sampled_from(["deliver", "drop", "repeat", "echo", "harm", "make", "splice"])
    )
    waiting = way.pending[listener]
    if what == "deliver":
        way.deliver(listener, data.draw(st.integers(0, 3)))
    elif what == "drop" and waiting:
        waiting.pop(data.draw(st.integers(0, len(waiting) - 1)))
    elif what in ("repeat", "echo"):
        way.hear(listener, data.draw(st.sampled_from(way.said)))
    elif what == "harm" and waiting:
        waiting.append(data.draw(harmed(waiting.pop(0))))
    elif what == "splice" and waiting:
        waiting.append(spliced(waiting.pop(0), data.draw(st.sampled_from(way.said))))
    elif what == "make":
        way.hear(listener, data.draw(anything))


def spliced(frame: str | bytes, other: str | bytes) -> str | bytes:
    """A frame with what another one says in the fields that both have."""
    table, theirs = table_of(frame), table_of(other)
    shared = {name: theirs[name] for name in table if name in theirs and name != "kind"}
    return json.dumps({**table, **shared}) if table else frame


@pytest.mark.parametrize("mode", Mode)
def test_on_any_way_both_have_the_same_or_nobody_has(mode: Mode) -> None:
    @given(st.data())
    def check(data: st.DataObject) -> None:
        way = Way(mode)
        for _ in range(data.draw(st.integers(0, 10))):
            trouble(way, data)
            way.check()
        way.deliver_all()
        way.check()

    check()


@pytest.mark.parametrize("mode", Mode)
def test_on_a_faithful_way_both_come_to_the_end(mode: Mode) -> None:
    way = Way(mode)
    way.deliver_all()
    way.check()
    assert None not in [side.outcome for side in way.sides]
    assert way.over == [False, False]


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("place", range(4))
def test_one_frame_that_is_touched_changes_what_people_see_or_ends_it(
    mode: Mode, place: int
) -> None:
    """Every frame, every field: with a key, nothing else gets through than what was said."""

    @given(st.data())
    def check(data: st.DataObject) -> None:
        way = Way(mode)
        for _ in range(place):
            way.deliver(HOST, 0)
            way.deliver(GUEST, 0)
        for waiting in way.pending:
            if waiting:
                waiting.append(data.draw(harmed(waiting.pop())))
        way.deliver_all()
        way.check()

    check()


@pytest.mark.parametrize("mode", Mode)
def test_frames_of_two_runs_mixed(mode: Mode) -> None:
    """Two guests and two hosts, with one attacker who gives anybody anything that was said."""

    @given(st.data())
    def check(data: st.DataObject) -> None:
        runs = [Way(mode), Way(mode)]
        for _ in range(data.draw(st.integers(0, 16))):
            way, other = data.draw(st.permutations(runs))
            listener = data.draw(st.sampled_from((GUEST, HOST)))
            frame = data.draw(st.sampled_from(way.said + other.said))
            way.hear(listener, frame)
        guests, hosts = outcomes(runs, GUEST), outcomes(runs, HOST)
        if mode is not Mode.PHRASE:
            # Who sits with whom is the attacker's choice; that each has a partner is not.
            assert len(guests) <= len(hosts)
        if mode is Mode.SECRET:
            sessions = [outcome.session for outcome in hosts]
            assert len(set(sessions)) == len(sessions)
            assert {outcome.session for outcome in guests} <= set(sessions)

    check()


def outcomes(runs: list[Way], role: int) -> list[Outcome]:
    return [found for way in runs if (found := way.sides[role].outcome) is not None]


@given(st.binary(max_size=16), st.binary(max_size=16))
@example(b"", b"\0")
@example(SECRET, RESUME[:16])
def test_only_who_has_the_very_key_is_taken(one: bytes, other: bytes) -> None:
    ada, bob = guest(key=one), host(keys_for=lambda *_: [other])
    proof = ada.receive(bob.receive(ada.begin()))
    if one == other:
        ada.receive(bob.receive(proof))
        assert agreed(ada.outcome) == agreed(bob.outcome)
    else:
        with pytest.raises(HandshakeFailed):
            bob.receive(proof)
        assert bob.outcome is None
