"""A folder on the person's disk that they have chosen.

What is written to a file is in one beside it that the browser names (".crswap" in Chromium), and
takes its place when all of it is there. Till then the file itself is empty, and holds the name.
"""

from __future__ import annotations

from dataclasses import dataclass

from pyodide.ffi import JsException, JsProxy

from peerscript.bridge.files.failures import as_os_error
from peerscript.bridge.values import plain_object
from peerscript.protocol.transfer.manifest import numbered


@dataclass
class NewFile:
    """A file that nothing has been written to.

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
        self._directories: dict[str, JsProxy] = {"": root}
        self._begun: set[str] = set()  # paths that are looked at, or taken, by this page

    async def create(self, path: str) -> NewFile:
        """Make a file, and the folders that it is in. If there is one of that path, the new one is
        called "photo (2).jpg".
        """
        return await self.open(await self.free_path(path))

    async def free_path(self, path: str) -> str:
        """The path of a file that there is not yet, and that nobody else is given."""
        folder, _, name = path.rpartition("/")
        directory = await self._directory(folder)
        start = f"{folder}/" if folder else ""
        number, free = 1, name
        while (start + free).casefold() in self._begun or await self._is_taken(
            directory, start + free, free
        ):
            number += 1
            free = numbered(name, number)
        return start + free

    async def open(self, path: str) -> NewFile:
        """Make the file of a free path, or take one that is empty."""
        folder, _, name = path.rpartition("/")
        directory = await self._directory(folder)
        self._begun.add(path.casefold())
        handle = await directory.getFileHandle(name, plain_object({"create": True}))
        return NewFile(path, handle, directory, self._begun)

    async def find(self, path: str) -> JsProxy | None:
        """The browser's File of that path; None if there is none."""
        *folders, name = path.split("/")
        directory = self._directories[""]
        try:
            for each in folders:
                directory = await directory.getDirectoryHandle(each)
            file: JsProxy = await (await directory.getFileHandle(name)).getFile()
        except JsException as error:
            if error.name in ("NotFoundError", "TypeMismatchError"):
                return None
            raise
        return file

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


async def may_write(directory: JsProxy, *, ask: bool) -> bool:
    """Whether the page may write into a folder that was chosen before it was loaded.

    Raises:
        OSError: the folder is not there any more, or there was no press of a button to ask after.
    """
    mode = plain_object({"mode": "readwrite"})
    try:
        answer = await (directory.requestPermission if ask else directory.queryPermission)(mode)
        if str(answer) != "granted":
            return False
        await directory.keys().next()  # of one that is gone, too, the answer is "granted"
    except JsException as error:
        raise as_os_error(error, str(directory.name)) from error
    return True
