"""Pictures inside one process (ports.FrameReader, FrameWriter)."""

from __future__ import annotations

import asyncio
import itertools

from peerscript.ports.streams import Frame
from peerscript.testing.call import MemoryTrack

INTERVAL = 0.02  # seconds between two looks


class MemoryFrames:
    """Reads what a `MemoryPictures` shows."""

    def __init__(self, track: MemoryTrack) -> None:
        self._track = track
        self._read: Frame | None = None
        self.closed = False

    async def next(self) -> Frame | None:
        while self._track.frame is self._read:
            if self._track.stopped:
                return None
            await asyncio.sleep(INTERVAL)
        self._read = self._track.frame
        return self._read

    def close(self) -> None:
        self.closed = True


class MemoryPictures:
    """A track with the newest picture."""

    def __init__(self, width: int, height: int) -> None:
        self.track = MemoryTrack("video")
        self._size = width, height
        self._times = itertools.count()

    def write(self, pixels: memoryview) -> None:
        width, height = self._size
        copied = memoryview(pixels.tobytes()).cast("B", (height, width, 4))
        self.track.frame = Frame(width, height, copied, float(next(self._times)))

    def close(self) -> None:
        self.track.stopped = True
