"""Long work that lets the page do something else now and then."""

from __future__ import annotations

import asyncio
import time

BUSY_FOR = 0.02  # seconds, at most, without that


class Turns:
    """One piece of work that has many steps and may never have to wait."""

    def __init__(self) -> None:
        self._since = time.monotonic()

    async def give(self) -> None:
        """Call it between the steps: when it is time, what else waits on the event loop runs."""
        if time.monotonic() - self._since > BUSY_FOR:
            await asyncio.sleep(0)
            self._since = time.monotonic()
