"""Archives that Python's own zipfile reads."""

from __future__ import annotations

import io
import time
import zlib
from zipfile import ZIP_STORED, ZipFile

import pytest

from peerscript.protocol.transfer.ziparchive import EARLIEST, LATEST, ZipEntry, ZipFrame

GIB = 1024**3


class Sparse(io.RawIOBase):
    """A file of any size, of which only some parts are there; all else is zeros."""

    def __init__(self, parts: list[tuple[int, bytes]], size: int) -> None:
        self._parts, self._size, self._at = parts, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        return self._at

    def read(self, size: int = -1) -> bytes:
        end = self._size if size < 0 else min(self._at + size, self._size)
        found = bytearray(end - self._at)
        for start, part in self._parts:
            first, last = max(start, self._at), min(start + len(part), end)
            if first < last:
                found[first - self._at : last - self._at] = part[first - start : last - start]
        self._at = end
        return bytes(found)


def framed(entries: list[ZipEntry]) -> tuple[list[bytes], bytes]:
    frame = ZipFrame()
    return [frame.header(entry) for entry in entries], frame.end()


def archive(files: dict[str, bytes], modified: float = 0.0) -> ZipFile:
    entries = [
        ZipEntry(path, len(content), zlib.crc32(content), modified)
        for path, content in files.items()
    ]
    headers, end = framed(entries)
    pairs = zip(headers, files.values(), strict=True)
    return ZipFile(io.BytesIO(b"".join(part for pair in pairs for part in pair) + end))


def test_contents_and_names() -> None:
    files = {"a.txt": b"one", "photos/2026/Grüße 😀.jpg": b"two" * 1000, "empty": b""}
    with archive(files) as read:
        assert read.testzip() is None
        assert {info.filename: read.read(info) for info in read.infolist()} == files
        assert {info.compress_type for info in read.infolist()} == {ZIP_STORED}


def test_no_file() -> None:
    with archive({}) as read:
        assert read.namelist() == []


@pytest.mark.parametrize(
    ("modified", "moment"),
    [
        (time.mktime((2026, 11, 28, 16, 30, 8, 0, 0, -1)), (2026, 11, 28, 16, 30, 8)),
        (0.0, EARLIEST),
        (1.0, EARLIEST),
        (1e11, LATEST),
        (1e300, LATEST),
    ],
)
def test_dates(modified: float, moment: tuple[int, ...]) -> None:
    with archive({"a": b""}, modified) as read:
        assert read.infolist()[0].date_time == moment


def test_more_than_4_gib() -> None:
    """Of the big file only zeros are there; the last one begins beyond 32 bits."""
    big, last = ZipEntry("big", 5 * GIB, 0), ZipEntry("last", 4, zlib.crc32(b"last"))
    headers, end = framed([ZipEntry("first", 1, zlib.crc32(b"1")), big, last])
    parts, at = [], 0
    for header, content, size in zip(headers, (b"1", b"", b"last"), (1, 5 * GIB, 4), strict=True):
        parts += [(at, header), (at + len(header), content)]
        at += len(header) + size
    parts.append((at, end))
    with ZipFile(Sparse(parts, at + len(end))) as read:
        assert [info.file_size for info in read.infolist()] == [1, 5 * GIB, 4]
        assert read.getinfo("last").header_offset > 5 * GIB
        assert (read.read("first"), read.read("last")) == (b"1", b"last")
        with read.open("big") as opened:
            assert opened.read(10) == bytes(10)
