"""Many small files in one file of a store: a list of what they are, and then their contents.

A file of its own takes a browser's disk several round trips, however small it is. The length of
the list stands in the name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass

from peerscript.protocol.transfer.segments import Whole

SMALL = 64 * 1024  # bytes; larger files are kept in segments of their own
NAME = re.compile(r"pack\.(\d{1,16})\.(\d{1,9})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Pack:
    """A file with small files in it.

    Attributes:
        number: of two that have the same file the later one is right.
        head: bytes of the list.
    """

    number: int
    head: int

    @property
    def name(self) -> str:
        """What it is called on disk: `pack.3.7012`."""
        return f"pack.{self.number}.{self.head}"


@dataclass(frozen=True, slots=True)
class Packed:
    """A small file.

    Attributes:
        index: the file's number in its offer.
        offset: of its first byte in the pack.
    """

    index: int
    offset: int
    whole: Whole


def pack_head(files: Sequence[tuple[int, Whole]]) -> bytes:
    """The list that stands before the contents of these files."""
    return json.dumps([[index, *astuple(whole)] for index, whole in files]).encode()


def packed_files(files: Iterable[tuple[int, Whole]], head: int) -> list[Packed]:
    """Where each of them is in a pack."""
    found: list[Packed] = []
    offset = head
    for index, whole in files:
        found.append(Packed(index, offset, whole))
        offset += whole.size
    return found


def read_pack(head: bytes, size: int) -> list[Packed]:
    """The files of a pack of that size; none if it was not written to its end."""
    try:
        files = [(int(index), Whole(*whole)) for index, *whole in json.loads(head)]
        found = packed_files(files, len(head))
        end = found[-1].offset + found[-1].whole.size
    except (ValueError, TypeError, LookupError):
        return []
    return found if end == size else []


def packs(names: Iterable[str]) -> list[Pack]:
    """The packs among these names, in order."""
    matches = filter(None, map(NAME.fullmatch, names))
    found = [Pack(int(each[1]), int(each[2])) for each in matches]
    return sorted(found, key=lambda pack: pack.number)
