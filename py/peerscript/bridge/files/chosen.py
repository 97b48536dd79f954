"""A folder on the person's disk that they have chosen, and files that arrive straight in it.

What is written to a file is in one beside it that the browser names (".crswap" in Chromium), and
takes its place when all of it is there. Till then the file itself is empty, and holds the name.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from pyodide.ffi import JsException, JsProxy

from peerscript.bridge.files.failures import os_errors
from peerscript.bridge.files.output import Arrays, Output
from peerscript.bridge.values import plain_object
from peerscript.ports.files import FolderStore, Kept, Sink
from peerscript.protocol.transfer.manifest import FileInfo, numbered
from peerscript.protocol.transfer.packs import SMALL


@dataclass
class NewFile:
    """A file that was not there before.

    Attributes:
        path: in the folder that was chosen.
        handle: a FileSystemFileHandle.
    """

    path: str
    handle: JsProxy
    _directory: JsProxy
    _begun: set[str]

    async def write_into(self) -> JsProxy:
        """A stream of what it is to have."""
        stream: JsProxy = await self.handle.createWritable()
        return stream

    async def remove(self) -> None:
        """Remove it."""
        await self._directory.removeEntry(self.handle.name)
        self._begun.discard(self.path.casefold())


class ChosenFolder:
    """A folder that no file is overwritten in.

    Args:
        root: its FileSystemDirectoryHandle.
    """

    def __init__(self, root: JsProxy) -> None:
        self._root = root
        self._directories: dict[str, JsProxy] = {"": root}
        self._begun: set[str] = set()  # paths that are looked at, or taken, by this page

    async def create(self, path: str) -> NewFile:
        """Make a file, and the folders that it is in. If there is one of that path, the new one is
        called "photo (2).jpg".
        """
        folder, _, name = path.rpartition("/")
        directory = await self._directory(folder)
        start = f"{folder}/" if folder else ""
        number, free = 1, name
        while (start + free).casefold() in self._begun or await self._is_taken(
            directory, start + free, free
        ):
            number += 1
            free = numbered(name, number)
        handle = await directory.getFileHandle(free, plain_object({"create": True}))
        return NewFile(start + free, handle, directory, self._begun)

    async def _directory(self, path: str) -> JsProxy:
        if path not in self._directories:
            parent, _, name = path.rpartition("/")
            directory = await self._directory(parent)
            create = plain_object({"create": True})
            self._directories[path] = await directory.getDirectoryHandle(name, create)
        return self._directories[path]

    async def _is_taken(self, directory: JsProxy, path: str, name: str) -> bool:
        self._begun.add(path.casefold())  # several are made at once
        try:
            await directory.getFileHandle(name)
        except JsException as error:
            if error.name == "NotFoundError":
                return False
            if error.name != "TypeMismatchError":  # a folder
                raise
        return True


class ChosenStore(FolderStore):
    """Puts files into a folder (ports.files.FolderStore). What has arrived of one that was
    interrupted is kept for as long as the page is open.
    """

    def __init__(self, root: JsProxy) -> None:
        self.name = str(root.name)
        self._folder = ChosenFolder(root)
        self._suspended: dict[tuple[str, int], ChosenSink] = {}
        self._whole: dict[tuple[str, int], tuple[Kept, JsProxy]] = {}

    async def check_room(self, size: int) -> None:
        """See ports.files.Store. Browsers do not tell how much room a person's disk has."""

    async def open(self, key: str, index: int, file: FileInfo) -> ChosenSink:
        """See ports.files.Store."""
        at = key, index
        return self._suspended.pop(at, None) or ChosenSink(self, at, file)

    async def kept(self, key: str) -> dict[int, Kept]:
        """See ports.files.Store."""
        parts = {at[1]: Kept(sink.kept) for at, sink in self._suspended.items() if at[0] == key}
        return parts | {at[1]: kept for at, (kept, _) in self._whole.items() if at[0] == key}

    async def saved(self, key: str, index: int) -> JsProxy:
        """See ports.files.Store."""
        if (key, index) not in self._whole:
            raise OSError("the file is not there any more")
        return self._whole[key, index][1]

    async def forget(self, key: str) -> None:
        """See ports.files.Store. Files that are whole stay in the folder: they are the person's."""
        for at in [at for at in self._whole if at[0] == key]:
            del self._whole[at]
        for at in [at for at in self._suspended if at[0] == key]:
            await self._suspended.pop(at).discard()


class ChosenSink(Sink):
    """A file that arrives in a folder (ports.files.Sink). A small one is in memory until it is
    whole.
    """

    def __init__(self, store: ChosenStore, at: tuple[str, int], file: FileInfo) -> None:
        self._store = store
        self._at = at
        self._file = file
        self._small: list[bytes] = []
        self._new: NewFile | None = None
        self._output: Output | None = None
        self._size = 0
        self._closed = False
        self.digest = hashlib.sha256()  # what the browser has cannot be read before it is closed

    async def write(self, data: bytes) -> None:
        """See ports.files.Sink."""
        if self._file.size <= SMALL:
            self._small.append(data)
        else:
            with os_errors():
                await (await self._begun()).write(data)
        self.digest.update(data)
        self._size += len(data)

    async def finish(self, sha256: str) -> JsProxy:
        """See ports.files.Sink."""
        with os_errors():
            output = await self._begun()
            for data in self._small:
                await output.write(data)
            await output.close()
            self._closed = True
            assert self._new is not None
            file: JsProxy = await self._new.handle.getFile()
        self._store._whole[self._at] = Kept(self._size, sha256), file
        return file

    async def suspend(self) -> None:
        """See ports.files.Sink."""
        if self._size and not self._closed:
            self.kept = self._size
            self._store._suspended[self._at] = self

    async def discard(self) -> None:
        """See ports.files.Sink."""
        self._store._whole.pop(self._at, None)
        output, self._output = self._output, None
        new, self._new = self._new, None
        with os_errors():
            try:
                if output and not self._closed:
                    await output.abort()
            finally:
                if new:
                    await new.remove()

    async def _begun(self) -> Output:
        if self._output is None:
            self._new = self._new or await self._store._folder.create(self._file.path)
            self._output = Output(await self._new.write_into(), Arrays())
        return self._output
