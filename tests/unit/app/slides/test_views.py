"""What a timer shows."""

from __future__ import annotations

import pytest

from app.slides.views import clock_face


@pytest.mark.parametrize(
    ("elapsed", "target", "words"),
    [
        (0.0, 0.0, "0:00"),
        (61.9, 0.0, "1:01"),
        (3725.0, 0.0, "1:02:05"),
        (60.0, 600.0, "1:00 · 9:00 left"),
        (600.0, 600.0, "10:00 · 0:00 left"),
        (605.0, 600.0, "0:05 over"),
    ],
)
def test_clock_face(elapsed: float, target: float, words: str) -> None:
    assert clock_face(elapsed, target) == words
