"""Files that arrive straight in a folder that the person has chosen.

A large one is kept in parts in the browser's private file system until it is whole, and is written
into the folder then: what is in the folder is whole, and a part outlives the page.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Iterable

import js
from pyodide.ffi import JsProxy, to_js

from peerscript.bridge.files.chosen import ChosenFolder, NewFile
from peerscript.bridge.files.disk import DiskStore
from peerscript.bridge.files.failures import os_errors
from peerscript.bridge.files.folder import OfferFolder
from peerscript.bridge.files.output import Arrays, Output
from peerscript.bridge.files.sink import DiskSink
from peerscript.ports.files import FolderStore, Kept, Sink, Store
from peerscript.protocol.transfer.manifest import FileInfo
from peerscript.protocol.transfer.packs import SMALL
from peerscript.protocol.transfer.placed import Placed

BLOCK = 1024 * 1024  # bytes per read
COPIED_AT_ONCE = 32 * 1024 * 1024  # bytes; who cancels waits for these

At = tuple[str, int]  # an offer's key, and a file's number in it


class ChosenStore(FolderStore):
    """Puts files into a folder (ports.files.FolderStore).

    Args:
        root: the FileSystemDirectoryHandle.
        open_parts: the page's own store.
    """

    def __init__(self, root: JsProxy, open_parts: Callable[[], Awaitable[Store]]) -> None:
        self.name = str(root.name)
        self.folder = ChosenFolder(root)
        self._open_parts = open_parts
        self._whole: dict[At, tuple[Kept, JsProxy]] = {}  # by this page
        self.suspended: dict[At, StreamedSink] = {}

    async def check_room(self, size: int) -> None:
        """See ports.files.Store. Browsers do not tell how much room a person's disk has."""

    async def open(self, key: str, index: int, file: FileInfo) -> Sink:
        """See ports.files.Store."""
        at = key, index
        if file.size <= SMALL:
            return SmallSink(self, at, file)
        if at in self.suspended:
            return self.suspended.pop(at)
        if (disk := await self._disk()) and await _has_room(disk, file.size):
            parts = await disk.open(key, index, file)
            assert isinstance(parts, DiskSink)
            return StagedSink(self, at, file, parts)
        return StreamedSink(self, at, file)

    async def kept(self, key: str) -> dict[int, Kept]:
        """See ports.files.Store. A part may be all of a file that is not in the folder yet."""
        found: dict[int, Kept] = {}
        if disk := await self._disk():
            found |= await disk.placed(key)
            found |= {index: Kept(each.size) for index, each in (await disk.parts(key)).items()}
        found |= {at[1]: Kept(sink.kept) for at, sink in self.suspended.items() if at[0] == key}
        return found | {at[1]: kept for at, (kept, _) in self._whole.items() if at[0] == key}

    async def saved(self, key: str, index: int) -> JsProxy:
        """See ports.files.Store. After a reload the file is read: it may be another by now."""
        at = key, index
        if at not in self._whole:
            offer = await self._offer(key)
            placed = offer.placed.get(index) if offer else None
            file = await self._found(placed) if placed else None
            if placed is None or file is None:
                raise OSError("the file is not there any more")
            self._add(at, placed, file)
        return self._whole[at][1]

    async def forget(self, key: str) -> None:
        """See ports.files.Store. Files that are whole stay in the folder: they are the person's."""
        for at in [at for at in self._whole if at[0] == key]:
            del self._whole[at]
        for at in [at for at in self.suspended if at[0] == key]:
            await self.suspended.pop(at).discard()
        if disk := await self._disk():
            await disk.forget(key)

    async def _disk(self) -> DiskStore | None:
        store = await self._open_parts()
        return store if isinstance(store, DiskStore) else None

    async def _offer(self, key: str, *, create: bool = False) -> OfferFolder | None:
        disk = await self._disk()
        return await disk.folder(key, create=create) if disk else None

    # Called by the sinks

    async def place(
        self, at: At, file: FileInfo, sha256: str, parts: Iterable[JsProxy]
    ) -> tuple[NewFile | None, JsProxy]:
        """Write a whole file into the folder, unless it is there since before a reload.

        Args:
            parts: its content, Blobs or bytes.
        """
        offer = await self._offer(at[0], create=True)
        before = offer.placed.get(at[1]) if offer else None
        if before and before.sha256 == sha256 and (there := await self._found(before)):
            self._add(at, before, there)
            return None, there
        with os_errors():
            path = before.path if before and await self._is_empty(before.path) else ""
            placed = Placed(path or await self.folder.free_path(file.path), file.size, sha256)
            if offer and placed != before:
                await offer.note_placed(at[1], placed)
            new = await self.folder.open(placed.path)
            try:
                stream = await new.write_into()
                try:
                    for part in parts:
                        await stream.write(part)
                    await stream.close()
                except BaseException:
                    await stream.abort(js.Error.new("the file is removed"))
                    raise
                made: JsProxy = await new.handle.getFile()
            except BaseException:
                await new.remove()
                raise
        self._add(at, placed, made)
        return new, made

    async def note(self, at: At, placed: Placed, file: JsProxy) -> None:
        """A file is whole in the folder."""
        self._add(at, placed, file)
        if offer := await self._offer(at[0], create=True):
            await offer.note_placed(at[1], placed)

    async def drop(self, at: At) -> None:
        """A file that was whole is not wanted."""
        self._whole.pop(at, None)
        if offer := await self._offer(at[0]):
            offer.placed.pop(at[1], None)

    def _add(self, at: At, placed: Placed, file: JsProxy) -> None:
        self._whole[at] = Kept(placed.size, placed.sha256), file

    async def _is_empty(self, path: str) -> bool:
        """Whether there is a file whose writing was interrupted."""
        found = await self.folder.find(path)
        return found is not None and not found.size

    async def _found(self, placed: Placed) -> JsProxy | None:
        """A file that was put into the folder; None if it is gone, or is another one by now."""
        with os_errors(placed.path):
            file = await self.folder.find(placed.path)
            if file is None or int(file.size) != placed.size:
                return None
            digest = hashlib.sha256()
            for start in range(0, placed.size, BLOCK):
                block = await file.slice(start, start + BLOCK).arrayBuffer()
                digest.update(block.to_memoryview())
        return file if digest.hexdigest() == placed.sha256 else None


async def _has_room(disk: DiskStore, size: int) -> bool:
    try:
        await disk.check_room(size)
    except OSError:
        return False
    return True


class _PlacedSink(Sink):
    """What is written into the folder when it is whole."""

    def __init__(self, store: ChosenStore, at: At, file: FileInfo) -> None:
        self._store = store
        self._at = at
        self._file = file
        self._new: NewFile | None = None

    async def _place(self, sha256: str, parts: Iterable[JsProxy]) -> JsProxy:
        self._new, file = await self._store.place(self._at, self._file, sha256, parts)
        return file

    async def discard(self) -> None:
        """See ports.files.Sink. A file of before the reload stays."""
        new, self._new = self._new, None
        if new:
            await self._store.drop(self._at)
            with os_errors():
                await new.remove()


class SmallSink(_PlacedSink):
    """A small file, which is in memory until it is whole."""

    def __init__(self, store: ChosenStore, at: At, file: FileInfo) -> None:
        super().__init__(store, at, file)
        self._content = bytearray()

    async def write(self, data: bytes) -> None:
        """See ports.files.Sink."""
        self._content += data

    async def finish(self, sha256: str) -> JsProxy:
        """See ports.files.Sink."""
        return await self._place(sha256, [to_js(self._content)])


class StagedSink(_PlacedSink):
    """A large file, in parts in the page's own store until it is whole."""

    def __init__(self, store: ChosenStore, at: At, file: FileInfo, parts: DiskSink) -> None:
        super().__init__(store, at, file)
        self._parts = parts
        self.kept = parts.kept

    async def read(self, offset: int, size: int) -> bytes:
        """See ports.files.Sink."""
        return await self._parts.read(offset, size)

    async def write(self, data: bytes) -> None:
        """See ports.files.Sink."""
        await self._parts.write(data)

    async def suspend(self) -> None:
        """See ports.files.Sink."""
        await self._parts.suspend()

    async def finish(self, sha256: str) -> JsProxy:
        """See ports.files.Sink. The browser copies it: no byte of it is in the page's memory."""
        content = await self._parts.content()
        starts = range(0, self._file.size, COPIED_AT_ONCE)
        slices = (content.slice(start, start + COPIED_AT_ONCE) for start in starts)
        file = await self._place(sha256, slices)
        await self._parts.discard()
        return file

    async def discard(self) -> None:
        """See ports.files.Sink."""
        await self._parts.discard()
        await super().discard()


class StreamedSink(Sink):
    """A large file that the page's own store has no room for, or that cannot be kept at all: it is
    written into the folder as it comes. What has arrived is kept while the page is open.
    """

    def __init__(self, store: ChosenStore, at: At, file: FileInfo) -> None:
        self._store = store
        self._at = at
        self._file = file
        self._new: NewFile | None = None
        self._output: Output | None = None
        self._size = 0
        self._closed = False
        self.digest = hashlib.sha256()  # what the browser has cannot be read before it is closed

    async def write(self, data: bytes) -> None:
        """See ports.files.Sink."""
        with os_errors():
            if self._output is None:
                self._new = self._new or await self._store.folder.create(self._file.path)
                self._output = Output(await self._new.write_into(), Arrays())
            await self._output.write(data)
        self.digest.update(data)
        self._size += len(data)

    async def finish(self, sha256: str) -> JsProxy:
        """See ports.files.Sink."""
        assert self._output is not None
        assert self._new is not None
        with os_errors():
            await self._output.close()
            self._closed = True
            file: JsProxy = await self._new.handle.getFile()
        await self._store.note(self._at, Placed(self._new.path, self._size, sha256), file)
        return file

    async def suspend(self) -> None:
        """See ports.files.Sink."""
        if self._size and not self._closed:
            self.kept = self._size
            self._store.suspended[self._at] = self

    async def discard(self) -> None:
        """See ports.files.Sink."""
        await self._store.drop(self._at)
        output, self._output = self._output, None
        new, self._new = self._new, None
        with os_errors():
            try:
                if output and not self._closed:
                    await output.abort()
            finally:
                if new:
                    await new.remove()
