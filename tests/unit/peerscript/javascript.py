"""What stands for JavaScript's objects in CPython: behind the port, in the bridge's place."""

from __future__ import annotations

import asyncio

from peerscript.ports.foreign import Blob, Buffer, Foreign, Null, Other


class JsObject:
    """An object of JavaScript, as `foreign` tells of it."""

    def __init__(self, foreign: Foreign) -> None:
        self.foreign = foreign


class File(JsObject):
    """A file of these bytes, which are read once `readable` is set.

    Attributes:
        error: what reading it raises, if anything.
    """

    def __init__(self, content: bytes, size: int | None = None) -> None:
        self.content = content
        self.readable = asyncio.Event()
        self.readable.set()
        self.error: OSError | None = None
        super().__init__(
            Blob("a JavaScript File", len(content) if size is None else size, self._read)
        )

    async def _read(self) -> bytes:
        await self.readable.wait()
        if self.error is not None:
            raise self.error
        return self.content


def array(content: bytes) -> JsObject:
    return JsObject(Buffer("a JavaScript Uint8Array", lambda: content))


def detached() -> JsObject:
    def copy() -> bytes:
        raise OSError("TypeError: detached")

    return JsObject(Buffer("a JavaScript ArrayBuffer", copy))


null = JsObject(Null())
a_map = JsObject(Other("a JavaScript Map", "call .to_py() first"))


def foreign(value: object) -> Foreign | None:
    return value.foreign if isinstance(value, JsObject) else None
