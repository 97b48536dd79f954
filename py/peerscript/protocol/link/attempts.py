"""Limits how often a phrase may be made: each one is another chance for a man in the middle.

Beyond the limit a page is refused before the nonces that make a phrase are exchanged.
docs/security.md says how many of the 32 bits remain.
"""

from __future__ import annotations

PAUSES = (20.0, 40.0, 60.0)  # seconds before each attempt after the free ones; the last repeats
QUIET = 600.0  # seconds without an attempt after which the count starts again
FREE_EACH = 3  # attempts without a pause: for each peer ID at a host, and of a guest
FREE_IN_ALL = 8  # the same for all peer IDs of a host together


class Attempts:
    """Allows some attempts at once, and then one after each of growing pauses.

    Args:
        free: how many need no pause.
    """

    def __init__(self, free: int) -> None:
        self._free = free
        self._count = 0
        self._last = 0.0

    def quiet(self, now: float) -> bool:
        """Whether the count starts again."""
        return self._count == 0 or now - self._last >= QUIET

    def ready(self, now: float) -> bool:
        """Whether an attempt is allowed now; `now` is seconds of any steady clock."""
        over = self._count - self._free
        if over < 0 or self.quiet(now):
            return True
        return now - self._last >= PAUSES[min(over, len(PAUSES) - 1)]

    def take(self, now: float) -> bool:
        """Count an attempt if one is allowed; return whether it is."""
        if not self.ready(now):
            return False
        self._count = 1 if self.quiet(now) else self._count + 1
        self._last = now
        return True


class AttemptLimit:
    """The limit of a host: for each peer ID, and for all together, since IDs are free."""

    def __init__(self) -> None:
        self._all = Attempts(FREE_IN_ALL)
        self._each: dict[str, Attempts] = {}

    def take(self, peer_id: str, now: float) -> bool:
        """Count an attempt of that ID if one is allowed; return whether it is."""
        self._each = {key: each for key, each in self._each.items() if not each.quiet(now)}
        each = self._each.get(peer_id, Attempts(FREE_EACH))
        if not (each.ready(now) and self._all.take(now)):
            return False
        self._each[peer_id] = each
        return each.take(now)
