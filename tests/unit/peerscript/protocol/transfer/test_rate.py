"""How fast a file goes."""

from __future__ import annotations

from peerscript.protocol.transfer.rate import Rate


def test_it_is_that_of_the_last_seconds() -> None:
    rate = Rate()
    assert rate.value == 0
    assert rate.seconds_for(10) is None
    rate.restart(0.0, 0)
    rate.add(0.0, 10)
    assert rate.value == 0  # no time has passed
    for second in range(1, 11):
        rate.add(second, 50 * second)
    assert rate.value == 50
    assert rate.seconds_for(500) == 10


def test_a_pause_does_not_count() -> None:
    rate = Rate()
    rate.restart(0.0, 0)
    rate.restart(1000.0, 0)
    rate.add(1001.0, 100)
    assert rate.value == 100


def test_a_file_that_was_taken_back_makes_no_negative_rate() -> None:
    rate = Rate()
    rate.restart(0.0, 100)
    rate.add(1.0, 50)
    assert rate.value == 0
