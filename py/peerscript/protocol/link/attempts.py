"""How often a phrase may be tried: each is one more chance that somebody in between is lucky.

Whoever meets the bound is told to come later, before anything is said that a phrase is made of.
docs/security.md says what is left of 32 bits.
"""

from __future__ import annotations

PAUSES = (20.0, 40.0, 60.0)  # seconds after what is free; the last one again and again
QUIET = 600.0  # seconds without an attempt after which all is as in the beginning
FREE_EACH = 3  # attempts at once: of one page at the host, and of a guest's page in all
FREE_IN_ALL = 8  # at the host: as many as may wait to be let in


class Attempts:
    """Some attempts at once, and then pauses that grow.

    Args:
        free: how many need no pause.
    """

    def __init__(self, free: int) -> None:
        self._free = free
        self._count = 0
        self._last = 0.0

    def quiet(self, now: float) -> bool:
        """Whether all is as in the beginning."""
        return self._count == 0 or now - self._last >= QUIET

    def ready(self, now: float) -> bool:
        """Whether one may be made now; `now` is seconds of any steady clock."""
        over = self._count - self._free
        if over < 0 or self.quiet(now):
            return True
        return now - self._last >= PAUSES[min(over, len(PAUSES) - 1)]

    def take(self, now: float) -> bool:
        """Make one, if it may be made; return whether it was."""
        if not self.ready(now):
            return False
        self._count = 1 if self.quiet(now) else self._count + 1
        self._last = now
        return True


class KnockLimit:
    """The bound at a host: for each broker ID, and for all of them, since IDs cost nothing."""

    def __init__(self) -> None:
        self._all = Attempts(FREE_IN_ALL)
        self._each: dict[str, Attempts] = {}

    def take(self, peer_id: str, now: float) -> bool:
        """Have that page make an attempt, if it may; return whether it does."""
        self._each = {key: each for key, each in self._each.items() if not each.quiet(now)}
        each = self._each.get(peer_id, Attempts(FREE_EACH))
        if not (each.ready(now) and self._all.take(now)):
            return False
        self._each[peer_id] = each
        return each.take(now)
