"""What a ZIP archive has besides the files' contents, which are stored as they are.

The contents may stand anywhere: an archive is each header, its file, and the directory at the end.
"""

from __future__ import annotations

import io
import time
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


class ZipFrame:
    """Makes it, one file after the other."""

    def __init__(self) -> None:
        self._infos: list[ZipInfo] = []
        self._offset = 0

    def header(self, entry: ZipEntry) -> bytes:
        """What stands before a file's contents."""
        info = _info(entry, self._offset)
        header = info.FileHeader()  # of a file over 2 GiB in the form Zip64
        self._infos.append(info)
        self._offset += len(header) + entry.size
        return header

    def end(self) -> bytes:
        """What stands after all."""
        end = _Continued(self._offset)
        with ZipFile(end, "w") as archive:
            archive.filelist.extend(self._infos)
        return end.getvalue()


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
