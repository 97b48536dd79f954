"""The side of an offer that sends the files."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, assert_never

from peerscript.protocol.transfer.manifest import Manifest
from peerscript.protocol.transfer.messages import (
    FILE_COST,
    MAX_PIECE,
    WINDOW,
    Accept,
    Answer,
    Cancel,
    Decline,
    Done,
    Have,
    Pause,
    Piece,
    Received,
    Written,
)
from peerscript.protocol.transfer.transfer import DIFFERENT, FileState, Transfer, ranges
from peerscript.protocol.vocabulary import Malformed

CHANGED = "It is not the file that it was before."
ARRIVED = "It has arrived before."
_WORDS = {FileState.DECLINED: "It was declined."}


class _Begun:
    """A file of which something was sent, or is there from an earlier try, and that is not
    confirmed.
    """

    def __init__(self, have: Have | None = None) -> None:
        self.have = have
        self.sent = have.size if have else 0  # bytes
        self.digest: Any = hashlib.sha256()
        self.hashed = 0  # bytes; less than `sent` while those of an earlier try are compared
        self.sha256 = ""  # of the whole file, if it is known without `digest`
        self.done = False  # whether Done was sent


class SendingOffer(Transfer):
    """Decides which bytes are sent next.

    Attributes:
        busy: whether the other page declined because too many offers wait there.
    """

    def __init__(self, id: int, manifest: Manifest, changed: Callable[[int], None]) -> None:
        super().__init__(id, manifest, own=True, changed=changed)
        self.busy = False
        self._queue: dict[int, None] = {}  # accepted and not sent to the end, in this order
        self._begun: dict[int, _Begun] = {}
        self._in_flight = 0  # bytes sent that are not written, and what the files cost
        self._haves: dict[int, Have] = {}  # what is there from an earlier try
        self._confirmed: set[int] = set()  # by an earlier try, and not answered in this one

    # Once more

    def again(self, id: int) -> None:
        """Begin anew, under another number: the other page knows nothing of the offer any more.
        Files that have ended stay as they are.
        """
        self.id = id
        self.manifest = replace(self.manifest, again=True)
        self.outgoing.clear()
        self._queue.clear()
        self._begun.clear()
        self._haves.clear()
        self._in_flight = 0
        done = FileState.DONE
        self._confirmed = {index for index, file in enumerate(self.files) if file.state is done}
        for index in self._unended():
            self.files[index]._paused.discard(False)
            if self.files[index].moved:
                self._advance(index, 0)
            self._move(index, FileState.OFFERED)

    def say_again(self) -> None:
        """Say which files have ended or are paused, to a page that has just got the list."""
        ended: dict[tuple[bool, str], list[int]] = {}
        for index, file in enumerate(self.files):
            if file.ended and file.state is not FileState.DONE:
                words = _WORDS.get(file.state, file.problem)
                ended.setdefault((file.state is FileState.FAILED, words), []).append(index)
        for (failed, words), indices in ended.items():
            self.say_ended(indices, words, failed=failed)
        for first, end in ranges(self.paused_here):
            self.outgoing.append(Pause(self.id, True, True, first, end))

    @property
    def over(self) -> bool:
        """Whether nothing more is to be said to the other page."""
        return self.settled and not self._queue and not self._confirmed

    # What to do next

    def next(self) -> int | None:
        """The file of which something may be sent now: `room` bytes, or Done; or that is compared
        (`unchecked`).
        """
        return None if self._in_flight + MAX_PIECE > WINDOW else next(self.upcoming(), None)

    def upcoming(self) -> Iterator[int]:
        """The files that may be sent, in the order in which they will be."""
        ready = (FileState.ACTIVE, FileState.DONE)
        return (each for each in self._queue if self.files[each].state in ready)

    def offset(self, index: int) -> int:
        """How much of a file was sent: its next byte. That of one that is there is its size."""
        if self.files[index].ended:
            return self.files[index].info.size
        begun = self._begun.get(index)
        return begun.sent if begun else 0

    def unchecked(self, index: int) -> range:
        """Which bytes the other page has from an earlier try, and are to be compared first."""
        begun = self._begun.get(index)
        return range(begun.hashed, begun.sent) if begun else range(0)

    def check(self, index: int, data: bytes) -> None:
        """Compare the first bytes that are `unchecked`; a file that differs has failed."""
        begun = self._begun[index]
        begun.digest.update(data)
        begun.hashed += len(data)
        self._compare(index, begun)

    def _compare(self, index: int, begun: _Begun) -> None:
        have, sha256 = begun.have, begun.sha256 or begun.digest.hexdigest()
        if have and begun.hashed == have.size and sha256 != have.sha256:
            self.cancel([index], CHANGED, failed=True)

    def piece(self, index: int, data: bytes) -> Piece:
        """The message with the next bytes of the file that is `next`, at most MAX_PIECE."""
        begun = self._begun.setdefault(index, _Begun())
        message = Piece(self.id, index, begun.sent, data)
        begun.digest.update(data)
        begun.sent += len(data)
        begun.hashed += len(data)
        self._in_flight += len(data)
        return message

    def done(self, index: int) -> Done:
        """The message after the last piece."""
        del self._queue[index]
        file = self.files[index]
        if not file.ended:
            begun = self._begun.setdefault(index, _Begun())
            begun.done = True
            self._in_flight += FILE_COST
            file.sha256 = begun.sha256 or begun.digest.hexdigest()
        return Done(self.id, index, file.sha256)

    # Answers

    def on_answer(self, message: Answer) -> None:
        """The receiver has answered.

        Raises:
            Malformed: to something that was not sent.
        """
        match message:
            case Have():
                self._on_have(message)
            case Accept():
                self._on_accept(message)
            case Decline():
                self.busy = self.busy or message.busy
                self._confirmed.difference_update(self._range(message))
                for index in self._range(message):
                    if self.files[index].state is FileState.OFFERED:
                        self._move(index, FileState.DECLINED)
            case Written():
                self._on_written(message)
            case Received():
                self._on_received(message)
            case _:
                assert_never(message)

    def on_change(self, message: Pause | Cancel) -> None:
        super().on_change(message)
        if isinstance(message, Cancel):
            for index in self._range(message):
                self._confirmed.discard(index)
                self._queue.pop(index, None)

    def _on_have(self, message: Have) -> None:
        index, file = message.file, self._file(message.file)
        size = file.info.size
        possible = message.size == size if message.whole else 0 < message.size <= size
        if not possible or not re.fullmatch("[0-9a-f]{64}", message.sha256):
            raise Malformed(f"{message.size} bytes of file {index} from an earlier try")
        if file.state in (FileState.ACTIVE, FileState.PAUSED) or index in self._haves:
            raise Malformed(f"file {index}: what is there of it is told too late")
        self._haves[index] = message

    def _on_accept(self, message: Accept) -> None:
        there: list[int] = []
        for index in self._range(message):
            file, have = self.files[index], self._haves.get(index)
            if file.state is FileState.OFFERED:
                self._queue[index] = None
                self._go_on(index)
                if have:
                    self._go_on_after(index, have)
            elif index in self._confirmed:
                self._confirmed.discard(index)
                if have and have.whole and have.sha256 == file.sha256:
                    self._queue[index] = None  # for its Done
                else:
                    there.append(index)
        self.say_ended(there, ARRIVED, failed=False)

    def _go_on_after(self, index: int, have: Have) -> None:
        file = self.files[index]
        begun = self._begun[index] = _Begun(have)
        self._advance(index, have.size)
        if file.sha256 and have.size == file.info.size:  # it was sent to the end, by this page
            begun.sha256, begun.hashed = file.sha256, have.size
        self._compare(index, begun)  # if there is nothing to read

    def _on_written(self, message: Written) -> None:
        file, begun = self._file(message.file), self._begun.get(message.file)
        if file.ended:
            return
        if begun is None or not file.moved <= message.size <= begun.sent:
            raise Malformed(f"file {message.file}: {message.size} bytes written that were not sent")
        self._in_flight -= message.size - file.moved
        self._advance(message.file, message.size)

    def _on_received(self, message: Received) -> None:
        file, begun = self._file(message.file), self._begun.get(message.file)
        if file.ended:
            return
        if begun is None or not begun.done:
            raise Malformed(f"file {message.file}: received before it was sent")
        if message.sha256 != file.sha256:
            self.cancel([message.file], DIFFERENT, failed=True)
            return
        self._in_flight -= begun.sent - file.moved
        self._advance(message.file, file.info.size)
        self._move(message.file, FileState.DONE)

    def _move(self, index: int, state: FileState, problem: str = "") -> None:
        super()._move(index, state, problem)
        if self.files[index].ended:
            self._queue.pop(index, None)
            if begun := self._begun.pop(index, None):
                self._in_flight -= begun.sent - self.files[index].moved
                self._in_flight -= FILE_COST if begun.done else 0
