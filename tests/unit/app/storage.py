"""What a browser stores for a page, in memory: records, files that arrive, and folders."""

from __future__ import annotations

import asyncio
from typing import Any

from peerscript.testing import MemoryStore as KeepingStore
from peerscript.testing.files import MemorySink
from peerscript.transfer import FileInfo


class MemoryJournal:
    """Records, and their handles, over a reload."""

    def __init__(self) -> None:
        self.records: dict[str, tuple[str, tuple[Any, ...]]] = {}

    async def load(self) -> list[tuple[str, Any]]:
        return list(self.records.values())

    async def put(self, id: str, text: str, handles: Any) -> None:
        self.records[id] = (text, tuple(handles))

    async def forget(self, id: str) -> None:
        self.records.pop(id, None)


class MemoryStore(KeepingStore):
    """Can be made to fail, or to wait.

    Attributes:
        written: bytes, in all.
    """

    def __init__(self) -> None:
        super().__init__()
        self.written = 0
        self.full = False
        self.gate = asyncio.Event()
        self.gate.set()

    @property
    def whole(self) -> dict[str, bytes]:
        return self.files

    async def check_room(self, size: int) -> None:
        if self.full:
            raise OSError("no room")

    async def open(self, key: str, index: int, file: FileInfo) -> MemorySink:
        sink = await super().open(key, index, file)
        sink.__class__ = SlowSink
        return sink


class SlowSink(MemorySink):
    async def write(self, data: bytes) -> None:
        assert isinstance(self._store, MemoryStore)
        await self._store.gate.wait()
        self._store.written += len(data)
        await super().write(data)


class MemoryFolder(MemoryStore):
    """Files that arrive in a folder that the person has chosen."""

    name = "Pictures"


class Directory(dict[str, Any]):
    """A folder, with what was saved in it, by path.

    Attributes:
        into: what arrives in it.
        access: whether the page may write there: "granted", "prompt", "denied" or "gone".
        answer: the person's, if the browser asks them.
    """

    def __init__(self) -> None:
        super().__init__()
        self.into = MemoryFolder()
        self.access = self.answer = "granted"
