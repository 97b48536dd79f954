"""Who turned when: the last one to press wins, and all agree.

A press of Next means "the slide after the one I see". Where somebody else has turned since, it is
applied from what its sender saw, so that two people who press at the same instant move one slide,
not two. The quick presses of one person add up.
"""

from __future__ import annotations

KEPT = 64  # turns that are remembered

Position = tuple[int, int]  # the slide, and the step on it


class Turning:
    """The turns of one deck.

    Attributes:
        revision: grows with each turn.
        position: where the deck stands.

    Args:
        position: where it stands at first.
    """

    def __init__(self, position: Position) -> None:
        self.revision = 1
        self.position = position
        self._past: dict[int, tuple[Position, object]] = {1: (position, None)}
        self._presser: object = None  # whoever pressed last, and at which revision
        self._pressed_at = 0

    def press(self, who: object, seen: int | None = None) -> Position | None:
        """Somebody turns; return where to go before that, or None to turn from where it stands.

        Args:
            who: None for the person at the presenter's page.
            seen: the revision that they saw; None for the newest.
        """
        under_way = self._pressed_at == self.revision and self._presser is not who
        self._presser, self._pressed_at = who, self.revision
        if seen is None or seen not in self._past:
            return None
        later = (author for revision, (_, author) in self._past.items() if revision > seen)
        if under_way or any(author is not who for author in later):
            return self._past[seen][0]
        return None

    def reach(self, position: Position) -> bool:
        """The deck stands there; return whether that is new.

        It is taken for the work of whoever pressed last, since a deck may answer late.
        """
        if position == self.position:
            return False
        self.position = position
        self.revision += 1
        self._past[self.revision] = (position, self._presser)
        self._past.pop(self.revision - KEPT, None)
        return True
