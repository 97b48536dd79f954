"""How fast something goes, over the last seconds."""

from __future__ import annotations

from collections import deque

SPAN = 3.0  # seconds over which the rate is averaged


class Rate:
    """A rate averaged over SPAN."""

    def __init__(self) -> None:
        self._marks: deque[tuple[float, int]] = deque()

    def restart(self, now: float, done: int) -> None:
        """Count from here: a pause is not part of the rate."""
        self._marks.clear()
        self._marks.append((now, done))

    def add(self, now: float, done: int) -> None:
        """So many bytes are done, by a steady clock's seconds."""
        self._marks.append((now, done))
        while len(self._marks) > 2 and now - self._marks[0][0] > SPAN:
            self._marks.popleft()

    @property
    def value(self) -> float:
        """Bytes per second; 0.0 if not known."""
        if len(self._marks) < 2:
            return 0.0
        (start, before), (end, after) = self._marks[0], self._marks[-1]
        return max(after - before, 0) / (end - start) if end > start else 0.0

    def seconds_for(self, left: int) -> float | None:
        """Seconds that so many bytes take at this rate; None if not known."""
        return left / self.value if self.value else None
