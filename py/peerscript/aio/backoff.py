"""How long to wait before the next attempt."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

FIRST = 0.5  # seconds
LONGEST = 15.0  # seconds


def delays() -> Iterator[float]:
    """Give seconds to wait, each time twice as long, up to `LONGEST`; it never ends."""
    doubled = (FIRST * 2**n for n in itertools.count())
    yield from itertools.takewhile(lambda delay: delay < LONGEST, doubled)
    yield from itertools.repeat(LONGEST)
