"""Decides when a path that the browser calls "disconnected" is lost.

The browser asks the other page again and again whether it still agrees to receive (RFC 7675).
"disconnected" means that nothing came back for about 5 s; it may be a short break of the network,
after which the path goes on by itself. Chromium gives up another 10 s later, Firefox 20 s. A page
that has vanished is noticed sooner: when it stays silent for `TIMEOUT` more. Times are seconds of
any steady clock.
"""

from __future__ import annotations

INTERVAL = 0.25  # seconds between two looks at what was received
TIMEOUT = 2.0  # seconds of further silence after which the path is lost
LONGEST_STEP = 1.0  # seconds that count between two looks; more passes when this page was suspended


class Silence:
    """The silence on one path, from "disconnected" on."""

    def __init__(self, now: float) -> None:
        self._last_look = now
        self._received: float | None = None
        self._silent = 0.0

    def is_lost(self, now: float, received: float) -> bool:
        """Called every `INTERVAL`; return whether the path is lost.

        Args:
            received: a count of all that was received on the path.
        """
        if self._received is not None and received > self._received:
            self._silent = 0.0
        else:
            self._silent += min(now - self._last_look, LONGEST_STEP)
        self._last_look, self._received = now, received
        return self._silent >= TIMEOUT
