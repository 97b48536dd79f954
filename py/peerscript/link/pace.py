"""Limits the rate of frames to what the other side accepts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from peerscript.protocol.throttle import Throttle

AT_ONCE = 2000  # frames in a burst: a stalled network delivers many together
PAUSE = 0.02  # seconds until more may be sent


class Pace:
    """Limits frames per second.

    Args:
        per_second: in the long run.
        now: the event loop's time.
    """

    def __init__(self, per_second: int, now: Callable[[], float]) -> None:
        self._now = now
        self._throttle = Throttle(per_second, AT_ONCE, now())

    async def wait(self) -> None:
        """Return when one more frame may be sent."""
        if not self._throttle.allows(self._now()):
            await asyncio.sleep(PAUSE)
            self._throttle.allows(self._now())  # the pause has refilled it
