"""Files that a person chose, and the browser's storage for received files.

Received files are written to the origin's private file system on disk
(https://developer.mozilla.org/docs/Web/API/File_System_API/Origin_private_file_system), under
random names, so that no file has to fit into memory. Leftovers of closed pages are removed.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from typing import Any

import js
from pyodide.ffi import JsException, JsProxy, create_once_callable, create_proxy, to_js

from app.units import readable_size

FOLDER = "arriving"
MEMORY_LIMIT = 256 * 1024 * 1024  # bytes of one file, where the browser has no storage on disk


class ChosenFile:
    """A File of the browser (app.files.ports.Source)."""

    def __init__(self, file: JsProxy) -> None:
        self._file = file
        self.name = str(file.name)
        self.size = int(file.size)
        self.type = str(file.type)

    async def read(self, start: int, size: int) -> bytes:
        try:
            part = await self._file.slice(start, start + size).arrayBuffer()
        except JsException as error:
            raise OSError(str(error.message)) from error
        data: bytes = part.to_bytes()
        return data


def chosen(files: JsProxy) -> list[ChosenFile]:
    """The files of an <input> or of a drop."""
    return [ChosenFile(files.item(index)) for index in range(files.length)]


class DiskStore:
    """The browser's private file system (app.files.ports.Store)."""

    def __init__(self, folder: JsProxy) -> None:
        self._folder = folder

    async def create(self, name: str, size: int, type: str) -> DiskSink:
        await _check_room(size)
        own_name = secrets.token_hex(16)
        try:
            handle = await self._folder.getFileHandle(own_name, _options(create=True))
            return DiskSink(self._folder, own_name, handle, await handle.createWritable())
        except JsException as error:
            raise OSError(str(error.message)) from error


class DiskSink:
    """A file on disk that is being written (app.files.ports.Sink)."""

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

    async def finish(self) -> JsProxy:
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


class MemoryStore:
    """Files in memory, for browsers without storage on disk (app.files.ports.Store)."""

    async def create(self, name: str, size: int, type: str) -> MemorySink:
        if size > MEMORY_LIMIT:
            raise OSError("this browser can only keep files up to 256 MB")
        return MemorySink(type)


class MemorySink:
    """A file in the browser's memory (app.files.ports.Sink)."""

    def __init__(self, type: str) -> None:
        self._type = type
        self._parts: list[JsProxy] = []

    async def write(self, data: bytes) -> None:
        self._parts.append(js.Blob.new(to_js([to_js(data)])))

    async def finish(self) -> JsProxy:
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
        raise OSError(
            f"it has {readable_size(size)}, and the browser has room for {readable_size(free)}"
        )


def save(file: JsProxy, name: str) -> None:
    """Let the browser save a received file under its name."""
    url = js.URL.createObjectURL(file)
    link = js.document.createElement("a")
    link.href = url
    link.download = name
    js.document.body.appendChild(link)
    link.click()
    link.remove()
    release = create_once_callable(lambda: js.URL.revokeObjectURL(url))
    js.setTimeout(release, 60_000)  # the browser may still be asking where to


def on_drop(handler: Callable[[list[ChosenFile]], None], hint: Callable[[bool], None]) -> None:
    """Handle files dropped anywhere; `hint` is called with whether files are dragged over the
    page.
    """

    def over(event: Any) -> None:
        if "Files" in [str(kind) for kind in event.dataTransfer.types]:
            event.preventDefault()
            hint(True)

    def leave(event: Any) -> None:
        if not event.relatedTarget:
            hint(False)

    def drop(event: Any) -> None:
        event.preventDefault()
        hint(False)
        handler(chosen(event.dataTransfer.files))

    for name, listener in (("dragover", over), ("dragleave", leave), ("drop", drop)):
        js.document.addEventListener(name, create_proxy(listener))


def _options(**entries: Any) -> JsProxy:
    made: JsProxy = to_js(entries, dict_converter=js.Object.fromEntries)
    return made
