"""The talk's timer, which all remotes share: each page counts on by its own clock."""

from __future__ import annotations

from collections.abc import Callable

from peerscript.protocol.slides.messages import Timing


class Timer:
    """Counts the seconds of a talk.

    Attributes:
        running: whether it counts.
        target: seconds that the talk may take; 0 for no limit.
        changes: how often it was set.

    Args:
        clock: seconds of any steady clock.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._elapsed = 0.0  # when it last started or stopped
        self._since = 0.0
        self.running = False
        self.target = 0.0
        self.changes = 0

    def elapsed(self) -> float:
        """Seconds that it shows."""
        return self._elapsed + (self._clock() - self._since if self.running else 0.0)

    def set(self, *, running: bool, elapsed: float, target: float) -> None:
        """Have it show so many seconds, and count on from there if it runs."""
        self._elapsed, self._since = elapsed, self._clock()
        self.running, self.target = running, target
        self.changes += 1

    def act(self, action: str, target: float = 0.0) -> None:
        """Do what a remote's button says: "start", "pause", "reset", or a "target" in seconds."""
        running, elapsed = self.running, self.elapsed()
        if action in ("start", "pause"):
            running = action == "start"
        elif action == "reset":
            elapsed = 0.0
        self.set(
            running=running,
            elapsed=elapsed,
            target=target if action == "target" else self.target,
        )

    def timing(self) -> Timing:
        """What to tell others."""
        return Timing(self.running, round(self.elapsed() * 1000), round(self.target * 1000))

    def adopt(self, timing: Timing) -> None:
        """Show what another page's timer shows."""
        self.set(running=timing.running, elapsed=timing.elapsed / 1000, target=timing.target / 1000)
