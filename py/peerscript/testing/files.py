"""Files in memory (peerscript.ports.files)."""

from __future__ import annotations

from peerscript.protocol.transfer.manifest import FileInfo


class MemorySource:
    """A file that can be sent.

    Args:
        name: without folders.
        content: all of it.
        type, folder, modified: as in `FileInfo`.
    """

    def __init__(
        self,
        name: str,
        content: bytes,
        type: str = "",
        *,
        folder: str = "",
        modified: float = 0.0,
    ) -> None:
        self.name = name
        self.content = content
        self.size = len(content)
        self.type = type
        self.folder = folder
        self.modified = modified

    async def read(self, offset: int, size: int) -> bytes:
        """Return some of the bytes."""
        return self.content[offset : offset + size]


class MemoryStore:
    """Keeps files that arrive.

    Args:
        room: bytes that it takes; None for any number.

    Attributes:
        files: by their paths, those that are whole.
    """

    def __init__(self, room: int | None = None) -> None:
        self.room = room
        self.files: dict[str, bytes] = {}
        self._size = 0

    async def check_room(self, size: int) -> None:
        """Raise OSError if there is no room for so many more bytes."""
        if self.room is not None and self._size + size > self.room:
            raise OSError(f"{size} bytes, and there is room for {self.room - self._size}")

    async def create(self, file: FileInfo) -> MemorySink:
        """Begin a file."""
        return MemorySink(self, file)


class MemorySink:
    """A file that is arriving. `MemoryStore.create` makes it."""

    def __init__(self, store: MemoryStore, file: FileInfo) -> None:
        self._store = store
        self._file = file
        self._content = bytearray()

    async def write(self, data: bytes) -> None:
        """Append bytes; raise OSError if there is no room for them."""
        await self._store.check_room(len(self._content) + len(data))
        self._content += data

    async def finish(self) -> bytes:
        """Return the whole content, which the store keeps."""
        self._store.files[self._file.path] = bytes(self._content)
        self._store._size += len(self._content)
        return bytes(self._content)

    async def discard(self) -> None:
        """Forget what was written."""
        self._content.clear()
