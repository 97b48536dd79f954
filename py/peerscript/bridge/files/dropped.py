"""Files and folders that are dropped onto a page."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Iterable
from typing import Any

from js import Promise
from pyodide.ffi import JsException, JsProxy, create_once_callable

from peerscript.bridge.files.failures import as_os_error
from peerscript.bridge.files.source import FileSource
from peerscript.protocol.transfer.messages import MAX_FILES

NAMED = 3  # of what cannot be read


def dropped_sources(data_transfer: JsProxy) -> Awaitable[list[FileSource]]:
    """What was dropped. Call it in the event, whose files are gone when it is over, and await the
    result.
    """
    items = [item for item in data_transfer.items if item.kind == "file"]
    # Both kinds of promises and entries must be asked for before the event is over.
    return _found([_Dropped(item) for item in items])


class _Dropped:
    """One item of a drop, in each form that the browser has."""

    def __init__(self, item: JsProxy) -> None:
        self.handle: Any = None  # a Promise
        if hasattr(item, "getAsFileSystemHandle"):
            self.handle = item.getAsFileSystemHandle()
        self.entry = item.webkitGetAsEntry()
        self.file = item.getAsFile()


async def _found(dropped: Iterable[_Dropped]) -> list[FileSource]:
    walk = _Walk()
    for item in dropped:
        await walk.item(item)
    walk.check()
    return walk.found


class _Walk:
    """The files in folders and in the folders in those.

    Attributes:
        found: files that can be read.
        failed: what cannot be read, and why.
    """

    def __init__(self) -> None:
        self.found: list[FileSource] = []
        self.failed: list[OSError] = []

    async def item(self, item: _Dropped) -> None:
        """Add what was dropped. A handle can be kept; entries are in every browser."""
        handle = await item.handle if item.handle else None
        if handle:
            await self.handle(handle, "")
        elif item.entry:
            await self.entry(item.entry, "")
        elif item.file:
            self._add(FileSource(item.file))

    async def handle(self, handle: JsProxy, folder: str) -> None:
        """Add a FileSystemHandle's files."""
        try:
            if handle.kind == "file":
                self._add(FileSource(await handle.getFile(), folder, handle))
                return
            inner = _joined(folder, handle.name)
            children = [each async for each in handle.values()]
        except JsException as error:
            self._failed(error, folder, handle)
            return
        for child in children:
            await self.handle(child, inner)

    async def entry(self, entry: JsProxy, folder: str) -> None:
        """Add a FileSystemEntry's files."""
        try:
            if entry.isFile:
                self._add(FileSource(await _called_back(entry.file), folder))
                return
            inner = _joined(folder, entry.name)
            children = [each async for each in _children(entry)]
        except JsException as error:
            self._failed(error, folder, entry)
            return
        for child in children:
            await self.entry(child, inner)

    def check(self) -> None:
        """Raise OSError if something could not be read."""
        if self.failed:
            named = "; ".join(map(str, self.failed[:NAMED]))
            more = len(self.failed) - NAMED
            raise OSError(f"{named}; and {more} more" if more > 0 else named)

    def _add(self, source: FileSource) -> None:
        if len(self.found) == MAX_FILES:
            raise OSError(
                f"there are more than {MAX_FILES:,} files: put them into an archive first"
            )
        self.found.append(source)

    def _failed(self, error: JsException, folder: str, what: JsProxy) -> None:
        self.failed.append(as_os_error(error, _joined(folder, what.name)))


async def _children(entry: JsProxy) -> AsyncIterator[JsProxy]:
    reader = entry.createReader()
    # Chromium gives a hundred at a time.
    while part := list(await _called_back(reader.readEntries)):
        for child in part:
            yield child


def _called_back(ask: Any) -> Awaitable[Any]:
    """The answer of a function that takes two callbacks."""

    def begin(resolve: JsProxy, reject: JsProxy) -> None:
        ask(resolve, reject)

    promise: Awaitable[Any] = Promise.new(create_once_callable(begin))
    return promise


def _joined(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else str(name)
