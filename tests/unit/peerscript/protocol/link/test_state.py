"""A Link can always be ended, and never hangs in a state that leads nowhere."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peerscript.aio.lifecycle import Lifecycle
from peerscript.protocol.link.state import LINK_MOVES, LinkState, Verification

BEGINNINGS = (LinkState.CONNECTING, LinkState.ASKING, LinkState.RECONNECTING)


def test_every_state_has_its_moves() -> None:
    assert set(LINK_MOVES) == set(LinkState)
    assert all(state not in following for state, following in LINK_MOVES.items())


def test_a_link_can_be_ended_at_any_time_and_for_good() -> None:
    for state, following in LINK_MOVES.items():
        assert (LinkState.CLOSED in following) is (state is not LinkState.CLOSED)
    assert LINK_MOVES[LinkState.CLOSED] == frozenset()


def test_no_state_but_the_end_is_a_dead_end() -> None:
    for state in set(LinkState) - {LinkState.CLOSED}:
        assert LINK_MOVES[state] - {LinkState.CLOSED}


def reachable(start: LinkState) -> set[LinkState]:
    """Every state that may ever follow."""
    found: set[LinkState] = set()
    new = set(LINK_MOVES[start])
    while new:
        found |= new
        new = {after for state in new for after in LINK_MOVES[state]} - found
    return found


def test_every_state_occurs_and_can_come_to_be_connected() -> None:
    assert set(BEGINNINGS).union(*map(reachable, BEGINNINGS)) == set(LinkState)
    for state in set(LinkState) - {LinkState.CLOSED}:
        assert LinkState.CONNECTED in reachable(state) | {state}
        assert LinkState.CLOSED in reachable(state)


def test_who_was_let_in_is_not_asked_about_again() -> None:
    once = {LinkState.ASKING}
    assert not once & reachable(LinkState.ASKING)
    assert not once & reachable(LinkState.CONNECTED)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(BEGINNINGS), st.lists(st.sampled_from(LinkState), max_size=20))
def test_a_walk_takes_legal_moves_alone(start: LinkState, walk: list[LinkState]) -> None:
    life = Lifecycle("link", start, LINK_MOVES)
    for state in walk:
        before = life.state
        if state is before:
            assert not life.move(state)
        elif state in LINK_MOVES[before]:
            assert life.move(state)
        else:
            with pytest.raises(RuntimeError, match=f"from {before.name} to {state.name}"):
                life.move(state)
            assert life.state is before
    is_open = life.state is not LinkState.CLOSED
    assert life.move(LinkState.CLOSED) is is_open
    assert life.state is LinkState.CLOSED


@pytest.mark.parametrize(
    ("verification", "verified"),
    [
        (Verification.NONE, False),
        (Verification.ADMITTED, False),
        (Verification.COMPARED, True),
        (Verification.SECRET, True),
    ],
)
def test_letting_somebody_in_proves_nothing(verification: Verification, verified: bool) -> None:
    assert verification.verified is verified
