"""Detects that the other side is gone. Each side sends a message every second; the browser itself
notices much later (17 s for a killed page, never for a frozen one). Times are seconds of any
steady clock.
"""

from __future__ import annotations

INTERVAL = 1.0  # seconds between two beats
TIMEOUT = 3.0  # seconds of silence after which the other side counts as gone
ASLEEP = 2.5  # seconds between two ticks that show that this page itself was suspended


class Heartbeat:
    """The heartbeat of one path, at one side."""

    def __init__(self, now: float) -> None:
        self._last_received = now
        self._last_tick = now

    def received(self, now: float) -> None:
        """Note that any frame was received."""
        self._last_received = now

    def tick(self, now: float) -> bool:
        """Called every `INTERVAL`; return whether the other side is silent.

        After a suspension of this page (laptop closed, tab frozen, Python busy) the other side's
        frames may still be in the browser's queue, so its time starts again.
        """
        if now - self._last_tick > ASLEEP:
            self._last_received = now
        self._last_tick = now
        return now - self._last_received >= TIMEOUT - INTERVAL / 2
