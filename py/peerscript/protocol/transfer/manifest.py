"""The files of an offer: packed for the way, and made safe where they arrive."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from peerscript.errors import UnreadableMessage
from peerscript.protocol.text.display import display_line
from peerscript.protocol.text.filenames import file_name
from peerscript.protocol.transfer.messages import (
    LISTED,
    MAX_FILES,
    MAX_FOLDER,
    MAX_NAME,
    MAX_TYPE,
    Listing,
    Offered,
)
from peerscript.protocol.values import pythonpack
from peerscript.protocol.vocabulary import MAX_NUMBER, Malformed

MAX_DEPTH = 32  # folders within each other


@dataclass(frozen=True, slots=True)
class FileInfo:
    """A file that is offered.

    Attributes:
        name: without folders.
        size: bytes.
        type: the MIME type; "" if not known.
        folder: "photos/2026"; "" for none.
        modified: seconds since 1970; 0.0 if not known.
    """

    name: str
    size: int
    type: str = ""
    folder: str = ""
    modified: float = 0.0

    @property
    def path(self) -> str:
        """The name with its folders."""
        return f"{self.folder}/{self.name}" if self.folder else self.name


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an offer has.

    Attributes:
        name: of the offer.
        key: 32 hex digits; the same when the files are offered again.
        again: whether that may be so.
    """

    name: str
    files: tuple[FileInfo, ...]
    key: str
    again: bool = False

    @property
    def size(self) -> int:
        """Bytes in all."""
        return sum(file.size for file in self.files)


def check_manifest(manifest: Manifest) -> None:
    """Check that it can be offered.

    Raises:
        ValueError: it has no file, too many, or a size that no file has; or its key is none.
    """
    files = manifest.files
    if not is_key(manifest.key):
        raise ValueError(f"the key of an offer is 32 hex digits, not {manifest.key!r}")
    if not 0 < len(files) <= MAX_FILES:
        raise ValueError(f"{len(files)} files in one offer; from 1 to {MAX_FILES}")
    if any(file.size < 0 for file in files) or manifest.size > MAX_NUMBER:
        raise ValueError("a size that no file has")


def listed(id: int, manifest: Manifest) -> Iterator[Offered | Listing]:
    """Yield the messages of an offer that was checked."""
    files, name = manifest.files, _valid(manifest.name, MAX_NAME)
    yield Offered(id, len(files), manifest.size, name, manifest.key, manifest.again)
    for first in range(0, len(files), LISTED):
        entries = [_entry(file) for file in files[first : first + LISTED]]
        yield Listing(id, pythonpack.pack(entries))


def _entry(file: FileInfo) -> list[object]:
    return [
        _valid(file.name, MAX_NAME),
        file.size,
        _valid(file.type, MAX_TYPE),
        _valid(file.folder, MAX_FOLDER),
        max(round(file.modified * 1000), 0),
    ]


def _valid(words: str, limit: int) -> str:
    """A text without what UTF-8 cannot carry: a file system's names may have it."""
    return words[:limit].encode(errors="replace").decode()


class Unlisted:
    """An offer whose files are still being listed.

    Attributes:
        offer: how it began.
    """

    def __init__(self, offer: Offered) -> None:
        if not 0 < offer.files <= MAX_FILES:
            raise Malformed(f"an offer of {offer.files} files")
        if not is_key(offer.key):
            raise Malformed(f"an offer with the key {offer.key!r}")
        self.offer = offer
        self._files: list[FileInfo] = []

    def add(self, listing: Listing) -> Manifest | None:
        """Add some files; return the manifest when it is complete.

        Raises:
            Malformed: they are not as announced.
        """
        listed = _read(listing.entries, self.offer.files - len(self._files))
        self._files += map(cleaned, listed)  # not of thousands at once: the page would stand still
        if len(self._files) < self.offer.files:
            return None
        name, files = offer_name(self.offer.name), tuple(distinct(self._files))
        manifest = Manifest(name, files, self.offer.key, self.offer.again)
        if manifest.size != self.offer.size:
            raise Malformed(f"an offer of {manifest.size} bytes that announced {self.offer.size}")
        return manifest


def is_key(key: str) -> bool:
    """Whether that is an offer's key: a store may name a folder so."""
    return re.fullmatch("[0-9a-f]{32}", key) is not None


def offer_name(name: str) -> str:
    """An offer's name, as it may be shown and saved; "" if it has none."""
    return file_name(name, "")


def _read(entries: bytes, missing: int) -> list[FileInfo]:
    try:
        found = pythonpack.unpack_one(entries)
    except UnreadableMessage as error:
        raise Malformed(f"a list of files: {error}") from error
    if not isinstance(found, list) or len(found) != min(LISTED, missing):
        raise Malformed(f"a list of other than {min(LISTED, missing)} files")
    return [_info(entry) for entry in found]


def _info(entry: object) -> FileInfo:
    match entry:
        case [str(name), int(size), str(type), str(folder), int(modified)] if (
            len(name) <= MAX_NAME
            and len(type) <= MAX_TYPE
            and len(folder) <= MAX_FOLDER
            and 0 <= size <= MAX_NUMBER
            and 0 <= modified <= MAX_NUMBER
        ):
            return FileInfo(name, size, type, folder, modified / 1000)
    raise Malformed(f"a file: {str(entry)[:80]}")


def safe(files: Sequence[FileInfo]) -> Iterator[FileInfo]:
    """Yield the files with paths that are safe to save under, each another one."""
    return distinct([cleaned(file) for file in files])


def cleaned(file: FileInfo) -> FileInfo:
    """The file with a path that has no parts that lead elsewhere."""
    return replace(
        file,
        name=file_name(file.name),
        folder="/".join(_folders(file.folder)),
        type=display_line(file.type, MAX_TYPE),
    )


def distinct(files: Sequence[FileInfo]) -> Iterator[FileInfo]:
    """Yield cleaned files, each with a path that is different from all others, on systems that
    ignore case, too.
    """
    taken = set(_all_folders(files))
    numbers: dict[str, int] = {}  # the last one tried, so that equal names take no time
    for file in files:
        key = file.path.casefold()
        free, place = file, key
        while place in taken:
            numbers[key] = numbers.get(key, 1) + 1
            free = replace(file, name=numbered(file.name, numbers[key]))
            place = free.path.casefold()
        taken.add(place)
        yield free


def _folders(path: str) -> Iterator[str]:
    parts = [part for part in re.split(r"[/\\]", path) if part not in ("", ".", "..")]
    for part in parts[:MAX_DEPTH]:
        yield file_name(part, "folder")


def _all_folders(files: Iterable[FileInfo]) -> Iterator[str]:
    for folder in {file.folder.casefold() for file in files} - {""}:
        parts = folder.split("/")
        for depth in range(len(parts)):
            yield "/".join(parts[: depth + 1])


def numbered(name: str, number: int) -> str:
    """Another name for a file whose name is taken: "photo (2).jpg"."""
    stem, dot, ending = name.rpartition(".")
    return f"{stem} ({number}){dot}{ending}" if stem else f"{name} ({number})"
