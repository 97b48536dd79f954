"""The kinds of channels, and how much one may carry."""

from __future__ import annotations

from enum import Enum


class Mode(Enum):
    """How the messages of a channel arrive."""

    KEPT = "kept"  # exactly once and in order, over broken paths and reloads of either page
    RELIABLE = "reliable"  # exactly once and in order, over broken paths
    BULK = "bulk"  # as RELIABLE, beside everything else: nothing waits behind it
    LIVE = "live"  # the newest alone counts

    @property
    def max_message(self) -> int:
        """Bytes of one message."""
        return _MAX_MESSAGE[self]


_MAX_MESSAGE = {
    Mode.KEPT: 1024 * 1024,
    Mode.RELIABLE: 8 * 1024 * 1024,
    Mode.BULK: 8 * 1024 * 1024,
    Mode.LIVE: 60 * 1024,  # it travels in one frame, which every browser takes
}
