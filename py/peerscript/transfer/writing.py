"""What arrives for an offer, written and closed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from peerscript.aio.lifecycle import Announcer
from peerscript.aio.tasks import report
from peerscript.aio.turns import Turns
from peerscript.ports.files import SavedFile
from peerscript.protocol.transfer.manifest import FileInfo
from peerscript.protocol.transfer.messages import PIECE, Done, FileData
from peerscript.protocol.transfer.receiving import ReceivingOffer
from peerscript.protocol.transfer.transfer import FileState
from peerscript.transfer.sinks import Sinks

BLOCK_SIZE = 4 * PIECE  # bytes per write; each write to the disk costs a turn of the loop
CLOSING = 64  # files, at most, that are closed while the next ones are written


@dataclass(frozen=True)
class ReceivedFile:
    """A file that has arrived whole.

    Attributes:
        info: its name, size and so on.
        sha256: of its contents, hex; the sender's is the same.
        file: what the store has made of it.
    """

    info: FileInfo
    sha256: str
    file: SavedFile


class Writer:
    """Writes the files of an offer one after the other. A file is closed and confirmed while the
    next ones are written: closing takes the disk far longer than writing a small file.

    Args:
        publish: says what the machine has to say, and calls `note`.

    Attributes:
        received: the files that have arrived, by their numbers.
    """

    def __init__(self, machine: ReceivingOffer, sinks: Sinks, publish: Callable[[], None]) -> None:
        self.received: dict[int, ReceivedFile] = {}
        self._machine = machine
        self._sinks = sinks
        self._publish = publish
        self._block: list[bytes] = []  # what is written next, of the file `_current`
        self._block_size = 0
        self._current = 0
        self._arrivals = Announcer()
        self._may_close = asyncio.Semaphore(CLOSING)
        self._finishing: dict[int, asyncio.Task[Any]] = {}  # whole files that stores are making

    def note(self) -> None:
        """Something has arrived, or has ended."""
        self._arrivals.announce()
        # A store may take minutes for a large file: nobody waits for one that was cancelled.
        for index, task in tuple(self._finishing.items()):
            if self._machine.files[index].ended and index not in self._machine.interrupted:
                del self._finishing[index]
                task.cancel()

    async def write_all(self) -> None:
        """Write what arrives, until every file has ended."""
        turns = Turns()
        async with asyncio.TaskGroup() as closing:
            while not self._machine.settled:
                message = self._machine.next()
                if message is None:
                    await self._arrivals.change()
                else:
                    await self._store(message, closing)
                    await self.close_ended()
                    await turns.give()  # writing a small file waits for nothing

    async def close_ended(self) -> None:
        """Close the files of which nothing more will come."""
        for index in self._sinks.ended:
            await self._sinks.close(index, keep=index in self._machine.interrupted)

    async def _store(self, message: FileData, closing: asyncio.TaskGroup) -> None:
        if self._current != message.file:  # the other one was paused in the middle, or has ended
            await self._or_fail(self._current, self._write())
            self._current = message.file
        if isinstance(message, Done):
            await self._or_fail(message.file, self._write())
            if self._machine.check(message):
                await self._may_close.acquire()
                closing.create_task(self._close(message.file))
            self._publish()
            return
        self._block.append(message.data)
        self._block_size += len(message.data)
        file = self._machine.files[message.file]
        if self._block_size >= BLOCK_SIZE or file.moved + self._block_size == file.info.size:
            await self._or_fail(message.file, self._write())

    async def _or_fail(self, index: int, work: Awaitable[None]) -> None:
        try:
            await work
        except OSError as error:
            reason = f"The file could not be kept: {error}"
            self._machine.cancel([index], reason, failed=True)
        except Exception as error:  # a store's own fault: the other files go on
            self._machine.cancel([index], "The file could not be kept.", failed=True)
            report(f"writing {self._machine.files[index].info.path!r}", error)
        else:
            return
        self._publish()

    async def _write(self) -> None:
        index, parts = self._current, self._block
        self._block, self._block_size = [], 0
        if not parts or self._machine.files[index].ended:
            return
        data = b"".join(parts)
        self._machine.digest(index, data)
        sink = await self._sinks.get(index)
        await sink.write(data)
        self._machine.written(index, len(data))
        self._publish()

    async def _close(self, index: int) -> None:
        """Close a file that is whole; drop it if it has ended otherwise by then."""
        file = self._machine.files[index]
        try:
            await self._or_fail(index, self._finish(index))
        finally:
            if file.state is not FileState.DONE:
                keep = not file.ended or index in self._machine.interrupted
                await self._sinks.close(index, keep=keep)
            self._may_close.release()

    async def _finish(self, index: int) -> None:
        file = self._machine.files[index]
        task = asyncio.current_task()
        assert task is not None
        self._finishing[index] = task
        try:
            saved = await self._sinks.finish(index, file.sha256)
        finally:
            self._finishing.pop(index, None)
        if not file.ended:
            self.received[index] = ReceivedFile(file.info, file.sha256, saved)
            self._machine.finish(index)
        if file.state is FileState.DONE or index in self._machine.interrupted:
            self._sinks.finished(index)
        self._publish()
