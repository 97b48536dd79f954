"""The timer counts, stands, and is the same on every page."""

from __future__ import annotations

import pytest

from peerscript.protocol.slides.messages import Timing
from peerscript.protocol.slides.timer import Timer, check_action


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_start_pause_and_reset(clock: Clock) -> None:
    timer = Timer(clock)
    clock.now += 5
    assert (timer.running, timer.elapsed()) == (False, 0.0)
    timer._act("start")
    clock.now += 5
    timer._act("start")  # it runs already
    clock.now += 5
    assert timer.elapsed() == 10.0
    timer._act("pause")
    clock.now += 5
    timer._act("pause")
    assert timer.elapsed() == 10.0
    timer._act("start")
    clock.now += 5
    timer._act("reset")
    clock.now += 2
    assert (timer.running, timer.elapsed()) == (True, 2.0)


def test_a_target_stays_whatever_the_timer_does(clock: Clock) -> None:
    timer = Timer(clock)
    timer._act("start")
    clock.now += 5
    timer._act("target", 600.0)
    assert (timer.target, timer.elapsed(), timer.running) == (600.0, 5.0, True)
    timer._act("pause")
    timer._act("reset")
    assert timer.target == 600.0
    timer._act("target", 0.0)
    assert timer.target == 0.0


def test_another_page_counts_on_by_its_own_clock(clock: Clock) -> None:
    timer, elsewhere = Timer(clock), Clock()
    timer._act("target", 90.0)
    timer._act("start")
    clock.now += 61.5
    elsewhere.now = 7.0
    other = Timer(elsewhere)
    assert timer.timing() == Timing(True, 61_500, 90_000)
    other._adopt(timer.timing())
    elsewhere.now += 1
    assert (other.elapsed(), other.target, other.running) == (62.5, 90.0, True)
    assert other.changes == 1


def test_an_action_that_no_timer_has() -> None:
    for action in ("start", "pause", "reset", "target"):
        check_action(action)
    with pytest.raises(ValueError, match="a timer can start, pause, reset, target, not 'stop'"):
        check_action("stop")
