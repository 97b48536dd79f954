"""Silence is noticed, and one's own sleep is not taken for theirs."""

from __future__ import annotations

import pytest

from peerscript.protocol.link.heartbeat import ASLEEP, INTERVAL, TIMEOUT, Heartbeat


def first_alarm(heartbeat: Heartbeat, began: float, interval: float = INTERVAL) -> float:
    """Tick until it says that they are silent; return when."""
    now = began
    while True:
        now += interval
        if heartbeat.tick(now):
            return now


@pytest.mark.parametrize("began", [0.0, 1e6])
def test_silence_is_noticed_in_time(began: float) -> None:
    assert TIMEOUT - INTERVAL <= first_alarm(Heartbeat(began), began) - began <= TIMEOUT


def test_a_timer_that_is_a_little_early_or_late_changes_nothing() -> None:
    for interval in (INTERVAL * 0.99, INTERVAL * 1.01):
        assert first_alarm(Heartbeat(0.0), 0.0, interval) == pytest.approx(TIMEOUT, rel=0.02)


def test_whoever_is_heard_is_there() -> None:
    heartbeat = Heartbeat(0.0)
    for second in range(1, 100):
        heartbeat.received(second - 0.1)
        assert not heartbeat.tick(second)
    assert first_alarm(heartbeat, 99.0) == 99.0 + TIMEOUT


def test_they_are_there_again() -> None:
    heartbeat = Heartbeat(0.0)
    alarm = first_alarm(heartbeat, 0.0)
    assert heartbeat.tick(alarm + INTERVAL)
    heartbeat.received(alarm + INTERVAL)
    assert not heartbeat.tick(alarm + 2 * INTERVAL)


@pytest.mark.parametrize("sleep", [ASLEEP + 0.01, 60.0, 86_400.0])
def test_after_a_sleep_of_our_own_they_get_their_time_again(sleep: float) -> None:
    heartbeat = Heartbeat(0.0)
    assert not heartbeat.tick(1.0)
    woken = 1.0 + sleep
    assert not heartbeat.tick(woken)
    assert first_alarm(heartbeat, woken) == pytest.approx(woken + TIMEOUT, abs=INTERVAL)


def test_a_late_tick_is_no_sleep() -> None:
    heartbeat = Heartbeat(0.0)
    heartbeat.tick(ASLEEP)
    assert heartbeat.tick(2 * ASLEEP)
