"""The presentation's timer, shared by all remotes: each page counts with its own clock."""

from __future__ import annotations

from collections.abc import Callable

from peerscript.protocol.slides.messages import Timing

ACTIONS = ("start", "pause", "reset", "target")


def check_action(action: str) -> None:
    """Raise a ValueError that lists what a timer can do."""
    if action not in ACTIONS:
        raise ValueError(f"a timer can {', '.join(ACTIONS)}, not {action!r}")


class Timer:
    """Counts the seconds of a presentation.

    Attributes:
        running: whether it counts.
        target: seconds that the presentation may take; 0 for no limit.
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
        """Set it to so many seconds, counting on from there if `running`."""
        self._elapsed, self._since = elapsed, self._clock()
        self.running, self.target = running, target
        self.changes += 1

    def _act(self, action: str, target: float = 0.0) -> None:
        """Carry out "start", "pause", "reset", or "target" (in seconds)."""
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
        """The message that sets another page's timer."""
        return Timing(self.running, round(self.elapsed() * 1000), round(self.target * 1000))

    def _adopt(self, timing: Timing) -> None:
        """Set it from another page's message."""
        self.set(running=timing.running, elapsed=timing.elapsed / 1000, target=timing.target / 1000)
