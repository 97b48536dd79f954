"""The page's memory, for browsers that have no place on disk for files that arrive."""

from __future__ import annotations

import js
from pyodide.ffi import JsProxy, to_js

from peerscript.bridge.files.room import megabytes
from peerscript.bridge.values import plain_object
from peerscript.ports.files import Sink, Store
from peerscript.protocol.transfer.manifest import FileInfo

LIMIT = 256_000_000  # bytes of files, in all


class MemoryStore(Store):
    """Keeps files until the page goes, and nothing of those that did not arrive whole.

    Args:
        why: the reason that it is not the disk, for people: "it has no disk".
    """

    def __init__(self, why: str) -> None:
        self._why = why
        self._sizes: dict[str, int] = {}  # bytes of each offer

    async def check_room(self, size: int) -> None:
        """See ports.files.Store."""
        free = LIMIT - sum(self._sizes.values())
        if size > free:
            raise OSError(
                f"it needs {megabytes(size)}, and there is room for {megabytes(free)}: this "
                f"browser can keep {megabytes(LIMIT)} in memory alone, as {self._why}"
            )

    async def open(self, key: str, index: int, file: FileInfo) -> MemorySink:
        """See ports.files.Store."""
        await self.check_room(file.size)
        return MemorySink(self, key, file)

    async def forget(self, key: str) -> None:
        """See ports.files.Store."""
        self._sizes.pop(key, None)

    def _add(self, key: str, size: int) -> None:
        self._sizes[key] = self._sizes.get(key, 0) + size


class MemorySink(Sink):
    """A file in the browser's memory (ports.files.Sink)."""

    def __init__(self, store: MemoryStore, key: str, file: FileInfo) -> None:
        self._store = store
        self._key = key
        self._file = file
        self._parts: list[JsProxy] = []
        self._size = 0

    async def write(self, data: bytes) -> None:
        """See ports.files.Sink."""
        await self._store.check_room(len(data))
        self._parts.append(js.Blob.new(to_js([to_js(data)])))
        self._count(len(data))

    async def finish(self, sha256: str) -> JsProxy:
        """See ports.files.Sink."""
        modified = round(self._file.modified * 1000)
        options = plain_object({"type": self._file.type, "lastModified": modified or None})
        file: JsProxy = js.File.new(to_js(self._parts), self._file.name, options)
        self._parts.clear()
        return file

    async def discard(self) -> None:
        """See ports.files.Sink."""
        self._count(-self._size)
        self._parts.clear()

    def _count(self, size: int) -> None:
        self._size += size
        self._store._add(self._key, size)
