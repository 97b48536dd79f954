"""Bulk keeps the path busy, and its queues short."""

from __future__ import annotations

import pytest

from peerscript.protocol.link.delivery import OutOfSequence
from peerscript.protocol.link.pacing import (
    ALONE_AFTER,
    ALONE_TARGET,
    LARGEST,
    LARGEST_FRAME,
    SMALLEST,
    SMALLEST_FRAME,
    Pacing,
)

FRAME = SMALLEST_FRAME


class Line:
    """A path: so many bytes a second, and so long until the first of them is known to be read."""

    def __init__(self, rate: float, delay: float) -> None:
        self.pacing, self.rate, self.delay = Pacing(), rate, delay
        self.now = self.free_at = 0.0
        self.sent = self.read = 0
        self.coming: list[tuple[float, int]] = []
        self.longest = 0.0  # time that a frame waited for those before it, lately

    def run(self, seconds: float, *, alone: bool = False) -> float:
        """Send as much as may be; return the bytes a second that arrived."""
        end, began = self.now + seconds, self.read
        self.longest = 0.0
        while self.now < end:
            if not alone:
                self.pacing.hurry(self.now)
            while self.pacing.has_room:
                frame = self.pacing.frame
                self.pacing.send(frame, self.now)
                self.sent += frame
                self.longest = max(self.longest, self.free_at - self.now)
                self.free_at = max(self.free_at, self.now) + frame / self.rate
                self.coming.append((self.free_at + self.delay, self.sent))
            at, total = self.coming.pop(0)
            self.now, self.read = max(self.now, at), total
            self.pacing.read(total, self.now)
        return (self.read - began) / seconds


def test_a_little_may_always_be_on_its_way() -> None:
    pacing = Pacing()
    sent = 0
    while pacing.has_room:
        pacing.send(FRAME, 0.0)
        sent += FRAME
    assert sent == SMALLEST
    pacing.read(sent, 60.0)
    assert pacing.has_room


@pytest.mark.parametrize(
    ("rate", "delay"), [(10e6, 0.001), (50e6, 0.001), (5e6, 0.05), (20e6, 0.05), (1e6, 0.2)]
)
def test_a_path_is_kept_busy(rate: float, delay: float) -> None:
    line = Line(rate, delay)
    line.run(5.0)
    assert line.run(5.0) > 0.75 * rate


@pytest.mark.parametrize(("rate", "delay"), [(10e6, 0.001), (5e6, 0.05), (1e6, 0.2)])
def test_its_queue_is_no_longer_than_the_path(rate: float, delay: float) -> None:
    line = Line(rate, delay)
    line.run(5.0)
    line.run(5.0)
    assert line.longest < max(3 * delay, 0.006, 2 * SMALLEST / rate)


def test_while_nothing_else_is_sent_the_queue_may_be_longer_and_frames_larger() -> None:
    line = Line(20e6, 0.001)
    line.run(2.0)
    among_others = line.pacing.frame
    assert line.run(2.0, alone=True) > 0.95 * line.rate
    assert line.longest < 2 * ALONE_TARGET  # it had doubled
    assert line.pacing.frame == LARGEST_FRAME > 4 * among_others
    line.run(0.5)  # a text: the next ones wait for less
    line.run(1.0)
    assert line.longest < 0.006
    assert line.pacing.frame < LARGEST_FRAME / 4


def test_a_slow_path_s_frames_stay_small() -> None:
    line = Line(0.2e6, 0.02)
    line.run(5.0, alone=True)
    line.run(5.0, alone=True)
    assert line.pacing.frame < 2 * SMALLEST_FRAME
    assert line.longest < 2 * SMALLEST / line.rate


def test_it_grows_fast_again_when_the_others_have_stopped() -> None:
    line = Line(20e6, 0.02)
    line.run(5.0)
    line.run(ALONE_AFTER + 0.2, alone=True)
    assert line.pacing.window > 0.04 * line.rate


def test_a_path_that_becomes_slow_has_less_on_its_way() -> None:
    line = Line(20e6, 0.02)
    line.run(5.0)
    before = line.pacing.window
    line.rate = 1e6
    line.run(5.0)
    assert line.pacing.window < before / 2


def test_the_path_s_own_delay_is_taken_anew() -> None:
    """Else one that has become longer would be taken for a queue for ever."""
    line = Line(10e6, 0.005)
    line.run(5.0)
    line.delay = 0.1
    line.run(30.0)
    assert line.run(5.0) > 5e6


def test_there_is_an_upper_bound() -> None:
    pacing = Pacing()
    for _ in range(3000):
        pacing.send(FRAME, 0.0)
        pacing.read(pacing._sent, 0.0)
    assert pacing.window == LARGEST


def test_what_was_not_sent_cannot_be_read() -> None:
    pacing = Pacing()
    pacing.send(10, 0.0)
    with pytest.raises(OutOfSequence):
        pacing.read(11, 0.0)


def test_what_is_said_twice_or_goes_backwards_changes_nothing() -> None:
    pacing = Pacing()
    pacing.send(10, 0.0)
    pacing.send(10, 0.0)
    pacing.read(20, 0.1)
    window = pacing.window
    pacing.read(20, 5.0)
    pacing.read(10, 9.0)
    assert pacing.window == window
