"""Who turned when: the last one to press wins, and all agree.

A press of Next means "the slide after the one I see". Where somebody else has turned since, it is
applied from what its sender saw, so that two people who press at the same instant move one slide,
not two. The quick presses of one person add up.
"""

from __future__ import annotations

import time
from collections.abc import Callable

KEPT = 64  # turns that are remembered
LATE = 1.0  # seconds after which a deck that has not turned will not: it was at its end

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
        self._holder: object = None  # whoever turned last
        # Of those before: at which revision somebody else turned, and where the deck then stood.
        self._left: dict[object, tuple[int, Position]] = {}
        self._awaited = 0  # turns that the deck may still do
        self._pressed_at = 0.0

    def press(self, who: object, seen: int | None = None) -> Position | None:
        """Somebody turns; return where to go before that, or None to turn from where it stands.

        Args:
            who: None for the person at the presenter's page.
            seen: the revision that they saw; None for the newest.
        """
        self._expect_no_more()
        origin = None if who is self._holder else self._origin(who, seen)
        self._hand_to(who)
        self._pressed_at = self._clock()
        self._awaited += 1 if origin is None else 2
        return origin

    def _origin(self, who: object, seen: int | None) -> Position | None:
        if seen is None or seen not in self._past:
            return None
        if seen == self.revision and not self._awaited:
            return None
        left_at, position = self._left.get(who, (0, self.position))
        return position if left_at > seen else self._past[seen]  # with what they pressed since

    def _hand_to(self, who: object) -> None:
        if who is not self._holder:
            self._left[self._holder] = self.revision, self.position
            self._holder = who

    def _expect_no_more(self) -> None:
        if self._clock() - self._pressed_at > LATE:
            self._awaited = 0

    def reach(self, position: Position) -> bool:
        """The deck stands there; return whether that is new.

        It is the work of whoever pressed last, since a deck may answer late; if nobody is waited
        for, of the person at the deck itself.
        """
        if position == self.position:
            return False
        self._expect_no_more()
        if self._awaited:
            self._awaited -= 1
        else:
            self._hand_to(None)
        self.position = position
        self.revision += 1
        self._past[self.revision] = position
        self._past.pop(self.revision - KEPT, None)
        for who in [each for each, (left_at, _) in self._left.items() if left_at not in self._past]:
            del self._left[who]
        return True
