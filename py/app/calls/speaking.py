"""Whether somebody speaks, of how loud they are."""

from __future__ import annotations

from collections import deque

EVERY = 0.1  # seconds between two looks at a level, which is that of a moment
WINDOW = 12  # looks: the pause after which somebody does not speak any more
BEGINS_AT = 0.02  # of 1.0: what is louder may be a voice
BEGINS_WITH = 2  # such looks in the window: something that falls is heard in one
ENDS_AT = 0.01  # what is not louder is a pause


class Speaking:
    """Begins with a voice and ends after a pause, so that nothing flickers between words.

    Attributes:
        on: whether they speak.
    """

    def __init__(self) -> None:
        self.on = False
        self._levels: deque[float] = deque(maxlen=WINDOW)

    def hear(self, level: float) -> bool:
        """Take how loud they are now, from 0.0 to 1.0; return whether `on` has changed."""
        self._levels.append(level)
        before = self.on
        if before:
            self.on = max(self._levels) > ENDS_AT
        else:
            self.on = sum(each >= BEGINS_AT for each in self._levels) >= BEGINS_WITH
        return self.on is not before
