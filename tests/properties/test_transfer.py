"""Offers in any order of events: honest pages end equal, and others break nothing."""

from __future__ import annotations

import hashlib
from collections import deque
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from peerscript.protocol.text.filenames import file_name
from peerscript.protocol.transfer.manifest import FileInfo, Manifest, safe
from peerscript.protocol.transfer.messages import (
    FILE_COST,
    MAX_PIECE,
    WINDOW,
    Accept,
    Cancel,
    Decline,
    Done,
    FileData,
    FileMessage,
    Pause,
    Piece,
    Received,
    Written,
)
from peerscript.protocol.transfer.receiving import ReceivingOffer
from peerscript.protocol.transfer.sending import SendingOffer
from peerscript.protocol.transfer.transfer import FileState
from peerscript.protocol.vocabulary import Malformed

KEY = "0123456789abcdef" * 2

SIZES = st.lists(st.integers(0, 40), min_size=1, max_size=5)


class Talk:
    """Two honest pages; what they say arrives in order on each of the two channels, some time."""

    def __init__(self, sizes: list[int]) -> None:
        self.contents = [bytes([n % 256]) * size for n, size in enumerate(sizes)]
        files = tuple(FileInfo(f"{n}", size) for n, size in enumerate(sizes))
        self.sender = SendingOffer(1, Manifest("", files, KEY), lambda _: None)
        self.receiver = ReceivingOffer(1, Manifest("", files, KEY), lambda _: None)
        self.written = [bytearray() for _ in sizes]
        self.closing: list[int] = []
        self.saved: dict[int, bytes] = {}
        self.there: deque[FileMessage] = deque()
        self.here: deque[FileMessage] = deque()
        self.data: deque[FileData] = deque()

    def say(self) -> None:
        self.there.extend(self.sender.outgoing)
        self.here.extend(self.receiver.outgoing)
        self.sender.outgoing.clear()
        self.receiver.outgoing.clear()

    def some(self, number: int) -> list[int]:
        return [index for index in range(len(self.contents)) if number >> index & 1]

    def accept(self, number: int) -> None:
        self.receiver.accept(self.some(number))

    def decline(self, number: int) -> None:
        self.receiver.decline(self.some(number))

    def pause(self, number: int) -> None:
        side = self.sender if number & 32 else self.receiver
        side.pause(self.some(number), on=bool(number & 64))

    def cancel(self, number: int) -> None:
        side = self.sender if number & 32 else self.receiver
        side.cancel(self.some(number & number >> 5), "enough")

    def send(self, number: int) -> None:
        index = self.sender.next()
        if index is None:
            return
        offset = self.sender.offset(index)
        if offset == len(self.contents[index]):
            self.data.append(self.sender.done(index))
        else:
            data = self.contents[index][offset : offset + 1 + number % 20]
            self.data.append(self.sender.piece(index, data))

    def arrive(self, number: int) -> None:
        if number % 3 == 0 and self.there:
            message = self.there.popleft()
            assert isinstance(message, Pause | Cancel)
            self.receiver.on_change(message)
        elif number % 3 == 1 and self.here:
            answer = self.here.popleft()
            if isinstance(answer, Pause | Cancel):
                self.sender.on_change(answer)
            elif isinstance(answer, Accept | Decline | Written | Received):
                self.sender.on_answer(answer)
        elif number % 3 == 2 and self.data:
            self.receiver.on_data(self.data.popleft())

    def write(self, _: int) -> None:
        message = self.receiver.next()
        if isinstance(message, Piece):
            self.receiver.digest(message.file, message.data)
            self.written[message.file] += message.data
            self.receiver.written(message.file, len(message.data))
        elif isinstance(message, Done) and self.receiver.check(message):
            self.closing.append(message.file)

    def close(self, number: int) -> None:
        """Several files are closed at once, and one of them is first."""
        if not self.closing:
            return
        index = self.closing.pop(number % len(self.closing))
        if not self.receiver.files[index].ended:
            self.saved[index] = bytes(self.written[index])
            self.receiver.finish(index)

    def finish(self) -> None:
        """Everything is answered, goes on, and arrives."""
        self.accept(-1)
        for side in (self.sender, self.receiver):
            side.pause(range(len(self.contents)), on=False)
        for number in range(2000):
            self.say()
            self.arrive(number)
            self.send(number)
            self.write(number)
            self.close(number)


ACTS = ("accept", "decline", "pause", "cancel", "send", "arrive", "write", "close")


@given(SIZES, st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 127)), max_size=80))
def test_honest_pages_end_equal(sizes: list[int], acts: list[tuple[str, int]]) -> None:
    talk = Talk(sizes)
    for act, number in acts:
        getattr(talk, act)(number)
        talk.say()
    talk.finish()
    assert talk.sender.settled
    assert talk.receiver.settled
    assert talk.sender._in_flight == 0
    for index, (near, far) in enumerate(zip(talk.sender.files, talk.receiver.files, strict=True)):
        whole = far.state is FileState.DONE
        assert whole is (index in talk.saved)
        if whole:
            assert talk.saved[index] == talk.contents[index]
            assert far.sha256 == hashlib.sha256(talk.contents[index]).hexdigest()
        # The sender may have ended it while an answer was on its way.
        assert near.state is far.state or near.state is FileState.CANCELLED
    for side in (talk.sender, talk.receiver):
        done = [file.info.size for file in side.files if file.state is FileState.DONE]
        assert side.moved == side.total == sum(done)


numbers = st.integers(0, 6) | st.integers(0, 2**53 - 1)
sums = st.sampled_from(["", hashlib.sha256(bytes(3)).hexdigest(), "0" * 64])
ranges = {"first": numbers, "end": numbers}
to_receiver: st.SearchStrategy[Any] = st.one_of(
    st.builds(Piece, st.just(1), numbers, numbers, st.binary(max_size=4)),
    st.builds(Done, st.just(1), numbers, sums),
    st.builds(Pause, st.just(1), st.booleans(), st.booleans(), **ranges),
    st.builds(Cancel, st.just(1), st.booleans(), st.booleans(), **ranges, reason=st.text()),
)
to_sender: st.SearchStrategy[Any] = st.one_of(
    st.builds(Accept, st.just(1), **ranges),
    st.builds(Decline, st.just(1), **ranges, busy=st.booleans()),
    st.builds(Written, st.just(1), numbers, numbers),
    st.builds(Received, st.just(1), numbers, sums),
    st.builds(Pause, st.just(1), st.booleans(), st.booleans(), **ranges),
)


@given(SIZES, st.lists(to_receiver, max_size=50))
def test_a_hostile_sender(sizes: list[int], messages: list[Any]) -> None:
    talk = Talk(sizes)
    talk.accept(-1)
    try:
        for message in messages:
            if isinstance(message, Piece | Done):
                talk.receiver.on_data(message)
            else:
                talk.receiver.on_change(message)
            talk.write(0)
            talk.close(0)
    except Malformed:
        pass  # the Link is dropped
    for index, data in talk.saved.items():
        assert len(data) == sizes[index]
    assert 0 <= talk.receiver.moved <= talk.receiver.total <= sum(sizes)


@given(SIZES, st.lists(to_sender, max_size=50))
def test_a_hostile_receiver(sizes: list[int], messages: list[Any]) -> None:
    talk = Talk(sizes)
    try:
        for message in messages:
            if isinstance(message, Pause):
                talk.sender.on_change(message)
            else:
                talk.sender.on_answer(message)
            talk.send(19)
    except Malformed:
        pass  # the Link is dropped
    assert 0 <= talk.sender._in_flight <= WINDOW + MAX_PIECE + FILE_COST
    assert 0 <= talk.sender.moved <= talk.sender.total <= sum(sizes)


@given(st.lists(st.tuples(st.text(max_size=8), st.text("aA./\\ \u202e", max_size=12)), max_size=30))
def test_every_path_is_safe_and_another_one(names: list[tuple[str, str]]) -> None:
    files = [FileInfo(name, 1, folder=folder) for name, folder in names]
    found = list(safe(files))
    assert len({file.path.casefold() for file in found}) == len(files)
    folders = {file.folder.casefold() for file in found}
    for file in found:
        assert file.path.casefold() not in folders
        for part in file.path.split("/"):
            assert file_name(part) == part
