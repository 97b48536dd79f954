"""The best place that this browser has for files that arrive."""

from __future__ import annotations

import asyncio
import logging

import js
from pyodide.ffi import JsException

from peerscript.bridge.files.disk import FOLDER, DiskStore, remove_old
from peerscript.bridge.files.memory import MemoryStore
from peerscript.bridge.values import plain_object

logger = logging.getLogger("peerscript")

_of_this_page: list[DiskStore | MemoryStore] = []  # two would not know of each other's open files
_opening = asyncio.Lock()


async def open_store() -> DiskStore | MemoryStore:
    """The page's store, after old files were removed."""
    async with _opening:
        if not _of_this_page:
            _of_this_page.append(await _open())
        return _of_this_page[0]


async def _open() -> DiskStore | MemoryStore:
    handle_class = getattr(js, "FileSystemFileHandle", None)
    if not handle_class or not hasattr(handle_class.prototype, "createWritable"):
        return MemoryStore("it has no private file system that can be written to")
    try:
        root = await js.navigator.storage.getDirectory()
        await remove_old(root)
        return DiskStore(await root.getDirectoryHandle(FOLDER, plain_object({"create": True})))
    except JsException as error:
        logger.info("files are kept in memory: %s", error.message)
        return MemoryStore("it does not give this page its private file system (a private window?)")
