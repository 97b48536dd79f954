"""The side of an offer that sends the files."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any, assert_never

from peerscript.protocol.transfer.manifest import Manifest
from peerscript.protocol.transfer.messages import (
    FILE_COST,
    MAX_PIECE,
    WINDOW,
    Accept,
    Answer,
    Decline,
    Done,
    Piece,
    Received,
    Written,
)
from peerscript.protocol.transfer.transfer import DIFFERENT, FileState, Transfer
from peerscript.protocol.vocabulary import Malformed


class _Begun:
    """A file of which something was sent, and that is not confirmed."""

    def __init__(self) -> None:
        self.sent = 0  # bytes
        self.digest: Any = hashlib.sha256()
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

    # What to do next

    def next(self) -> int | None:
        """The file of which something may be sent now: `room` bytes, or Done."""
        if self._in_flight + MAX_PIECE > WINDOW:
            return None
        active = (each for each in self._queue if self.files[each].state is FileState.ACTIVE)
        return next(active, None)

    def offset(self, index: int) -> int:
        """How much of a file was sent: its next byte."""
        begun = self._begun.get(index)
        return begun.sent if begun else 0

    def piece(self, index: int, data: bytes) -> Piece:
        """The message with the next bytes of the file that is `next`, at most MAX_PIECE."""
        begun = self._begun.setdefault(index, _Begun())
        message = Piece(self.id, index, begun.sent, data)
        begun.digest.update(data)
        begun.sent += len(data)
        self._in_flight += len(data)
        return message

    def done(self, index: int) -> Done:
        """The message after the last piece."""
        begun = self._begun.setdefault(index, _Begun())
        begun.done = True
        self._in_flight += FILE_COST
        del self._queue[index]
        self.files[index].sha256 = begun.digest.hexdigest()
        return Done(self.id, index, self.files[index].sha256)

    # Answers

    def on_answer(self, message: Answer) -> None:
        """The receiver has answered.

        Raises:
            Malformed: to something that was not sent.
        """
        match message:
            case Accept():
                for index in self._range(message):
                    if self.files[index].state is FileState.OFFERED:
                        self._queue[index] = None
                        self._go_on(index)
            case Decline():
                self.busy = self.busy or message.busy
                for index in self._range(message):
                    if self.files[index].state is FileState.OFFERED:
                        self._move(index, FileState.DECLINED)
            case Written():
                self._on_written(message)
            case Received():
                self._on_received(message)
            case _:
                assert_never(message)

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
