"""The delivery modes of channels, and their limits."""

from __future__ import annotations

from enum import Enum


class Mode(Enum):
    """How the messages of a channel are delivered."""

    KEPT = "kept"  # exactly once and in order, over broken paths and reloads of either page
    RELIABLE = "reliable"  # exactly once and in order, over broken paths
    BULK = "bulk"  # as RELIABLE, on a data channel of its own: nothing waits behind it
    LIVE = "live"  # only the newest is delivered

    @property
    def max_message(self) -> int:
        """The maximum size of one message, in bytes."""
        return _MAX_MESSAGE[self]


_MAX_MESSAGE = {
    Mode.KEPT: 1024 * 1024,
    Mode.RELIABLE: 8 * 1024 * 1024,
    Mode.BULK: 8 * 1024 * 1024,
    Mode.LIVE: 60 * 1024,  # it is sent in one frame, of a size that every browser accepts
}
