"""The last to press wins, and two who press at once move one slide."""

from __future__ import annotations

import pytest

from peerscript.protocol.slides.turning import KEPT, LATE, Turning

ANN, BEN = "Ann", "Ben"


def at(slide: int) -> tuple[int, int]:
    return slide, 0


class Time:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Time:
    return Time()


@pytest.fixture
def turning(clock: Time) -> Turning:
    """Ann has turned to the third slide, which everybody has seen: revision 2."""
    turning = Turning(at(0), clock)
    assert turning.press(ANN, 1) is None
    assert turning.reach(at(2))
    assert turning.revision == 2
    return turning


def test_quick_presses_of_one_person_add_up(turning: Turning) -> None:
    for slide in (3, 4, 5):
        assert turning.press(ANN, 2) is None
        assert turning.reach(at(slide))


def test_quick_presses_of_one_person_add_up_where_the_deck_answers_late(turning: Turning) -> None:
    assert [turning.press(ANN, 2) for _ in range(3)] == [None] * 3
    assert all(turning.reach(at(slide)) for slide in (3, 4, 5))
    assert turning.press(ANN, 2) is None


def test_two_who_press_at_once_start_from_what_they_saw(turning: Turning) -> None:
    turning.press(ANN, 2)
    turning.reach(at(3))
    assert turning.press(BEN, 2) == at(2)


def test_two_who_press_at_once_where_the_deck_answers_late(turning: Turning) -> None:
    turning.press(ANN, 2)
    assert turning.press(BEN, 2) == at(2)


def test_who_has_seen_the_last_turn_turns_from_there(turning: Turning) -> None:
    assert turning.press(BEN, 2) is None
    turning.reach(at(3))
    assert turning.press(ANN, 3) is None


def test_the_person_at_the_deck_has_always_seen_it(turning: Turning) -> None:
    turning.press(ANN, 2)
    assert turning.press(None) is None
    turning.reach(at(3))
    assert turning.press(BEN, 2) == at(2)


def test_a_key_at_the_deck_counts_for_the_person_there(turning: Turning) -> None:
    turning.reach(at(3))
    assert turning.press(ANN, 2) == at(2)  # though it was she who pressed last


def test_a_deck_at_its_end_is_waited_for_no_longer_than_a_moment(
    turning: Turning, clock: Time
) -> None:
    turning.press(ANN, 2)
    assert not turning.reach(at(2))
    clock.now += LATE + 0.1
    turning.reach(at(1))  # by a key
    assert turning.press(ANN, 2) == at(2)


def test_presses_add_up_though_somebody_else_pressed_between_them(turning: Turning) -> None:
    assert turning.press(ANN, 2) is None
    turning.reach(at(3))
    assert turning.press(BEN, 2) == at(2)
    turning.reach(at(1))
    assert turning.press(BEN, 2) is None
    turning.reach(at(0))
    assert turning.press(ANN, 2) == at(3)


def test_a_press_without_effect_is_nobody_s_turn(turning: Turning) -> None:
    turning.press(ANN, 2)
    assert not turning.reach(at(2))
    assert turning.revision == 2
    assert turning.press(BEN, 2) == at(2)  # where it stands anyway


def test_what_was_long_ago_is_forgotten(turning: Turning) -> None:
    for slide in range(3, 3 + KEPT):
        turning.press(ANN)
        turning.reach(at(slide))
    assert turning.press(BEN, 2) is None
    assert turning.press(BEN, 10_000) is None  # of a state that never was
