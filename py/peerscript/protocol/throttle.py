"""A rate limit: a token bucket."""

from __future__ import annotations


class Throttle:
    """A token bucket.

    Args:
        rate: units per second in the long run.
        burst: units at once.
        now: seconds of any steady clock.
    """

    def __init__(self, rate: float, burst: float, now: float) -> None:
        self._rate = rate
        self._burst = burst
        self._left = burst
        self._seen = now

    def allows(self, now: float, cost: float = 1.0) -> bool:
        """Take `cost` units if they are available; return whether they were."""
        self._left = min(self._burst, self._left + (now - self._seen) * self._rate)
        self._seen = now
        if cost > self._left:
            return False
        self._left -= cost
        return True
