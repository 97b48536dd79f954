"""How many phrases can be tried in the ten minutes for which somebody waits to be let in."""

from __future__ import annotations

import pytest

from peerscript.protocol.link.attempts import (
    FREE_EACH,
    FREE_IN_ALL,
    PAUSES,
    QUIET,
    AttemptLimit,
    Attempts,
)

ADMISSION = 600  # seconds


@pytest.mark.parametrize(("free", "most"), [(FREE_EACH, 14), (FREE_IN_ALL, 19)])
def test_as_many_in_ten_minutes_as_the_documentation_says(free: int, most: int) -> None:
    attempts = Attempts(free)
    times = [now for now in range(3 * ADMISSION) for _ in range(20) if attempts.take(now)]
    in_ten_minutes = [
        sum(first <= each <= first + ADMISSION for each in times) for first in range(2 * ADMISSION)
    ]
    assert max(in_ten_minutes) == most


def test_pauses_grow_to_the_longest() -> None:
    attempts = Attempts(2)
    times = [now for now in range(300) if attempts.take(now)]
    assert times == [0, 1, 21, 61, 121, 181, 241]
    assert PAUSES == (20, 40, 60)


def test_after_a_long_quiet_all_is_as_in_the_beginning() -> None:
    attempts = Attempts(2)
    assert attempts.quiet(0)
    assert [attempts.take(0) for _ in range(3)] == [True, True, False]
    assert not attempts.quiet(QUIET - 1)
    assert attempts.quiet(QUIET)
    assert [attempts.take(QUIET) for _ in range(3)] == [True, True, False]


def test_attempts_for_hours() -> None:
    attempts = Attempts(1)
    assert all(attempts.take(now) for now in range(0, 200_000, 60))


def test_one_id_gets_a_few_and_all_together_get_as_many_as_the_door_holds() -> None:
    limit = AttemptLimit()
    assert [limit.take("mallory", 0) for _ in range(FREE_EACH + 1)] == [True] * FREE_EACH + [False]
    others = [limit.take(f"stranger {number}", 0) for number in range(100)]
    assert others == [True] * (FREE_IN_ALL - FREE_EACH) + [False] * (100 - FREE_IN_ALL + FREE_EACH)


def test_ids_that_have_been_quiet_are_forgotten() -> None:
    limit = AttemptLimit()
    for now in range(100):
        limit.take(f"stranger {now}", 100 * now)
    assert len(limit._each) <= QUIET / 100
