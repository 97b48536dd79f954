"""Files in memory (peerscript.ports.files)."""

from __future__ import annotations

from peerscript.ports.files import Kept, Sink, Store
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


class MemoryStore(Store):
    """Keeps files that arrive, and of an offer that was interrupted what had arrived by then.

    Args:
        room: bytes that it takes; None for any number.

    Attributes:
        files: by their paths, those that are whole.
        parts: by an offer's key and a file's number, what is kept of those that are not.
        discarded: the paths of files that were thrown away.
    """

    def __init__(self, room: int | None = None) -> None:
        self.room = room
        self.files: dict[str, bytes] = {}
        self.parts: dict[tuple[str, int], bytes] = {}
        self.discarded: list[str] = []
        self._whole: dict[tuple[str, int], tuple[Kept, bytes]] = {}
        self._open: set[tuple[str, int]] = set()

    async def check_room(self, size: int) -> None:
        """Raise OSError if there is no room for so many more bytes."""
        used = sum(map(len, (*self.files.values(), *self.parts.values())))
        if self.room is not None and used + size > self.room:
            raise OSError(f"{size} bytes, and there is room for {self.room - used}")

    async def open(self, key: str, index: int, file: FileInfo) -> MemorySink:
        """Begin a file, or go on with it."""
        if (key, index) in self._open:
            raise OSError("the file is open already")
        self._open.add((key, index))
        return MemorySink(self, (key, index), file)

    async def kept(self, key: str) -> dict[int, Kept]:
        """What it has of an offer's files, by their numbers."""
        parts = {at[1]: Kept(len(part)) for at, part in self.parts.items() if at[0] == key}
        return parts | {at[1]: kept for at, (kept, _) in self._whole.items() if at[0] == key}

    async def saved(self, key: str, index: int) -> bytes:
        """A whole file of an earlier try."""
        if (key, index) not in self._whole:
            raise OSError("there is no such file")
        return self._whole[key, index][1]

    async def forget(self, key: str) -> None:
        """Delete all it has of an offer."""
        self.parts = {at: part for at, part in self.parts.items() if at[0] != key}
        self._whole = {at: whole for at, whole in self._whole.items() if at[0] != key}


class MemorySink(Sink):
    """A file that is arriving. `MemoryStore.open` makes it."""

    def __init__(self, store: MemoryStore, at: tuple[str, int], file: FileInfo) -> None:
        self._store = store
        self._at = at
        self._file = file
        self._content = bytearray(store.parts.pop(at, b""))
        self.kept = len(self._content)

    async def read(self, offset: int, size: int) -> bytes:
        """Return bytes of those that were there when it was opened."""
        return bytes(self._content[offset : min(offset + size, self.kept)])

    async def write(self, data: bytes) -> None:
        """Append bytes; raise OSError if there is no room for them."""
        await self._store.check_room(len(self._content) + len(data))
        self._content += data

    async def finish(self, sha256: str) -> bytes:
        """Return the whole content, which the store keeps."""
        content = bytes(self._content)
        self._close()
        self._store.files[self._file.path] = content
        self._store._whole[self._at] = Kept(len(content), sha256), content
        return content

    async def suspend(self) -> None:
        """Keep what was written."""
        self._store.parts[self._at] = bytes(self._content)
        self._close()

    async def discard(self) -> None:
        """Forget what was written."""
        self._store._whole.pop(self._at, None)
        self._store.files.pop(self._file.path, None)
        self._store.discarded.append(self._file.path)
        self._close()

    def _close(self) -> None:
        self._store._open.discard(self._at)
        self._content.clear()
