"""Small files in the browser's private file system, many in one file (protocol.transfer.packs)."""

from __future__ import annotations

from pyodide.ffi import JsException, JsProxy, to_js

from peerscript.aio.batches import Batches
from peerscript.bridge.files.failures import as_os_error
from peerscript.bridge.files.folder import OfferFolder
from peerscript.bridge.files.room import free_space, full
from peerscript.ports.files import Sink
from peerscript.protocol.transfer.manifest import FileInfo
from peerscript.protocol.transfer.packs import pack_head, packed_files
from peerscript.protocol.transfer.segments import Whole


class Packer:
    """Writes the small files of an offer."""

    def __init__(self, folder: OfferFolder) -> None:
        self._folder = folder
        self._batches = Batches(self._write)

    async def add(self, index: int, whole: Whole, content: bytes) -> None:
        """Write a file; it is on disk then.

        Raises:
            OSError: it could not be written.
        """
        await self._batches.add((index, whole, content))

    async def _write(self, batch: list[tuple[int, Whole, bytes]]) -> None:
        files = [(index, whole) for index, whole, _ in batch]
        head = pack_head(files)
        content = head + b"".join(each for _, _, each in batch)
        try:
            pack, handle = await self._folder.create_pack(len(head))
            stream = await handle.createWritable()
            try:
                await stream.write(to_js(content))
                await stream.close()
            except BaseException:
                await self._folder.remove_pack(pack)
                raise
            file = await handle.getFile()
        except JsException as error:
            if error.name == "QuotaExceededError":
                raise full(len(content), await free_space()) from error
            raise as_os_error(error) from error
        self._folder.add_packed(file, packed_files(files, len(head)))


class PackedSink(Sink):
    """A small file, which is in memory until it is whole (ports.files.Sink)."""

    def __init__(self, packer: Packer, folder: OfferFolder, index: int, file: FileInfo) -> None:
        self._packer = packer
        self._folder = folder
        self._index = index
        self._file = file
        self._content = bytearray()

    async def write(self, data: bytes) -> None:
        """See ports.files.Sink."""
        if len(self._content) + len(data) > self._file.size:
            raise ValueError(f"{self._file.path!r} is longer than was said when it was opened")
        self._content += data

    async def finish(self, sha256: str) -> JsProxy:
        """See ports.files.Sink."""
        modified = round(self._file.modified * 1000)
        whole = Whole(len(self._content), sha256, modified, self._file.type)
        await self._packer.add(self._index, whole, bytes(self._content))
        return self._folder.packed_file(self._index, self._file.name)

    async def discard(self) -> None:
        """See ports.files.Sink. What is in a pack stays there until the offer is forgotten."""
        self._content.clear()
        self._folder.packed.pop(self._index, None)
