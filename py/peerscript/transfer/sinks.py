"""The files of an offer that are being written, and what a store has of them already."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence

from peerscript.aio.tasks import report
from peerscript.ports.files import Kept, SavedFile, Sink, Store
from peerscript.protocol.transfer.receiving import Part
from peerscript.protocol.transfer.transfer import FileStatus

BLOCK_SIZE = 1024 * 1024  # bytes per read; each read from the disk costs a turn of the loop


class Sinks:
    """The sinks of an offer, each opened when it is first needed.

    Args:
        key: of the offer.

    Attributes:
        whole: files of an earlier try, by their numbers.
    """

    def __init__(self, key: str, files: Sequence[FileStatus]) -> None:
        self._key = key
        self._files = files
        self._stores: dict[int, Store] = {}
        self._sinks: dict[int, Sink] = {}
        self._finishing: dict[int, Sink] = {}
        self.whole: dict[int, SavedFile] = {}

    def put_into(self, store: Store, indices: Sequence[int]) -> None:
        """Files are accepted, and opened later."""
        self._stores.update(dict.fromkeys(indices, store))

    def fitting(self, kept: Mapping[int, Kept], indices: Sequence[int]) -> dict[int, Kept]:
        """What is kept of these files and can be of use: neither more than a file has, nor a whole
        one of another size.
        """
        found = {index: kept[index] for index in indices if index in kept}
        return {index: each for index, each in found.items() if self._fits(index, each)}

    def _fits(self, index: int, kept: Kept) -> bool:
        size = self._files[index].info.size
        if kept.sha256:
            return kept.size == size and re.fullmatch("[0-9a-f]{64}", kept.sha256) is not None
        return 0 < kept.size <= size

    async def reuse(self, index: int, kept: Kept | None) -> Part | None:
        """Go on with what an earlier try has left of a file that is accepted; None if it begins
        anew, because that does not fit (None) or cannot be read.

        Raises:
            OSError: the store cannot be used now.
        """
        if kept is not None and kept.sha256:
            try:
                self.whole[index] = await self._stores[index].saved(self._key, index)
            except OSError:
                kept = None
            else:
                return Part(kept.size, sha256=kept.sha256)
        sink = await self.get(index)
        part = None if kept is None else await _read(sink, self._files[index].info.size)
        if part is None:
            await self.close(index, keep=False)
        return part

    async def get(self, index: int) -> Sink:
        """The sink of a file.

        Raises:
            OSError: the store says why it cannot be written.
        """
        if index not in self._sinks:
            info = self._files[index].info
            self._sinks[index] = await self._stores[index].open(self._key, index, info)
        return self._sinks[index]

    async def finish(self, index: int, sha256: str) -> SavedFile:
        """Close the sink of a file that is whole. Till `finished` or `close` it is none of `all`.

        Raises:
            OSError: it could not be stored.
        """
        if index in self.whole:
            return self.whole[index]
        sink = await self.get(index)
        self._finishing[index] = self._sinks.pop(index)
        return await sink.finish(sha256)

    def finished(self, index: int) -> None:
        """`finish` has made the file."""
        self._finishing.pop(index, None)

    async def close(self, index: int, *, keep: bool) -> None:
        """Close the sink of a file that is not whole, or not wanted any more."""
        sink = self._sinks.pop(index, None) or self._finishing.pop(index, None)
        if sink is None:
            return
        try:
            await (sink.suspend() if keep else sink.discard())
        except Exception as error:  # a store's own fault: the other files go on
            report(f"closing {self._files[index].info.path!r}", error)

    @property
    def ended(self) -> list[int]:
        """Open files of which nothing more will come."""
        return [index for index in self._sinks if self._files[index].ended]

    @property
    def all(self) -> list[int]:
        """All open files."""
        return list(self._sinks)

    async def forget(self, store: Store) -> None:
        """Delete what a store has of the offer, unless an earlier try has brought a file."""
        try:
            if not any(kept.sha256 for kept in (await store.kept(self._key)).values()):
                await store.forget(self._key)
        except Exception as error:  # a store's own fault
            report("deleting what is left of an offer", error)


async def _read(sink: Sink, limit: int) -> Part | None:
    """What a sink has kept, unless it cannot be read or is more than the file; the loop runs."""
    part = Part()
    if not 0 < sink.kept <= limit:
        return None
    if sink.digest is not None:
        return Part(sink.kept, digest=sink.digest.copy())
    try:
        while part.size < sink.kept:
            data = await sink.read(part.size, min(BLOCK_SIZE, sink.kept - part.size))
            if not data:
                return None
            part.add(data)
            await asyncio.sleep(0)  # a store in memory does not wait
    except OSError:
        return None
    return part
