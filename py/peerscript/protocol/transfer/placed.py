"""What a store notes of the files that it has put into a person's own folder.

A note is made before the file is. So where the browser is killed meanwhile, the file is not whole,
and known for one of ours.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass

NAME = re.compile(r"placed\.(\d{1,9})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Placed:
    """A file in the folder.

    Attributes:
        path: where it is.
        size: bytes it has when it is whole.
        sha256: of its contents then, hex.
    """

    path: str
    size: int
    sha256: str


def note_name(number: int) -> str:
    """What a list of notes is called on disk."""
    return f"placed.{number}"


def note_numbers(names: Iterable[str]) -> list[int]:
    """The numbers of the lists among these names, in order."""
    return sorted(int(found[1]) for found in map(NAME.fullmatch, names) if found)


def write_notes(files: Iterable[tuple[int, Placed]]) -> bytes:
    """A list of notes, of files by their numbers."""
    return json.dumps(
        [[index, each.path, each.size, each.sha256] for index, each in files]
    ).encode()


def read_notes(data: bytes) -> dict[int, Placed]:
    """The notes of a list; none if it was not written to its end."""
    try:
        return {
            int(index): Placed(str(path), int(size), str(sha256))
            for index, path, size, sha256 in json.loads(data)
        }
    except (ValueError, TypeError):
        return {}
