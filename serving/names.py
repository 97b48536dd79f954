"""Names that change with what they name, so that whoever keeps a file need not ask for it again.

It is the folder that has the hash: the files in it refer to each other by names that stay.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

_HASHED = re.compile(r"-[0-9a-f]{16}/[^/]")
_NAME = re.compile(r"(?P<before>.+)-[0-9a-f]{16}")

Names = Mapping[str, str]  # by the folder's name before, both from the page on


def lasts(path: str) -> bool:
    """Whether what is under this path never changes."""
    return _HASHED.search(path) is not None


def rename(root: Path, folders: Iterable[str]) -> Names:
    """Give each folder a name with the hash of what is in it; return the names."""
    return {folder: _renamed(root, root / folder) for folder in folders}


def given(root: Path) -> Names:
    """The names that `rename` has given to folders below this one."""
    found = (path.relative_to(root).as_posix() for path in root.rglob("*-*") if path.is_dir())
    return {match["before"]: match[0] for each in found if (match := _NAME.fullmatch(each))}


def _renamed(root: Path, folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(folder).as_posix()}\0{len(content)}\0".encode() + content)
    renamed = folder.rename(f"{folder}-{digest.hexdigest()[:16]}")
    return renamed.relative_to(root).as_posix()


def put_in(text: str, names: Names) -> str:
    """A text that refers to files in these folders, with their names now."""
    for before, now in names.items():
        text = text.replace(f"{before}/", f"{now}/")
    return text
