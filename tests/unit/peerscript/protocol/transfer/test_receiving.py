"""The receiver believes nothing: offsets, sizes, sums."""

from __future__ import annotations

import hashlib

import pytest

from peerscript.protocol.transfer.manifest import FileInfo, Manifest
from peerscript.protocol.transfer.messages import (
    MAX_PIECE,
    WINDOW,
    Accept,
    Cancel,
    Decline,
    Done,
    FileData,
    Piece,
    Received,
    Written,
)
from peerscript.protocol.transfer.receiving import ReceivingOffer
from peerscript.protocol.transfer.transfer import FileState
from peerscript.protocol.vocabulary import Malformed

KEY = "0123456789abcdef" * 2

SHA = hashlib.sha256(b"0123456789").hexdigest()


def offered(*sizes: int) -> ReceivingOffer:
    files = tuple(FileInfo(f"{n}", size) for n, size in enumerate(sizes))
    return ReceivingOffer(7, Manifest("", files, KEY), lambda _: None)


def accepted(*sizes: int) -> ReceivingOffer:
    offer = offered(*sizes)
    offer.accept(range(len(sizes)))
    offer.outgoing.clear()
    return offer


def test_all_or_some_or_none() -> None:
    offer = offered(1, 1, 1, 1, 1)
    offer.accept([3, 0, 1, 3])
    offer.decline(range(5))
    offer.accept(range(5))  # answered already
    assert offer.outgoing == [Accept(7, 0, 2), Accept(7, 3, 4), Decline(7, 2, 3), Decline(7, 4, 5)]
    active, declined = FileState.ACTIVE, FileState.DECLINED
    assert [file.state for file in offer.files] == [active, active, declined, active, declined]
    assert offer.total == 3


def test_a_file_to_its_end() -> None:
    offer = accepted(10)
    offer.on_data(Piece(7, 0, 0, b"01234"))
    offer.on_data(Piece(7, 0, 5, b"56789"))
    offer.on_data(done := Done(7, 0, SHA))
    for data in (b"01234", b"56789"):
        piece = offer.next()
        assert isinstance(piece, Piece)
        assert piece.data == data
        offer.digest(0, data)
        offer.written(0, len(data))
    assert offer.next() is done
    assert offer.next() is None
    assert offer.check(done)
    offer.finish(0)
    assert offer.outgoing == [Written(7, 0, 5), Received(7, 0, SHA)]
    assert (offer.moved, offer.settled, offer._waiting_size) == (10, True, 0)
    offer.on_data(Piece(7, 0, 0, b"x"))  # nothing more happens to it
    assert offer.next() is None


def test_an_empty_file() -> None:
    offer = accepted(0)
    done = Done(7, 0, hashlib.sha256().hexdigest())
    offer.on_data(done)
    assert offer.next() is done
    assert offer.check(done)
    offer.finish(0)
    assert offer.settled


@pytest.mark.parametrize(
    "messages",
    [
        [Piece(7, 0, 5, b"x")],
        [Piece(7, 0, 0, b"x" * 11)],
        [Piece(7, 0, 0, b"")],
        [Piece(7, 0, 2**50, b"x")],
        [Piece(7, 0, 0, b"x"), Piece(7, 0, 0, b"x")],
        [Done(7, 0, SHA), Done(7, 0, SHA)],
        [Done(7, 0, SHA), Piece(7, 0, 0, b"x")],
    ],
)
def test_bytes_that_do_not_fit(messages: list[FileData]) -> None:
    offer = accepted(10, 10)
    for message in messages:
        offer.on_data(message)
    assert [file.state for file in offer.files] == [FileState.FAILED, FileState.ACTIVE]
    assert offer.files[0].problem == "The sender's bytes do not fit the file."
    assert offer.outgoing == [Cancel(7, False, True, 0, 1, offer.files[0].problem)]
    assert offer.next() is None


@pytest.mark.parametrize(("data", "sha256"), [(b"0123456789", "0" * 64), (b"01234", SHA)])
def test_a_sum_that_does_not_fit(data: bytes, sha256: str) -> None:
    offer = accepted(10)
    offer.digest(0, data)
    offer.written(0, len(data))
    assert not offer.check(Done(7, 0, sha256))
    assert offer.files[0].problem == "What arrived is not what was sent."
    assert offer.files[0].state is FileState.FAILED


def test_what_was_cancelled_while_it_was_written_is_not_kept() -> None:
    offer = accepted(10)
    offer.digest(0, b"0123456789")
    offer.cancel([0], "Cancelled.")
    offer.written(0, 10)
    assert not offer.check(Done(7, 0, SHA))
    assert offer.files[0].state is FileState.CANCELLED


@pytest.mark.parametrize("size", [1, MAX_PIECE])
def test_a_sender_that_does_not_wait(size: int) -> None:
    offer = accepted(10**12, 10)
    for number in range(10_000):
        offer.on_data(Piece(7, 0, number * size, bytes(size)))
    assert offer.settled
    assert offer.files[1].problem == "The sender does not wait for this page."
    assert offer._waiting_size <= 2 * WINDOW + 2 * MAX_PIECE


@pytest.mark.parametrize("message", [Piece(7, 1, 0, b"x"), Done(7, 1, SHA), Piece(7, 2, 0, b"x")])
def test_what_was_not_accepted_is_not_sent(message: FileData) -> None:
    offer = offered(10, 10)
    offer.accept([0])
    with pytest.raises(Malformed):
        offer.on_data(message)
