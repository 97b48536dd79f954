"""Patience grows, up to a limit."""

from __future__ import annotations

import itertools

from peerscript.aio.backoff import delays


def test_each_wait_is_twice_as_long_up_to_a_limit() -> None:
    assert list(itertools.islice(delays(), 7)) == [0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 15.0]
