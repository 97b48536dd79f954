"""The browser's private file system on disk, as the place for files that arrive
(https://developer.mozilla.org/docs/Web/API/File_System_API/Origin_private_file_system).

An offer has a folder of its own there, which outlives the page and the browser.
"""

from __future__ import annotations

import asyncio
import logging
import time

from pyodide.ffi import JsException, JsProxy

from peerscript.aio.tasks import TaskOwner
from peerscript.bridge.files.failures import os_errors
from peerscript.bridge.files.folder import OfferFolder, has_folder, open_folder
from peerscript.bridge.files.packs import PackedSink, Packer
from peerscript.bridge.files.room import Room, persist
from peerscript.bridge.files.sink import DiskSink, joined
from peerscript.bridge.locks import claim
from peerscript.bridge.values import plain_object
from peerscript.ports.files import Kept, Store
from peerscript.protocol.transfer.manifest import FileInfo
from peerscript.protocol.transfer.packs import SMALL

logger = logging.getLogger("peerscript")

FOLDER = "peerscript-files"
KEPT_FOR = 7 * 24 * 60 * 60.0  # seconds after the last write
EARLIER_FOLDER = "arriving"  # of versions that kept nothing: its folders are named as their locks


class DiskStore(Store):
    """Keeps files on disk (ports.files.Store). A page has one.

    Args:
        home: the folder of all offers.
    """

    def __init__(self, home: JsProxy) -> None:
        self._home = home
        self._folders: dict[str, OfferFolder] = {}
        self._packers: dict[str, Packer] = {}
        self._sinks: dict[tuple[str, int], DiskSink] = {}
        self._room = Room()
        self._asked_to_persist = False
        self._opening = asyncio.Lock()
        self._tasks = TaskOwner("the store of files")

    async def check_room(self, size: int) -> None:
        """See ports.files.Store."""
        await self._room.check(size)

    async def open(self, key: str, index: int, file: FileInfo) -> DiskSink | PackedSink:
        """See ports.files.Store."""
        folder = await self.folder(key, create=True)
        assert folder is not None
        if earlier := self._sinks.get((key, index)):
            await earlier.suspend()
        await self._persist_once()
        with os_errors(file.path):
            stored = await folder.all_stored(index)
        missing = file.size - (stored[-1].end if stored else 0)
        await self._room.take(max(missing, 0))
        if file.size <= SMALL and not stored:
            return PackedSink(self._packers[key], folder, index, file)
        sink = DiskSink(
            folder, index, file, stored, self._tasks, lambda: self._ended(key, index, sink)
        )
        self._sinks[key, index] = sink
        return sink

    async def kept(self, key: str) -> dict[int, Kept]:
        """See ports.files.Store. What is being written counts, too, and what was put into a folder
        of the person's, where `saved` does not find it.
        """
        return await self.placed(key) | await self.parts(key)

    async def placed(self, key: str) -> dict[int, Kept]:
        """What was put into a folder of the person's."""
        folder = await self.folder(key)
        placed = folder.placed if folder else {}
        return {index: Kept(each.size, each.sha256) for index, each in placed.items()}

    async def parts(self, key: str) -> dict[int, Kept]:
        """What of it is in this store."""
        folder = await self.folder(key)
        if folder is None:
            return {}
        for at, sink in list(self._sinks.items()):
            if at[0] == key:
                await sink.flush()
        found = {
            index: Kept(each.whole.size, each.whole.sha256)
            for index, (_, each) in folder.packed.items()
        }
        for index, segments in list(folder.segments.items()):
            if segments and (whole := segments[-1].whole):
                found[index] = Kept(whole.size, whole.sha256)
            elif segments:
                with os_errors():
                    size = await folder.size(index)
                if size:
                    found[index] = Kept(size)
        return found

    async def saved(self, key: str, index: int) -> JsProxy:
        """See ports.files.Store. The file's name is not kept: it is the number."""
        folder = await self.folder(key)
        if folder and index in folder.packed:
            return folder.packed_file(index, str(index))
        segments = folder.segments.get(index) if folder else None
        if not folder or not segments or not segments[-1].whole:
            raise OSError("the file is not there any more")
        whole = segments[-1].whole
        with os_errors():
            stored = await folder.all_stored(index)
            if not stored or stored[-1].end != whole.size:
                raise OSError("a part of the file is not there any more")
            return await joined(stored, str(index))

    async def forget(self, key: str) -> None:
        """See ports.files.Store."""
        folder = await self.folder(key)
        async with self._opening:
            if folder is None or self._folders.get(key) is not folder:
                return
            for at, sink in list(self._sinks.items()):
                if at[0] == key:
                    await sink.abandon()
            with os_errors():
                await self._home.removeEntry(key, plain_object({"recursive": True}))
            del self._folders[key], self._packers[key]
            folder.release()

    async def folder(self, key: str, *, create: bool = False) -> OfferFolder | None:
        """An offer's folder; None if there is none and none is to be made.

        Raises:
            OSError: another page of this browser has it.
        """
        async with self._opening:  # two at once would take the lock from each other
            if key not in self._folders:
                with os_errors():
                    found = await open_folder(self._home, key, lock_of(key), create=create)
                if found is None:
                    return None
                self._folders[key], self._packers[key] = found, Packer(found)
            return self._folders[key]

    def _ended(self, key: str, index: int, sink: DiskSink) -> None:
        if self._sinks.get((key, index)) is sink:
            del self._sinks[key, index]

    async def _persist_once(self) -> None:
        if not self._asked_to_persist:
            self._asked_to_persist = True
            try:
                await persist()
            except OSError as error:  # it is kept until the disk is full
                logger.info("the browser promises nothing: %s", error)


async def remove_old(root: JsProxy) -> None:
    """Remove the offers that no page has open and that nobody has written to for a week, and what
    earlier versions have left.
    """
    for name, kept_for in ((FOLDER, KEPT_FOR), (EARLIER_FOLDER, 0.0)):
        if not await has_folder(root, name):
            continue
        home = await root.getDirectoryHandle(name)
        for key in [str(each) async for each in home.keys()]:  # noqa: SIM118
            lock = lock_of(key) if name == FOLDER else key
            if release := await claim(lock, tries=1):
                try:
                    await _remove_if_old(home, key, kept_for)
                finally:
                    release()
        if name == EARLIER_FOLDER and not [each async for each in home.keys()]:  # noqa: SIM118
            await root.removeEntry(name)


async def _remove_if_old(home: JsProxy, key: str, kept_for: float) -> None:
    try:
        folder = await home.getDirectoryHandle(key)
        async for handle in folder.values():
            if (await handle.getFile()).lastModified / 1000 > time.time() - kept_for:
                return
        await home.removeEntry(key, plain_object({"recursive": True}))
    except JsException as error:
        logger.warning("old files could not be removed: %s", error.message)


def lock_of(key: str) -> str:
    """The name of an offer's Web Lock."""
    return f"{FOLDER}/{key}"
