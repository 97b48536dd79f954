"""Files that are sent, and where those that arrive are put."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from peerscript.protocol.transfer.manifest import FileInfo

SavedFile = Any  # what a store makes of a file: in a browser its own File, passed through untouched


class Source(Protocol):
    """A file that can be sent. Nothing of it changes."""

    @property
    def name(self) -> str:
        """Without folders."""

    @property
    def type(self) -> str:
        """The MIME type; "" if not known."""

    @property
    def folder(self) -> str:
        """Its folders: "photos/2026"; "" for none."""

    @property
    def size(self) -> int:
        """Bytes."""

    @property
    def modified(self) -> float:
        """Seconds since 1970; 0.0 if not known."""

    async def read(self, offset: int, size: int) -> bytes:
        """Return the bytes from `offset`; fewer than `size` only at the end.

        Raises:
            OSError: the file has changed, moved or cannot be read.
        """


@dataclass(frozen=True, slots=True)
class Kept:
    """What a store has of a file from an earlier try.

    Attributes:
        size: bytes.
        sha256: of a whole file, hex; "" for a part of one.
    """

    size: int
    sha256: str = ""


class Sink(Protocol):
    """A file that is arriving. A subclass has `read` and `suspend` of a store that keeps nothing.

    Attributes:
        kept: bytes that were there when it was opened; `write` appends after them.
        digest: a SHA-256 hash object that was fed with them; None if they are to be read for it.
    """

    kept: int = 0
    digest: Any = None

    async def read(self, offset: int, size: int) -> bytes:
        """Return bytes of those that were there when it was opened.

        Raises:
            OSError: they cannot be read.
        """
        raise OSError("the store keeps no part of a file")

    async def write(self, data: bytes) -> None:
        """Append bytes.

        Raises:
            OSError: the storage is full or gone.
        """

    async def finish(self, sha256: str) -> SavedFile:
        """Close the file, which is whole.

        Args:
            sha256: hex; a store that keeps gives it back as `Kept.sha256`.

        Raises:
            OSError: it could not be stored.
        """

    async def suspend(self) -> None:
        """Close it, and keep what was written for a later `Store.open`."""
        await self.discard()

    async def discard(self) -> None:
        """Delete what was written, and what was there before."""


class Store(Protocol):
    """Where files that arrive are put, by the key of their offer and their number in it. A subclass
    has `kept`, `saved` and `forget` of one that keeps nothing.
    """

    async def check_room(self, size: int) -> None:
        """Return if there is room for so many more bytes.

        Raises:
            OSError: there is none; the text says how much there is.
        """

    async def open(self, key: str, index: int, file: FileInfo) -> Sink:
        """Begin a file, or go on where an earlier try was suspended. Its path is safe, and no other
        file of the offer has it.

        Raises:
            OSError: there is no room for it, or another page has it open.
        """

    async def kept(self, key: str) -> Mapping[int, Kept]:
        """What it has of an offer's files, by their numbers.

        Raises:
            OSError: it cannot be read, or another page has the offer open.
        """
        return {}

    async def saved(self, key: str, index: int) -> SavedFile:
        """A whole file of an earlier try.

        Raises:
            OSError: it cannot be read.
        """
        raise OSError("the store keeps nothing")

    async def forget(self, key: str) -> None:
        """Delete all it has of an offer."""
        del key  # there is nothing of it


class FolderStore(Store, Protocol):
    """A folder that the person has chosen.

    Attributes:
        name: the folder's.
    """

    name: str
