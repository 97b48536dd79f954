"""The browser's files (ports.files.Source)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import overload

import js
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
        self._folder = folder
        self.handle = handle

    # Nothing is asked of the browser before it is needed: of thousands of files that takes a while,
    # and seconds where Chromium asks the disk, for their sizes and dates.

    @cached_property
    def name(self) -> str:
        """See ports.files.Source."""
        return str(self.file.name)

    @cached_property
    def type(self) -> str:
        """See ports.files.Source."""
        return str(self.file.type)

    @cached_property
    def folder(self) -> str:
        """See ports.files.Source."""
        if self._folder is not None:
            return self._folder
        # Of a chosen folder's files, the path within it: "photos/2026/a.jpg".
        return str(getattr(self.file, "webkitRelativePath", "")).rpartition("/")[0]

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
        # Chromium makes a slice only once another process has answered, and the page stands still
        # meanwhile: for 16 small files in one turn that was 0.25 s on a busy machine.
        whole = offset == 0 and size >= self.size
        with os_errors():
            part = self.file if whole else self.file.slice(offset, offset + size)
            content = await part.arrayBuffer()
        data: bytes = content.to_bytes()
        return data


class FileSources(Sequence[FileSource]):
    """The files of an <input> or of a drop. Each is made when it is needed: thousands at once would
    hold up the page.
    """

    def __init__(self, files: Iterable[JsProxy]) -> None:
        self._files = js.Array.from_(files) if isinstance(files, JsProxy) else list(files)
        self._made: list[FileSource | None] = [None] * len(self._files)

    def __len__(self) -> int:
        return len(self._made)

    @overload
    def __getitem__(self, index: int) -> FileSource: ...
    @overload
    def __getitem__(self, index: slice) -> list[FileSource]: ...
    def __getitem__(self, index: int | slice) -> FileSource | list[FileSource]:
        if isinstance(index, slice):
            return [self[each] for each in range(*index.indices(len(self)))]
        made = self._made[index] = self._made[index] or FileSource(self._files[index])
        return made


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
