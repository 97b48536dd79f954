"""Sizes and times as people read them."""

from __future__ import annotations

import pytest

from app.units import readable_size, readable_time


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (9940, "9.9 kB"),
        (62_300, "62 kB"),
        (999_700, "1.0 MB"),
        (50_000_000, "50 MB"),
        (4.2e9, "4.2 GB"),
        (3e12, "3.0 TB"),
    ],
)
def test_sizes(size: float, words: str) -> None:
    assert readable_size(size) == words


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "0 s"), (99, "99 s"), (180, "3 min"), (7200, "2 h")]
)
def test_times(seconds: float, words: str) -> None:
    assert readable_time(seconds) == words
