"""Resolves simultaneous turns: the last press wins, and all pages agree.

A press of Next means "the slide after the one I see". If somebody else has turned since, it is
applied to the position that its sender saw, so that two people who press at the same instant move
one slide, not two. Quick presses of one person add up.
"""

from __future__ import annotations

import time
from collections.abc import Callable

KEPT = 64  # revisions whose positions are kept
LATE = 1.0  # seconds after which a deck that has not turned is taken to be at its end

Position = tuple[int, int]  # the slide, and the step on it


class Turning:
    """The turns of one deck.

    Attributes:
        revision: grows with each turn.
        position: where the deck stands.

    Args:
        position: where it stands at first.
        clock: seconds of any steady clock.
    """

    def __init__(self, position: Position, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.revision = 1
        self.position = position
        self._past = {1: position}
        self._last: object = None  # who turned last
        # For earlier ones: the revision and position at which somebody else turned after them.
        self._left: dict[object, tuple[int, Position]] = {}
        self._expected_turns = 0  # turns that the deck may still carry out
        self._pressed_at = 0.0

    def press(self, who: object, seen: int | None = None) -> Position | None:
        """Register a press; return the position to turn from, or None for the current one.

        Args:
            who: None for the person at the presenter's page.
            seen: the revision that they saw; None for the newest.
        """
        self._drop_late_turns()
        origin = None if who is self._last else self._origin(who, seen)
        self._set_last(who)
        self._pressed_at = self._clock()
        self._expected_turns += 1 if origin is None else 2
        return origin

    def _origin(self, who: object, seen: int | None) -> Position | None:
        if seen is None or seen not in self._past:
            return None
        if seen == self.revision and not self._expected_turns:
            return None
        left_at, position = self._left.get(who, (0, self.position))
        return position if left_at > seen else self._past[seen]  # including their own presses since

    def _set_last(self, who: object) -> None:
        if who is not self._last:
            self._left[self._last] = self.revision, self.position
            self._last = who

    def _drop_late_turns(self) -> None:
        if self._clock() - self._pressed_at > LATE:
            self._expected_turns = 0

    def reach(self, position: Position) -> bool:
        """Note the deck's position; return whether it is new.

        The change is attributed to the last press, since a deck may answer late; if no turn is
        expected, to the person at the presenter's page.
        """
        if position == self.position:
            return False
        self._drop_late_turns()
        if self._expected_turns:
            self._expected_turns -= 1
        else:
            self._set_last(None)
        self.position = position
        self.revision += 1
        self._past[self.revision] = position
        self._past.pop(self.revision - KEPT, None)
        for who in [each for each, (left_at, _) in self._left.items() if left_at not in self._past]:
            del self._left[who]
        return True
