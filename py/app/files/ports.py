"""What transfers need from the page."""

from __future__ import annotations

from typing import Any, Protocol

SavedFile = Any  # the browser's own file, passed through untouched


class Source(Protocol):
    """A file that a person chose."""

    name: str
    size: int
    type: str

    async def read(self, start: int, size: int) -> bytes:
        """Return the bytes from `start`; fewer than `size` at the end.

        Raises:
            OSError: the file has changed, moved or cannot be read.
        """


class Sink(Protocol):
    """A file that is arriving."""

    async def write(self, data: bytes) -> None:
        """Append bytes.

        Raises:
            OSError: the storage is full or gone.
        """

    async def finish(self) -> SavedFile:
        """Return the whole file, ready to be saved."""

    async def discard(self) -> None:
        """Delete what was written."""


class Store(Protocol):
    """Where received files are stored until the person saves them."""

    async def create(self, name: str, size: int, type: str) -> Sink:
        """Create a file.

        Raises:
            OSError: there is no space for it.
        """
