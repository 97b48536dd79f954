"""A stream into a file on disk, which the next bytes do not wait for."""

from __future__ import annotations

import js
from pyodide.ffi import JsException, JsProxy

from peerscript.aio.lifecycle import Announcer

UNFINISHED = 4 * 1024 * 1024  # bytes that the browser may have and not have written


class Arrays:
    """Arrays of JavaScript's that bytes are copied into, and that are used again: filling one costs
    a twentieth of creating it.
    """

    def __init__(self) -> None:
        self._free: list[JsProxy] = []

    def take(self, size: int) -> JsProxy:
        """One that has room for so many bytes, and is free."""
        for array in self._free:
            if array.length >= size:
                self._free.remove(array)
                return array
        made: JsProxy = js.Uint8Array.new(size)
        return made

    def release(self, array: JsProxy) -> None:
        """Its bytes are not read any more."""
        self._free.append(array)


class Output:
    """A file that is being written.

    Args:
        stream: its FileSystemWritableFileStream.

    Attributes:
        size: bytes that it was given.
    """

    def __init__(self, stream: JsProxy, arrays: Arrays) -> None:
        self._arrays = arrays
        self.size = 0
        self._stream = stream
        self._unfinished = 0
        self._error: JsException | None = None
        self._written = Announcer()

    async def write(self, data: bytes | memoryview) -> None:
        """Append bytes.

        Raises:
            JsException: those, or some before, could not be written.
        """
        size = len(data)
        self.size += size
        self._unfinished += size

        # One copy: the stream would read a view of Python's memory later, when that may have moved.
        array = self._arrays.take(size)
        part = array.subarray(0, size)
        part.assign(data)

        def ended(error: JsException | None = None) -> None:
            self._arrays.release(array)
            self._unfinished -= size
            self._error = self._error or error
            self._written.announce()

        self._stream.write(part).then(lambda _: ended(), ended)
        while self._unfinished > UNFINISHED and not self._error:
            await self._written.change()
        self._check()

    async def close(self) -> None:
        """Commit it to the disk.

        Raises:
            JsException: something could not be written.
        """
        try:
            await self._stream.close()  # after all writes; it fails if one of them did
        except JsException:
            self._check()  # of one that failed before, `close` does not tell the reason
            raise
        self._check()

    async def abort(self) -> None:
        """Drop it. Who waits for a write or for `close` gets the reason; without one they would
        get `undefined`, which is no exception that Python can raise.
        """
        await self._stream.abort(js.Error.new("the file is removed"))

    def _check(self) -> None:
        if self._error:
            raise self._error
