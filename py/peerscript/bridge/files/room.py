"""How much the browser can still keep for this page."""

from __future__ import annotations

import js

from peerscript.bridge.files.failures import os_errors

ASK_AGAIN_AFTER = 64 * 1024 * 1024  # bytes; asking takes as long as writing a small file

# Chromium says no more, so that pages cannot tell devices by their disks: it means "or more".
MOST_SAID = 10 * 1024 * 1024 * 1024


def megabytes(size: int) -> str:
    """A size as people read it."""
    return f"{size / 1_000_000:,.1f} MB"


async def free_space() -> int | None:
    """Bytes that this page may still keep; None where the browser does not say. Chromium says
    10 GiB where it has more, too.
    """
    storage = getattr(js.navigator, "storage", None)
    if not storage or not hasattr(storage, "estimate"):
        return None
    with os_errors("the room on the disk"):
        estimate = await storage.estimate()
    return max(int(estimate.quota) - int(estimate.usage), 0)


async def persist() -> None:
    """Ask the browser not to remove what this page keeps when the disk gets full."""
    storage = js.navigator.storage
    # Firefox asks the person, who has only just accepted a file and asks themselves why.
    if hasattr(storage, "persist") and "Firefox/" not in str(js.navigator.userAgent):
        with os_errors("keeping files"):
            await storage.persist()


class Room:
    """The room on the disk, which is asked for now and then only."""

    def __init__(self) -> None:
        self._known = 0  # bytes that are certainly free

    async def check(self, size: int) -> None:
        """Return if there is room for so many more bytes.

        Raises:
            OSError: there is none; the text says how much there is.
        """
        free = await free_space()
        if free is None:
            return
        if size > free and free != MOST_SAID:
            raise full(size, free)
        self._known = min(free, ASK_AGAIN_AFTER)

    async def take(self, size: int) -> None:
        """The same for bytes that are written next."""
        if size > self._known:
            await self.check(size)
        self._known = max(self._known - size, 0)


def full(size: int, free: int | None) -> OSError:
    """What a person is told, with what is free if that can be the reason."""
    words = f"the disk is full: it needs {megabytes(size)}"
    known = free is not None and free < size
    return OSError(f"{words}, there is room for {megabytes(free or 0)}" if known else words)
