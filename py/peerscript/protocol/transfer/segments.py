"""The names of the segments that a store keeps a file in: what they say of it.

A file is kept in several, each closed and on disk before the next begins, so that a browser that is
killed loses the last one at most. The last one of a whole file says that it is whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote, unquote

SEGMENT_SIZE = 16 * 1024 * 1024  # bytes
NAME = re.compile(
    r"(\d{1,16})\.(\d{1,16})(?:\.(\d{1,16})\.([0-9a-f]{64})\.(\d{1,16})\.([^/\\]*))?", re.ASCII
)
MAX_TYPE = 100  # characters, as they stand in a name; file systems end at 255


@dataclass(frozen=True, slots=True, order=True)
class Whole:
    """What the last segment of a whole file says.

    Attributes:
        size: bytes of the file.
        sha256: of its contents, hex.
        modified: ms since 1970.
        type: the MIME type; "" if not known.
    """

    size: int
    sha256: str
    modified: int = 0
    type: str = ""


@dataclass(frozen=True, slots=True)
class Segment:
    """Some of a file.

    Attributes:
        index: the file's number in its offer.
        offset: of the first byte.
        whole: None if the file is not whole, or this is not its last segment.
    """

    index: int
    offset: int
    whole: Whole | None = None

    @property
    def name(self) -> str:
        """What it is called on disk: `7.16777216`, or of a whole file's last one
        `7.16777216.20000000.<sha256>.<modified>.image%2Fpng`.
        """
        start = f"{self.index}.{self.offset}"
        if self.whole is None:
            return start
        kind = quote(self.whole.type, safe="")
        # A type without its end would be another one.
        kind = kind if len(kind) <= MAX_TYPE else ""
        return f"{start}.{self.whole.size}.{self.whole.sha256}.{self.whole.modified}.{kind}"


def read_name(name: str) -> Segment | None:
    """The segment of that name; None if no segment has it."""
    found = NAME.fullmatch(name)
    if not found:
        return None
    index, offset, size, sha256, modified, kind = found.groups()
    if size is None:
        return Segment(int(index), int(offset))
    whole = Whole(int(size), sha256, int(modified), unquote(kind))
    return Segment(int(index), int(offset), whole)


def by_file(names: Iterable[str]) -> dict[int, list[Segment]]:
    """The segments of each file, in order; names of other things are skipped."""
    files: dict[int, list[Segment]] = {}
    for segment in filter(None, map(read_name, names)):
        files.setdefault(segment.index, []).append(segment)
    for segments in files.values():
        segments.sort(key=lambda segment: segment.offset)
    return files


def in_one_piece(segments: Sequence[Segment]) -> list[Segment]:
    """Those up to the first gap that the offsets show."""
    found: list[Segment] = []
    end = 0
    for segment in segments:
        if segment.offset > end or (not found and segment.offset):
            break
        found.append(segment)
        end = segment.offset + SEGMENT_SIZE
    return found
