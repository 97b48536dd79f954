"""A file that is being written to the browser's private file system.

What is written is on disk when the stream that writes it is closed, and lost before that. So a file
is written in segments (protocol.transfer.segments), which are closed when they are full, when the
file ends or is suspended, and a few seconds after they were begun.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from itertools import pairwise

import js
from pyodide.ffi import JsException, JsProxy, to_js

from peerscript.aio.tasks import TaskOwner
from peerscript.bridge.files.failures import as_os_error, os_errors
from peerscript.bridge.files.folder import OfferFolder, StoredSegment, whole_file
from peerscript.bridge.files.output import Arrays, Output
from peerscript.bridge.files.room import free_space, full
from peerscript.ports.files import Sink
from peerscript.protocol.transfer.manifest import FileInfo
from peerscript.protocol.transfer.segments import SEGMENT_SIZE, Segment, Whole

logger = logging.getLogger("peerscript")

OPEN_FOR = 5.0  # seconds; what a browser loses that is killed


class OpenSegment(Output):
    """A segment that is being written."""

    def __init__(self, segment: Segment, handle: JsProxy, stream: JsProxy, arrays: Arrays) -> None:
        super().__init__(stream, arrays)
        self.segment = segment
        self._handle = handle

    @property
    def stored(self) -> StoredSegment:
        """What it is after `close`."""
        return StoredSegment(self.segment, self._handle, self.size)


class DiskSink(Sink):
    """A file on disk that is being written (ports.files.Sink).

    Args:
        stored: what is there of it.
        ended: called when nothing more is written.
    """

    def __init__(
        self,
        folder: OfferFolder,
        index: int,
        file: FileInfo,
        stored: list[StoredSegment],
        tasks: TaskOwner,
        ended: Callable[[], None],
    ) -> None:
        self._folder = folder
        self._index = index
        self._file = file
        self._stored = stored
        self._tasks = tasks
        self._ended = ended
        self._open: OpenSegment | None = None
        self._arrays = Arrays()
        self._problem: OSError | None = None  # why nothing can be written any more
        self._timer: asyncio.TimerHandle | None = None
        # The writer, the timer and `Store.kept` may all want to close a segment.
        self._busy = asyncio.Lock()
        self.kept = self._end

    async def read(self, offset: int, size: int) -> bytes:
        """See ports.files.Sink."""
        end = min(offset + size, self.kept)
        parts = []
        for stored in self._stored:
            first = stored.segment.offset
            if first < end and stored.end > offset:
                with os_errors():
                    file = await stored.file()
                    part = file.slice(max(offset - first, 0), end - first)
                    parts.append((await part.arrayBuffer()).to_bytes())
        return b"".join(parts)

    async def write(self, data: bytes) -> None:
        """See ports.files.Sink."""
        async with self._busy:
            self._check()
            try:
                await self._append(memoryview(data))
            except JsException as error:
                raise await self._fail(error) from error

    async def content(self) -> JsProxy:
        """One Blob of all that was written, which stays a part of a file in the store.

        Raises:
            OSError: something could not be written.
        """
        await self.flush()
        with os_errors():
            blob: JsProxy = js.Blob.new(to_js([await each.file() for each in self._stored]))
        return blob

    async def finish(self, sha256: str) -> JsProxy:
        """See ports.files.Sink. The file is one File of the browser's, made of its segments."""
        async with self._busy:
            self._check()
            try:
                await self._close_segment()
                await self._mark(sha256)
                file = await joined(self._stored, self._file.name)
            except JsException as error:
                raise await self._fail(error) from error
        self._end_with(OSError("the file is whole"))
        return file

    async def flush(self) -> None:
        """Have all that was written on disk. More can be written.

        Raises:
            OSError: something could not be written.
        """
        async with self._busy:
            self._check()
            try:
                await self._close_segment()
            except JsException as error:
                raise await self._fail(error) from error

    async def suspend(self) -> None:
        """See ports.files.Sink."""
        if self._problem is None:
            await self.flush()
            self._end_with(OSError("the file is closed"))

    async def discard(self) -> None:
        """See ports.files.Sink."""
        self._end_with(OSError("the file is removed"))
        async with self._busy:
            with os_errors():
                await self._abort()
                await self._folder.remove_all(self._index)

    async def abandon(self) -> None:
        """Stop writing: the whole offer is to be removed."""
        self._end_with(OSError("the file is removed"))
        async with self._busy:
            with os_errors():
                await self._abort()

    # With `_busy` held

    @property
    def _end(self) -> int:
        return self._stored[-1].end if self._stored else 0

    async def _append(self, data: memoryview) -> None:
        while data:
            segment = self._open or await self._open_segment()
            part = data[: SEGMENT_SIZE - segment.size]
            await segment.write(part)
            data = data[len(part) :]
            if segment.size == SEGMENT_SIZE:
                await self._close_segment()

    async def _open_segment(self) -> OpenSegment:
        segment = Segment(self._index, self._end)
        handle = await self._folder.create(segment)
        self._open = OpenSegment(segment, handle, await handle.createWritable(), self._arrays)
        self._timer = asyncio.get_running_loop().call_later(OPEN_FOR, self._on_timer)
        return self._open

    async def _close_segment(self) -> None:
        self._stop_timer()
        if segment := self._open:
            await segment.close()
            self._stored.append(segment.stored)
            self._open = None

    async def _mark(self, sha256: str) -> None:
        modified = round(self._file.modified * 1000)
        whole = Whole(self._end, sha256, modified, self._file.type)
        if self._stored:
            self._stored[-1] = await self._folder.mark(self._stored[-1], whole)
        else:
            # There is nothing to write that could be missing.
            segment = Segment(self._index, 0, whole)
            handle = await self._folder.create(segment)
            self._stored = [StoredSegment(segment, handle, 0)]

    async def _abort(self) -> None:
        self._stop_timer()
        if segment := self._open:
            self._open = None
            await segment.abort()

    async def _fail(self, error: JsException) -> OSError:
        """The error for the writer, who gets the same at each later call."""
        await self._abort()
        problem = as_os_error(error)
        if error.name == "QuotaExceededError":
            problem = full(self._file.size - self._end, await free_space())
        self._end_with(problem)
        return problem

    # Ending

    def _check(self) -> None:
        if self._problem:
            raise self._problem

    def _end_with(self, problem: OSError) -> None:
        self._stop_timer()
        if self._problem is None:
            self._problem = problem
            self._ended()

    def _stop_timer(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None

    def _on_timer(self) -> None:
        self._tasks.start(self._close_in_time(), f"closing a segment of {self._file.path!r}")

    async def _close_in_time(self) -> None:
        try:
            await self.flush()
        except OSError as error:  # the next call raises it
            logger.info("writing %r: %s", self._file.path, error)


async def joined(stored: list[StoredSegment], name: str) -> JsProxy:
    """One File that refers to all segments; nothing is copied."""
    assert all(one.end == two.segment.offset for one, two in pairwise(stored))
    whole = stored[-1].segment.whole
    assert whole is not None
    return whole_file([await each.file() for each in stored], name, whole)
