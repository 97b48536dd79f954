"""The browser's files (ports.files.Source)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from pyodide.ffi import JsProxy

from peerscript.bridge.files.failures import os_errors
from peerscript.bridge.values import plain_object


class FileSource:
    """A File of the browser (ports.files.Source).

    Args:
        file: the browser's.
        folder: where it is in what was chosen: "photos/2026"; what the File says, if not given.
        handle: its FileSystemFileHandle, if there is one: IndexedDB keeps it, and
            `source_of_handle` opens the file again after a reload.
    """

    def __init__(
        self, file: JsProxy, folder: str | None = None, handle: JsProxy | None = None
    ) -> None:
        self.file = file
        self.name = str(file.name)
        self.type = str(file.type)
        # Of a chosen folder's files, the path within it: "photos/2026/a.jpg".
        path = str(getattr(file, "webkitRelativePath", ""))
        self.folder = path.rpartition("/")[0] if folder is None else folder
        self.handle = handle

    # Chromium asks the disk when one of these is read, which takes seconds for thousands of files.

    @cached_property
    def size(self) -> int:
        """See ports.files.Source."""
        return int(self.file.size)

    @cached_property
    def modified(self) -> float:
        """See ports.files.Source."""
        return float(self.file.lastModified) / 1000

    async def read(self, offset: int, size: int) -> bytes:
        """See ports.files.Source."""
        with os_errors():
            part = await self.file.slice(offset, offset + size).arrayBuffer()
        data: bytes = part.to_bytes()
        return data


def file_sources(files: Iterable[JsProxy]) -> list[FileSource]:
    """The files of an <input> or of a drop."""
    return [FileSource(file) for file in files]


async def source_of_handle(handle: JsProxy, folder: str = "") -> FileSource:
    """The file of a FileSystemFileHandle that was kept.

    Raises:
        OSError: it is not there any more, or the person does not allow it. The browser asks them
            only while they press a button or a key.
    """
    reading = plain_object({"mode": "read"})
    name = str(handle.name)
    with os_errors(name):
        # Firefox and Safari have handles of the page's own storage alone, and ask for none.
        if (
            hasattr(handle, "queryPermission")
            and await handle.queryPermission(reading) != "granted"
            and await handle.requestPermission(reading) != "granted"
        ):
            raise OSError(f"{name}: the page may not read it")
        return FileSource(await handle.getFile(), folder, handle)
