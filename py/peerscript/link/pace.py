"""No more frames a second than the other side takes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from peerscript.protocol.throttle import Throttle

AT_ONCE = 2000  # so that frames that a stalled network delivers together are not too many
PAUSE = 0.02  # seconds until more may be sent


class Pace:
    """Lets so many frames through.

    Args:
        per_second: in the long run.
        now: the event loop's time.
    """

    def __init__(self, per_second: int, now: Callable[[], float]) -> None:
        self._now = now
        self._throttle = Throttle(per_second, AT_ONCE, now())

    async def keep(self) -> None:
        """Return when one more frame may be sent."""
        if not self._throttle.allows(self._now()):
            await asyncio.sleep(PAUSE)
            self._throttle.allows(self._now())  # now many may leave
