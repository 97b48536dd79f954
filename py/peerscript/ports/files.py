"""Files that are sent, and where those that arrive are put."""

from __future__ import annotations

from typing import Any, Protocol

from peerscript.protocol.transfer.manifest import FileInfo

SavedFile = Any  # what a store makes of a file: in a browser its own File, passed through untouched


class Source(Protocol):
    """A file that can be sent.

    Attributes:
        name: without folders.
        size: bytes.
        type: the MIME type; "" if not known.
        folder: "photos/2026"; "" for none.
        modified: seconds since 1970; 0.0 if not known.
    """

    name: str
    size: int
    type: str
    folder: str
    modified: float

    async def read(self, offset: int, size: int) -> bytes:
        """Return the bytes from `offset`; fewer than `size` only at the end.

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
        """Close the file, which is whole.

        Raises:
            OSError: it could not be stored.
        """

    async def discard(self) -> None:
        """Delete what was written."""


class Store(Protocol):
    """Where files that arrive are put."""

    async def check_room(self, size: int) -> None:
        """Return if there is room for so many more bytes.

        Raises:
            OSError: there is none; the text says how much there is.
        """

    async def create(self, file: FileInfo) -> Sink:
        """Begin a file. Its path is safe, and no other file of the offer has it.

        Raises:
            OSError: there is no room for it.
        """
