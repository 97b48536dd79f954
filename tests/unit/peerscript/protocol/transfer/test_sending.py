"""The sender waits for room, for the checksum, and believes no acknowledgement."""

from __future__ import annotations

import hashlib

import pytest

from peerscript.protocol.transfer.manifest import FileInfo, Manifest
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
    Piece,
    Received,
    Written,
)
from peerscript.protocol.transfer.sending import CHANGED, SendingOffer
from peerscript.protocol.transfer.transfer import FileState
from peerscript.protocol.vocabulary import Malformed

KEY = "0123456789abcdef" * 2

SHA = hashlib.sha256(b"0123456789").hexdigest()


def accepted(*sizes: int) -> SendingOffer:
    files = tuple(FileInfo(f"{n}", size) for n, size in enumerate(sizes))
    offer = SendingOffer(7, Manifest("", files, KEY), lambda _: None)
    offer.on_answer(Accept(7, 0, len(files)))
    return offer


def test_a_file_to_its_end() -> None:
    offer = accepted(10)
    assert offer.next() == 0
    assert offer.offset(0) == 0
    assert offer.piece(0, b"01234") == Piece(7, 0, 0, b"01234")
    assert offer.offset(0) == 5
    assert offer.piece(0, b"56789") == Piece(7, 0, 5, b"56789")
    assert offer.done(0) == Done(7, 0, SHA)
    assert offer.next() is None
    offer.on_answer(Written(7, 0, 5))
    assert offer.moved == 5
    offer.on_answer(Received(7, 0, SHA))
    assert offer.files[0].state is FileState.DONE
    assert (offer.moved, offer.total, offer.settled, offer._in_flight) == (10, 10, True, 0)
    offer.on_answer(Received(7, 0, SHA))  # nothing more happens to it
    offer.on_answer(Written(7, 0, 5))
    assert offer.moved == 10


def test_an_empty_file() -> None:
    offer = accepted(0)
    empty = hashlib.sha256().hexdigest()
    assert offer.done(0) == Done(7, 0, empty)
    offer.on_answer(Received(7, 0, empty))
    assert offer.settled


def test_it_stays_within_the_window() -> None:
    offer = accepted(10 * WINDOW)
    while offer.next() is not None:
        offer.piece(0, bytes(MAX_PIECE))
    assert offer.offset(0) == WINDOW
    offer.on_answer(Written(7, 0, MAX_PIECE))
    assert offer.next() == 0


def test_a_million_empty_files_wait_too() -> None:
    offer = accepted(*[0] * 5000)
    sent = 0
    while (index := offer.next()) is not None:
        offer.done(index)
        sent += 1
    assert sent == (WINDOW - MAX_PIECE) // FILE_COST + 1
    offer.on_answer(Received(7, 0, hashlib.sha256().hexdigest()))
    assert offer.next() == sent


def test_a_paused_file_holds_up_no_other() -> None:
    offer = accepted(10, 10)
    offer.pause([0], on=True)
    assert offer.next() == 1
    offer.pause([0], on=False)
    assert offer.next() == 0


def test_what_was_in_flight_of_a_cancelled_file_is_free_again() -> None:
    offer = accepted(WINDOW, WINDOW)
    while offer.next() is not None:
        offer.piece(0, bytes(MAX_PIECE))
    offer.on_answer(Written(7, 0, 5))
    offer.cancel([0], "Enough.")
    assert offer.next() == 1
    assert offer._in_flight == 0


def test_another_checksum() -> None:
    offer = accepted(10)
    offer.piece(0, b"0123456789")
    offer.done(0)
    offer.on_answer(Received(7, 0, "0" * 64))
    assert offer.files[0].state is FileState.FAILED
    assert offer.files[0].problem == "What arrived is not what was sent."
    assert offer.outgoing == [
        Cancel(7, True, True, 0, 1, "What arrived is not what was sent."),
    ]
    assert offer._in_flight == 0


def test_declined() -> None:
    offer = SendingOffer(7, Manifest("", (FileInfo("x", 1), FileInfo("y", 1)), KEY), lambda _: None)
    offer.on_answer(Accept(7, 0, 1))
    offer.on_answer(Decline(7, 0, 2))
    assert [file.state for file in offer.files] == [FileState.ACTIVE, FileState.DECLINED]
    offer.on_answer(Accept(7, 0, 2))  # too late
    assert offer.files[1].state is FileState.DECLINED
    assert not offer.busy
    offer.on_answer(Decline(7, 1, 2, busy=True))
    assert offer.busy


@pytest.mark.parametrize(
    "answer",
    [
        Accept(7, 0, 3),
        Written(7, 2, 0),
        Written(7, 0, 1),
        Written(7, 1, 6),
        Written(7, 1, 2),
        Received(7, 2, SHA),
        Received(7, 0, SHA),
        Received(7, 1, SHA),
    ],
)
def test_what_was_not_sent_was_not_received(answer: Answer) -> None:
    offer = accepted(10, 10)
    offer.piece(1, b"01234")
    offer.on_answer(Written(7, 1, 3))
    with pytest.raises(Malformed):
        offer.on_answer(answer)


HAVES = [
    Have(7, 3, 1, False, SHA),
    Have(7, 0, 0, False, SHA),
    Have(7, 0, 11, False, SHA),
    Have(7, 0, 9, True, SHA),
    Have(7, 0, 11, True, SHA),
    Have(7, 0, 10, True, "A" * 64),
    Have(7, 0, 10, False, SHA[:-1]),
    Have(7, 1, 1, False, SHA),
    Have(7, 2, 1, False, SHA),
]


@pytest.mark.parametrize("have", HAVES)
def test_what_nobody_can_have(have: Have) -> None:
    files = tuple(FileInfo(f"{n}", 10) for n in range(3))
    offer = SendingOffer(7, Manifest("", files, KEY), lambda _: None)
    offer.on_answer(Accept(7, 1, 2))
    offer.on_answer(Have(7, 2, 1, False, SHA))
    with pytest.raises(Malformed):
        offer.on_answer(have)


def test_a_part_is_compared_before_the_rest_is_sent() -> None:
    files = (FileInfo("x", 10), FileInfo("y", 10))
    offer = SendingOffer(7, Manifest("", files, KEY), lambda _: None)
    for index in range(2):
        offer.on_answer(Have(7, index, 4, False, hashlib.sha256(b"0123").hexdigest()))
    offer.on_answer(Accept(7, 0, 2))
    assert offer.moved == 8
    assert offer.unchecked(0) == range(4)
    offer.check(0, b"01")
    assert offer.unchecked(0) == range(2, 4)
    offer.check(0, b"23")
    assert not offer.unchecked(0)
    assert offer.piece(0, b"456789") == Piece(7, 0, 4, b"456789")
    assert offer.done(0) == Done(7, 0, SHA)
    offer.check(1, b"other"[:4])
    assert offer.files[1].problem == CHANGED
    assert offer.outgoing == [Cancel(7, True, True, 1, 2, CHANGED)]


def test_an_empty_file_that_is_there() -> None:
    offer = SendingOffer(7, Manifest("", (FileInfo("x", 0),), KEY), lambda _: None)
    empty = hashlib.sha256().hexdigest()
    offer.on_answer(Have(7, 0, 0, True, empty))
    offer.on_answer(Accept(7, 0, 1))
    assert offer.next() == 0
    assert not offer.unchecked(0)
    assert offer.done(0) == Done(7, 0, empty)
