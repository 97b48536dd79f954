"""What a ZIP archive has besides the files' contents, which are stored as they are.

The contents may stand anywhere: an archive is each header, its file, and the directory at the end.
"""

from __future__ import annotations

import io
import time
from collections.abc import Sequence
from dataclasses import dataclass
from zipfile import ZipFile, ZipInfo

EARLIEST = (1980, 1, 1, 0, 0, 0)  # the first and the last moment that an archive can say
LATEST = (2107, 12, 31, 23, 59, 58)
READABLE = 0o100644 << 16  # a plain file that its owner may write


@dataclass(frozen=True, slots=True)
class ZipEntry:
    """A file in an archive.

    Attributes:
        path: with its folders.
        size: bytes.
        crc32: of its contents.
        modified: seconds since 1970; 0.0 if not known.
    """

    path: str
    size: int
    crc32: int
    modified: float = 0.0


def zip_frame(entries: Sequence[ZipEntry]) -> tuple[list[bytes], bytes]:
    """Return what stands before each file's contents, and what stands after all."""
    headers: list[bytes] = []
    infos: list[ZipInfo] = []
    offset = 0
    for entry in entries:
        info = _info(entry, offset)
        header = info.FileHeader()  # of a file over 2 GiB in the form Zip64
        headers.append(header)
        infos.append(info)
        offset += len(header) + entry.size
    end = _Continued(offset)
    with ZipFile(end, "w") as archive:
        archive.filelist.extend(infos)
    return headers, end.getvalue()


def _info(entry: ZipEntry, offset: int) -> ZipInfo:
    info = ZipInfo(entry.path, _moment(entry.modified))
    info.file_size = info.compress_size = entry.size
    info.CRC = entry.crc32
    info.header_offset = offset
    info.external_attr = READABLE
    return info


def _moment(modified: float) -> tuple[int, int, int, int, int, int]:
    try:
        year, month, day, hour, minute, second = time.localtime(modified)[:6]
    except (ValueError, OverflowError, OSError):  # beyond what a calendar has
        return LATEST
    moment = (year, month, day, hour, minute, second)
    return min(max(moment, EARLIEST), LATEST) if modified else EARLIEST


class _Continued(io.BytesIO):
    """The end of an output of which so many bytes have been written elsewhere."""

    def __init__(self, start: int) -> None:
        super().__init__()
        self._start = start

    def tell(self) -> int:
        return self._start + super().tell()

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._start + super().seek(offset - self._start, whence)
