"""The folder of one offer in the browser's private file system, which this page alone uses."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import js
from pyodide.ffi import JsException, JsProxy, to_js

from peerscript.aio.batches import Batches
from peerscript.bridge.locks import claim
from peerscript.bridge.values import plain_object
from peerscript.protocol.transfer.packs import Pack, Packed, packs, read_pack
from peerscript.protocol.transfer.placed import (
    Placed,
    note_name,
    note_numbers,
    read_notes,
    write_notes,
)
from peerscript.protocol.transfer.segments import Segment, Whole, by_file, in_one_piece

logger = logging.getLogger("peerscript")


@dataclass
class StoredSegment:
    """A segment that is on disk. `size` is in bytes."""

    segment: Segment
    handle: JsProxy
    size: int

    @property
    def end(self) -> int:
        """Where the next one begins."""
        return self.segment.offset + self.size

    async def file(self) -> JsProxy:
        """The browser's File of it. It does not find what is renamed later."""
        found: JsProxy = await self.handle.getFile()
        return found


class OfferFolder:
    """An offer's segments. What is there is read once: no other page changes it.

    Attributes:
        segments: those of each file, in order.
        packed: the small files that are whole, each with the File of the pack that it is in.
        placed: what was noted of files that are in a folder of the person's, by their numbers.
        release: gives it back to other pages.
    """

    def __init__(
        self, handle: JsProxy, segments: dict[int, list[Segment]], release: Callable[[], None]
    ) -> None:
        self._handle = handle
        self.segments = segments
        self.packed: dict[int, tuple[JsProxy, Packed]] = {}
        self.placed: dict[int, Placed] = {}
        self.release = release
        self._packs = 0  # the highest number of one
        self._notes = 0
        self._placing = Batches(self._write_notes)

    async def create(self, segment: Segment) -> JsProxy:
        """Begin a segment; the handle of its file."""
        handle: JsProxy = await self._handle.getFileHandle(
            segment.name, plain_object({"create": True})
        )
        self.segments.setdefault(segment.index, []).append(segment)
        return handle

    async def remove(self, segment: Segment) -> None:
        """Remove a segment."""
        await self._handle.removeEntry(segment.name)
        self.segments[segment.index].remove(segment)

    async def remove_all(self, index: int) -> None:
        """Remove a file."""
        for segment in list(self.segments.get(index, ())):
            await self.remove(segment)

    async def mark(self, last: StoredSegment, whole: Whole) -> StoredSegment:
        """Have the last segment say that the file is whole."""
        marked = replace(last.segment, whole=whole)
        await last.handle.move(marked.name)
        segments = self.segments[last.segment.index]
        segments[segments.index(last.segment)] = marked
        return StoredSegment(marked, last.handle, last.size)

    async def stored(self, segment: Segment) -> StoredSegment:
        """A segment with its size."""
        handle = await self._handle.getFileHandle(segment.name)
        return StoredSegment(segment, handle, int((await handle.getFile()).size))

    async def all_stored(self, index: int) -> list[StoredSegment]:
        """A file's segments up to the first gap. What follows that is removed: it was written by a
        browser that has lost what was before.
        """
        found: list[StoredSegment] = []
        end = 0
        for segment in list(self.segments.get(index, ())):
            if segment.offset == end:
                stored = await self.stored(segment)
                # One that was being written when the browser was killed is empty.
                if stored.end > end or segment.whole:
                    found.append(stored)
                    end = stored.end
                    continue
            await self.remove(segment)
        return found

    async def size(self, index: int) -> int:
        """Bytes that are kept of a file; only its last segment is looked at."""
        segments = in_one_piece(self.segments[index])
        return (await self.stored(segments[-1])).end if segments else 0

    # Small files

    async def read_packs(self, found: Sequence[Pack]) -> None:
        """Find what is in these packs."""
        heads = await asyncio.gather(*map(self._read_pack, found))
        for pack, (file, files) in zip(found, heads, strict=True):
            self._packs = pack.number
            self.add_packed(file, files)

    async def _read_pack(self, pack: Pack) -> tuple[JsProxy, list[Packed]]:
        file = await (await self._handle.getFileHandle(pack.name)).getFile()
        head = await file.slice(0, pack.head).arrayBuffer()
        return file, read_pack(head.to_bytes(), int(file.size))

    async def create_pack(self, head: int) -> tuple[Pack, JsProxy]:
        """Begin a pack; the handle of its file, too."""
        self._packs += 1
        pack = Pack(self._packs, head)
        return pack, await self._handle.getFileHandle(pack.name, plain_object({"create": True}))

    async def remove_pack(self, pack: Pack) -> None:
        """Remove a pack that is not whole."""
        await self._handle.removeEntry(pack.name)

    def add_packed(self, pack: JsProxy, files: Sequence[Packed]) -> None:
        """These files are in the File of a pack."""
        self.packed.update((each.index, (pack, each)) for each in files)

    def packed_file(self, index: int, name: str) -> JsProxy:
        """One File that refers to a part of the pack; nothing is copied."""
        pack, found = self.packed[index]
        part = pack.slice(found.offset, found.offset + found.whole.size)
        return whole_file([part], name, found.whole)

    # Files in a folder of the person's

    async def note_placed(self, index: int, placed: Placed) -> None:
        """A file is about to be written there. Without the note it comes anew after a reload."""
        self.placed[index] = placed
        try:
            await self._placing.add((index, placed))
        except JsException as error:
            logger.info("%r is not noted: %s", placed.path, error.message)

    async def _write_notes(self, batch: list[tuple[int, Placed]]) -> None:
        self._notes += 1
        name = note_name(self._notes)
        handle = await self._handle.getFileHandle(name, plain_object({"create": True}))
        stream = await handle.createWritable()
        await stream.write(to_js(write_notes(batch)))
        await stream.close()

    async def read_notes(self, numbers: Sequence[int]) -> None:
        """Find what was noted in these lists."""
        for number in numbers:
            file = await (await self._handle.getFileHandle(note_name(number))).getFile()
            self.placed.update(read_notes((await file.arrayBuffer()).to_bytes()))
            self._notes = number


def whole_file(parts: Sequence[JsProxy], name: str, whole: Whole) -> JsProxy:
    """One File that refers to the parts; nothing is copied."""
    options = {"type": whole.type, "lastModified": whole.modified or None}
    file: JsProxy = js.File.new(to_js(parts), name, plain_object(options))
    return file


async def open_folder(home: JsProxy, key: str, lock: str, *, create: bool) -> OfferFolder | None:
    """An offer's folder; None if there is none and none is to be made.

    Raises:
        OSError: another page of this browser has it.
    """
    if not create and not await has_folder(home, key):
        return None
    release = await claim(lock)
    if release is None:
        raise OSError("another tab of this browser is receiving these files")
    try:
        handle = await home.getDirectoryHandle(key, plain_object({"create": True}))
        # keys() is an iterator of JavaScript's, and the proxy of a handle is no dict.
        names = [str(name) async for name in handle.keys()]  # noqa: SIM118
        folder = OfferFolder(handle, by_file(names), release)
        await folder.read_packs(packs(names))
        await folder.read_notes(note_numbers(names))
    except BaseException:
        release()
        raise
    return folder


async def has_folder(home: JsProxy, key: str) -> bool:
    """Whether there is something of an offer."""
    return key in [str(name) async for name in home.keys()]  # noqa: SIM118
