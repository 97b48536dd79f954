"""The side of an offer that receives the files."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from peerscript.protocol.transfer.manifest import Manifest
from peerscript.protocol.transfer.messages import (
    WINDOW,
    Accept,
    Decline,
    Done,
    FileData,
    Have,
    Piece,
    Received,
    Written,
)
from peerscript.protocol.transfer.transfer import DIFFERENT, FileState, Transfer, ranges
from peerscript.protocol.vocabulary import Malformed

_COST = 1024  # bytes of memory that a message may take besides its data; two are in FILE_COST
_MISFIT = "The sender's bytes do not fit the file."
_HASTE = "The sender does not wait for this page."


@dataclass
class Part:
    """What is here of a file from an earlier try.

    Attributes:
        size: bytes, from its beginning.
        sha256: of a whole file, hex; "" for a part, whose bytes go through `add`.
        digest: a hash object that was fed with them.
    """

    size: int = 0
    sha256: str = ""
    digest: Any = field(default_factory=hashlib.sha256)

    def add(self, data: bytes) -> None:
        """These are the next bytes."""
        self.digest.update(data)
        self.size += len(data)


class ReceivingOffer(Transfer):
    """Checks what arrives, and says what is to be written."""

    def __init__(self, id: int, manifest: Manifest, changed: Callable[[int], None]) -> None:
        super().__init__(id, manifest, own=False, changed=changed)
        self._arrived: dict[int, int] = {}  # bytes of each file that has begun
        self._announced: set[int] = set()  # files of which Done has arrived
        self._digests: dict[int, Any] = {}
        self._whole: dict[int, str] = {}  # the checksums of files that an earlier try has brought
        self._waiting: deque[FileData] = deque()
        self._waiting_size = 0

    # What the person decides

    def have(self, index: int, part: Part) -> None:
        """Of a file that is accepted next, some or all is here from an earlier try."""
        whole = bool(part.sha256)
        if whole:
            self._whole[index] = part.sha256
        else:
            self._digests[index] = part.digest
        sha256 = part.sha256 or part.digest.hexdigest()
        self.outgoing.append(Have(self.id, index, part.size, whole, sha256))
        self._arrived[index] = part.size
        self._advance(index, part.size)

    def accept(self, indices: Iterable[int]) -> None:
        """Take these files, of those that are not answered."""
        found = self._open(indices)
        for first, end in ranges(found):
            self.outgoing.append(Accept(self.id, first, end))
        for index in found:
            self._go_on(index)

    def decline(self, indices: Iterable[int]) -> None:
        """Decline these files, of those that are not answered."""
        found = self._open(indices)
        for first, end in ranges(found):
            self.outgoing.append(Decline(self.id, first, end))
        for index in found:
            self._move(index, FileState.DECLINED)

    def _open(self, indices: Iterable[int]) -> list[int]:
        """Those that are not answered, each once."""
        offered = FileState.OFFERED
        return [each for each in dict.fromkeys(indices) if self.files[each].state is offered]

    # What arrives

    def on_data(self, message: FileData) -> None:
        """Some of a file has arrived, or its end. What does not fit ends the file.

        Raises:
            Malformed: the file was not accepted.
        """
        file = self._file(message.file)
        if file.ended:
            return  # sent before the sender knew
        if file.state is FileState.OFFERED:
            raise Malformed(f"file {message.file} is sent and was not accepted")
        if message.file in self._announced or not self._fits(message):
            self.cancel([message.file], _MISFIT, failed=True)
            return
        self._waiting_size += _cost(message)
        if self._waiting_size > 2 * WINDOW:
            self.cancel(range(len(self.files)), _HASTE, failed=True)
            return
        self._waiting.append(message)

    def _fits(self, message: FileData) -> bool:
        arrived = self._arrived.get(message.file, 0)
        size = self.files[message.file].info.size
        if isinstance(message, Done):
            self._announced.add(message.file)
            return True  # `check` compares the sizes
        end = message.offset + len(message.data)
        self._arrived[message.file] = end
        return message.offset == arrived and bool(message.data) and end <= size

    # What to do next

    def next(self) -> FileData | None:
        """Take what has arrived and is to be written, or checked, next."""
        while self._waiting:
            message = self._waiting.popleft()
            self._waiting_size -= _cost(message)
            if not self.files[message.file].ended:
                return message
        return None

    def digest(self, index: int, data: bytes) -> None:
        """Count bytes of a file that are about to be written."""
        self._digests.setdefault(index, hashlib.sha256()).update(data)

    def written(self, index: int, size: int) -> None:
        """So many more bytes of a file are written."""
        file = self.files[index]
        if not file.ended:
            self._advance(index, file.moved + size)
            # The last acknowledgement follows the last write at once if the sender has said Done.
            if file.moved < file.info.size or index not in self._announced:
                self.outgoing.append(Written(self.id, index, file.moved))

    def check(self, done: Done) -> bool:
        """Whether a file, of which everything was written, is what was sent; else it has failed."""
        file = self.files[done.file]
        digest = self._digests.pop(done.file, None) or hashlib.sha256()
        file.sha256 = self._whole.get(done.file) or digest.hexdigest()
        if file.moved != file.info.size or file.sha256 != done.sha256:
            self.cancel([done.file], DIFFERENT, failed=True)
        return not file.ended

    def finish(self, index: int) -> None:
        """A file that was checked is closed and can be used."""
        self.outgoing.append(Received(self.id, index, self.files[index].sha256))
        self._move(index, FileState.DONE)


def _cost(message: FileData) -> int:
    return _COST + (len(message.data) if isinstance(message, Piece) else 0)
