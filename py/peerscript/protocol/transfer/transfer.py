"""What both sides of an offer have: its files, each with a state."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum

from peerscript.protocol.text.display import display_line
from peerscript.protocol.transfer.manifest import FileInfo, Manifest
from peerscript.protocol.transfer.messages import (
    MAX_REASON,
    Accept,
    Cancel,
    Decline,
    FileMessage,
    Pause,
)
from peerscript.protocol.vocabulary import Malformed

logger = logging.getLogger("peerscript")

DIFFERENT = "What arrived is not what was sent."


class FileState(Enum):
    """The state of a file that is offered."""

    OFFERED = "offered"  # or offered again
    ACTIVE = "active"  # accepted: it is sent, or waits its turn
    PAUSED = "paused"  # by either side
    DONE = "done"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    FAILED = "failed"

    # Enum's own is written in Python, and there are offers of 20,000 files.
    __hash__ = object.__hash__


_ENDS = frozenset((FileState.DECLINED, FileState.CANCELLED, FileState.FAILED))
_MOVES = {
    FileState.OFFERED: _ENDS | {FileState.ACTIVE, FileState.PAUSED},
    FileState.ACTIVE: _ENDS | {FileState.PAUSED, FileState.DONE, FileState.OFFERED},
    FileState.PAUSED: _ENDS | {FileState.ACTIVE, FileState.DONE, FileState.OFFERED},
    FileState.DONE: frozenset[FileState](),
    **dict.fromkeys(_ENDS, frozenset[FileState]()),
}


@dataclass(eq=False, slots=True)
class FileStatus:
    """A file of an offer, as it is now.

    Attributes:
        info: its name, size and so on.
        moved: bytes that are written at the receiver.
        sha256: hex; "" before the end.
        problem: why it was declined or cancelled, or has failed; for people.
        told: whether the other page has ended it: then `problem` is in its words.
    """

    info: FileInfo
    state: FileState = FileState.OFFERED
    moved: int = 0
    sha256: str = ""
    problem: str = ""
    told: bool = False
    _paused: set[bool] = field(default_factory=set)  # by this side, by the other: True, False

    @property
    def paused_here(self) -> bool:
        """Whether this page has paused it."""
        return True in self._paused

    @property
    def paused_there(self) -> bool:
        """Whether the other page has paused it."""
        return False in self._paused

    @property
    def ended(self) -> bool:
        """Whether nothing more happens to it."""
        return not _MOVES[self.state]


def ranges(indices: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Yield (first, end) for each run of numbers that follow each other."""
    first = end = None
    for index in sorted(set(indices)):
        if first is not None and end == index:
            end = index + 1
            continue
        if first is not None and end is not None:
            yield first, end
        first, end = index, index + 1
    if first is not None and end is not None:
        yield first, end


class Transfer:
    """The base of both sides of an offer.

    Attributes:
        id: of the offer.
        manifest: what is offered.
        files: their states.
        outgoing: messages that are to be sent, in this order.
        total: bytes of the files that are wanted, or may still be.
        moved: bytes of these that are written at the receiver.
        unanswered: how many files are neither accepted nor declined.
        unsettled: how many files have not ended.
        interrupted: the files that ended because nothing could be sent any more.

    Args:
        own: whether this page has made the offer.
        changed: called with a file's number when something about it has changed.
    """

    def __init__(
        self, id: int, manifest: Manifest, *, own: bool, changed: Callable[[int], None]
    ) -> None:
        self.id = id
        self.manifest = manifest
        self.files = [FileStatus(info) for info in manifest.files]
        self.outgoing: list[FileMessage] = []
        self.total = manifest.size
        self.moved = 0
        self.unanswered = self.unsettled = len(self.files)
        self.interrupted: set[int] = set()
        self._own = own
        self._changed = changed

    @property
    def settled(self) -> bool:
        """Whether every file has ended."""
        return not self.unsettled

    @property
    def paused_here(self) -> list[int]:
        """The files that this side has paused, and that have not ended otherwise."""
        found = {*self._unended(), *self.interrupted}
        return [index for index in sorted(found) if self.files[index].paused_here]

    def pause(self, indices: Iterable[int], *, on: bool) -> None:
        """Pause files, or go on with them; the other side may have paused them, too."""
        found = [index for index in indices if not self.files[index].ended]
        for first, end in ranges(found):
            self.outgoing.append(Pause(self.id, self._own, on, first, end))
        for index in found:
            self._pause(index, here=True, on=on)

    def cancel(self, indices: Iterable[int], reason: str, *, failed: bool = False) -> None:
        """End files here, and tell the other side why."""
        found = [index for index in indices if not self.files[index].ended]
        self.say_ended(found, reason, failed=failed)
        for index in found:
            self._end(index, failed=failed, problem=reason)

    def say_ended(self, indices: Iterable[int], reason: str, *, failed: bool) -> None:
        """Tell the other side that files have ended."""
        words = display_line(reason, MAX_REASON)
        for first, end in ranges(indices):
            self.outgoing.append(Cancel(self.id, self._own, failed, first, end, words))

    def lose(self, reason: str) -> None:
        """Nothing can be sent any more."""
        self.interrupted.update(self._unended())
        for index in self._unended():
            self._end(index, failed=True, problem=reason)

    def on_change(self, message: Pause | Cancel) -> None:
        """The other side pauses, goes on, or ends files.

        Raises:
            Malformed: there are no such files.
        """
        for index in self._range(message):
            if self.files[index].ended:
                continue
            if isinstance(message, Pause):
                self._pause(index, here=False, on=message.on)
            else:
                problem = display_line(message.reason, MAX_REASON, "No reason was given.")
                self.files[index].told = True
                self._end(index, failed=message.failed, problem=problem)

    def _unended(self) -> list[int]:
        return [index for index, file in enumerate(self.files) if not file.ended]

    def _range(self, message: Accept | Decline | Pause | Cancel) -> range:
        if not message.first < message.end <= len(self.files):
            raise Malformed(f"files {message.first} to {message.end} of {len(self.files)}")
        return range(message.first, message.end)

    def _file(self, index: int) -> FileStatus:
        if index >= len(self.files):
            raise Malformed(f"file {index} of {len(self.files)}")
        return self.files[index]

    def _pause(self, index: int, *, here: bool, on: bool) -> None:
        file = self.files[index]
        (file._paused.add if on else file._paused.discard)(here)
        if file.state is not FileState.OFFERED:
            self._go_on(index)

    def _go_on(self, index: int) -> None:
        """Make an accepted file active, or paused if a side has paused it."""
        paused = self.files[index]._paused
        self._move(index, FileState.PAUSED if paused else FileState.ACTIVE)

    def _end(self, index: int, *, failed: bool, problem: str) -> None:
        self._move(index, FileState.FAILED if failed else FileState.CANCELLED, problem)

    def _advance(self, index: int, moved: int) -> None:
        self.moved += moved - self.files[index].moved
        self.files[index].moved = moved
        self._changed(index)

    def _move(self, index: int, state: FileState, problem: str = "") -> None:
        file = self.files[index]
        if file.state is state:
            return
        if state not in _MOVES[file.state]:
            raise RuntimeError(f"no way from {file.state.name} to {state.name}")
        logger.debug("offer %s, file %s: %s → %s", self.id, index, file.state.name, state.name)
        self.unanswered += (state is FileState.OFFERED) - (file.state is FileState.OFFERED)
        file.state = state
        file.problem = problem
        if file.ended:
            self.unsettled -= 1
            if state is not FileState.DONE:
                self.total -= file.info.size
                self.moved -= file.moved
        self._changed(index)
