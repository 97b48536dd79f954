"""Is the other side still there? Each tells so every second; the browser would notice much later
(research: 17 s for a killed page, never for a frozen one). Times are seconds of any steady clock.
"""

from __future__ import annotations

INTERVAL = 1.0  # seconds between two beats
PATIENCE = 3.0  # seconds of silence after which the other side is taken for gone
ASLEEP = 2.5  # seconds between two of our own ticks that say that it was us who slept


class Heartbeat:
    """What one side of a path has heard."""

    def __init__(self, now: float) -> None:
        self._heard = now
        self._ticked = now

    def hear(self, now: float) -> None:
        """Anything came."""
        self._heard = now

    def tick(self, now: float) -> bool:
        """Called every `INTERVAL`; return whether the other side is silent.

        After a sleep of our own (a laptop closed, a tab frozen, Python busy) what they said is
        still in the browser's queue: they get their time again.
        """
        if now - self._ticked > ASLEEP:
            self._heard = now
        self._ticked = now
        return now - self._heard >= PATIENCE - INTERVAL / 2
