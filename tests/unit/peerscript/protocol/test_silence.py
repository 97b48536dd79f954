"""When a path that is disconnected is lost."""

from __future__ import annotations

from peerscript.protocol.silence import INTERVAL, LONGEST_STEP, TIMEOUT, Silence

LOOKS = round(TIMEOUT / INTERVAL)


def test_a_page_that_stays_silent_is_lost_in_time() -> None:
    silence = Silence(10.0)
    answers = [silence.is_lost(10.0 + n * INTERVAL, 7) for n in range(1, LOOKS + 1)]
    assert answers == [False] * (LOOKS - 1) + [True]


def test_one_answer_gives_it_all_of_the_time_again() -> None:
    silence = Silence(0.0)
    for n in range(1, LOOKS):
        assert not silence.is_lost(n * INTERVAL, 7)
    answers = [silence.is_lost(TIMEOUT + n * INTERVAL, 8) for n in range(LOOKS + 1)]
    assert answers == [False] * LOOKS + [True]


def test_a_path_on_which_some_answers_are_lost_goes_on() -> None:
    silence = Silence(0.0)
    assert not any(silence.is_lost(n * INTERVAL, n // 4) for n in range(1, 1000))


def test_what_was_received_on_a_pair_that_is_given_up_is_no_answer() -> None:
    silence = Silence(0.0)
    answers = [silence.is_lost(n * INTERVAL, 7 if n < 3 else 2) for n in range(1, LOOKS + 1)]
    assert answers[-1]


def test_a_page_that_was_suspended_itself_looks_again_first() -> None:
    silence = Silence(0.0)
    assert not silence.is_lost(INTERVAL, 7)
    assert not silence.is_lost(3600.0, 7)  # the answers are still in the browser's queue
    assert not silence.is_lost(3600.0 + INTERVAL, 8)
    assert TIMEOUT > LONGEST_STEP + INTERVAL
