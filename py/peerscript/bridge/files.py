"""The browser's files (ports.files.Source), and its storage for those that arrive.

Files that arrive are written to the origin's private file system on disk
(https://developer.mozilla.org/docs/Web/API/File_System_API/Origin_private_file_system), under
random names, so that no file has to fit into memory. Leftovers of closed pages are removed.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterable
from typing import Any

import js
from pyodide.ffi import JsException, JsProxy, create_proxy, to_js

from peerscript.ports.files import Sink, Store
from peerscript.protocol.transfer.manifest import FileInfo

FOLDER = "arriving"
MEMORY_LIMIT = 256 * 1024 * 1024  # bytes of files, where the browser has no storage on disk


class FileSource:
    """A File of the browser (ports.files.Source)."""

    def __init__(self, file: JsProxy) -> None:
        self._file = file
        self.name = str(file.name)
        self.size = int(file.size)
        self.type = str(file.type)
        # Of a chosen folder's files, the path within it: "photos/2026/a.jpg".
        self.folder = str(getattr(file, "webkitRelativePath", "")).rpartition("/")[0]
        self.modified = float(file.lastModified) / 1000

    async def read(self, offset: int, size: int) -> bytes:
        try:
            part = await self._file.slice(offset, offset + size).arrayBuffer()
        except JsException as error:
            raise OSError(str(error.message)) from error
        data: bytes = part.to_bytes()
        return data


def file_sources(files: Iterable[JsProxy]) -> list[FileSource]:
    """The files of an <input> or of a drop."""
    return [FileSource(file) for file in files]


class DiskStore(Store):
    """The browser's private file system (ports.files.Store)."""

    def __init__(self, folder: JsProxy) -> None:
        self._folder = folder

    async def check_room(self, size: int) -> None:
        await _check_room(size)

    async def open(self, key: str, index: int, file: FileInfo) -> DiskSink:
        await _check_room(file.size)
        own_name = secrets.token_hex(16)
        try:
            handle = await self._folder.getFileHandle(own_name, _options(create=True))
            return DiskSink(self._folder, own_name, handle, await handle.createWritable())
        except JsException as error:
            raise OSError(str(error.message)) from error


class DiskSink(Sink):
    """A file on disk that is being written (ports.files.Sink)."""

    def __init__(self, folder: JsProxy, name: str, handle: JsProxy, stream: JsProxy) -> None:
        self._folder = folder
        self._name = name
        self._handle = handle
        self._stream = stream

    async def write(self, data: bytes) -> None:
        try:
            await self._stream.write(to_js(data))
        except JsException as error:
            raise OSError(str(error.message)) from error

    async def finish(self, sha256: str) -> JsProxy:
        try:
            await self._stream.close()
            file: JsProxy = await self._handle.getFile()
        except JsException as error:
            raise OSError(str(error.message)) from error
        return file

    async def discard(self) -> None:
        try:
            await self._stream.abort()
            await self._folder.removeEntry(self._name)
        except JsException as error:
            js.console.warn(f"A half file could not be removed: {error}")


class MemoryStore(Store):
    """Files in memory, for browsers without storage on disk (ports.files.Store)."""

    async def check_room(self, size: int) -> None:
        if size > MEMORY_LIMIT:
            raise OSError("this browser can only keep files up to 256 MB")

    async def open(self, key: str, index: int, file: FileInfo) -> MemorySink:
        await self.check_room(file.size)
        return MemorySink(file.type)


class MemorySink(Sink):
    """A file in the browser's memory (ports.files.Sink)."""

    def __init__(self, type: str) -> None:
        self._type = type
        self._parts: list[JsProxy] = []

    async def write(self, data: bytes) -> None:
        self._parts.append(js.Blob.new(to_js([to_js(data)])))

    async def finish(self, sha256: str) -> JsProxy:
        blob: JsProxy = js.Blob.new(to_js(self._parts), _options(type=self._type))
        return blob

    async def discard(self) -> None:
        self._parts.clear()


async def open_store() -> DiskStore | MemoryStore:
    """The best store that this browser has, after leftovers were removed."""
    handle_class = getattr(js, "FileSystemFileHandle", None)
    if not handle_class or not hasattr(handle_class.prototype, "createWritable"):
        return MemoryStore()
    try:
        root = await js.navigator.storage.getDirectory()
        home = await root.getDirectoryHandle(FOLDER, _options(create=True))
        await _clear_leftovers(home)
        return DiskStore(await _own_folder(home))
    except JsException as error:
        js.console.info(f"Files are kept in memory: {error}")  # private windows of some browsers
        return MemoryStore()


async def _own_folder(home: JsProxy) -> JsProxy:
    """A new folder, marked as in use by a Web Lock for as long as this page is open."""
    name = secrets.token_hex(16)
    as_long_as_the_page = asyncio.get_running_loop().create_future()
    held = asyncio.get_running_loop().create_future()

    def hold(_: JsProxy) -> asyncio.Future[None]:
        held.set_result(None)
        return as_long_as_the_page

    js.navigator.locks.request(name, create_proxy(hold))
    await held
    folder: JsProxy = await home.getDirectoryHandle(name, _options(create=True))
    return folder


async def _clear_leftovers(home: JsProxy) -> None:
    """Remove the folders of pages that are closed."""
    names = [str(name) async for name in home.keys()]  # noqa: SIM118 - a JavaScript map
    in_use = {str(lock.name) for lock in (await js.navigator.locks.query()).held}  # after the names
    for name in names:
        if name not in in_use:
            await home.removeEntry(name, _options(recursive=True))


async def _check_room(size: int) -> None:
    estimate = await js.navigator.storage.estimate()
    free = int(estimate.quota) - int(estimate.usage)
    if size > free:
        raise OSError(f"{_megabytes(size)}, and the browser has room for {_megabytes(free)}")


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:,.1f} MB"


def _options(**entries: Any) -> JsProxy:
    made: JsProxy = to_js(entries, dict_converter=js.Object.fromEntries)
    return made
