"""When a channel acknowledges what was read there."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable

ACK_DELAY = 0.03  # seconds; one acknowledgement covers all that is read meanwhile
# Seconds from one acknowledgement to the next where no sender waits for it. Each wakes the other
# page, which costs one that sends to many (a presenter) as much as what it sends.
ACK_INTERVAL = 0.25


class AckTimer:
    """Has what was read acknowledged: soon after a pause, or once it is much; else at intervals.

    Args:
        much: from how many bytes on they are acknowledged soon, since a sender may wait for room.
        read_size: the bytes that were read so far.
        acknowledge: sends an acknowledgement.
    """

    def __init__(
        self, much: int, read_size: Callable[[], int], acknowledge: Callable[[], None]
    ) -> None:
        self._much = much
        self._read_size = read_size
        self._acknowledge = acknowledge
        self._timer: asyncio.TimerHandle | None = None
        self._last = -math.inf  # when, by the loop's clock
        self._acknowledged_size = 0

    def start(self) -> None:
        """Something was read."""
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(ACK_DELAY, self._due)

    def stop(self) -> None:
        """Acknowledge nothing more for now."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _due(self) -> None:
        self._timer = None
        now, read_size = asyncio.get_running_loop().time(), self._read_size()
        is_much = read_size - self._acknowledged_size >= self._much
        if not is_much and now - self._last < ACK_INTERVAL:
            self.start()
            return
        self._last, self._acknowledged_size = now, read_size
        self._acknowledge()
