"""What both sides of an offer may do with its files."""

from __future__ import annotations

import pytest

from peerscript.protocol.transfer.manifest import FileInfo, Manifest
from peerscript.protocol.transfer.messages import Accept, Cancel, Pause
from peerscript.protocol.transfer.sending import SendingOffer
from peerscript.protocol.transfer.transfer import FileState, ranges
from peerscript.protocol.vocabulary import Malformed

KEY = "0123456789abcdef" * 2

FOUR = Manifest("four", tuple(FileInfo(f"{n}", 10 * n) for n in range(4)), KEY)
OFFERED, ACTIVE, PAUSED = FileState.OFFERED, FileState.ACTIVE, FileState.PAUSED
CANCELLED, FAILED = FileState.CANCELLED, FileState.FAILED


@pytest.fixture
def offer() -> SendingOffer:
    return SendingOffer(7, FOUR, lambda _: None)


def states(offer: SendingOffer) -> list[FileState]:
    return [file.state for file in offer.files]


@pytest.mark.parametrize(
    ("indices", "found"),
    [
        ([], []),
        ([3], [(3, 4)]),
        ([0, 1, 2], [(0, 3)]),
        ([5, 1, 2, 2, 4], [(1, 3), (4, 6)]),
    ],
)
def test_runs_of_numbers(indices: list[int], found: list[tuple[int, int]]) -> None:
    assert list(ranges(indices)) == found


def test_either_side_pauses(offer: SendingOffer) -> None:
    offer.on_answer(Accept(7, 0, 3))
    offer.pause([1, 2], on=True)
    assert offer.outgoing == [Pause(7, True, True, 1, 3)]
    assert states(offer) == [ACTIVE, PAUSED, PAUSED, OFFERED]
    offer.on_change(Pause(7, True, True, 2, 4))
    offer.pause(range(4), on=False)
    assert states(offer) == [ACTIVE, ACTIVE, PAUSED, OFFERED]
    offer.on_answer(Accept(7, 3, 4))
    assert states(offer)[3] is PAUSED  # they had paused it before
    offer.on_change(Pause(7, True, False, 0, 4))
    assert states(offer) == [ACTIVE] * 4


def test_either_side_ends_files(offer: SendingOffer) -> None:
    offer.cancel([0, 1], "No\nmore.")
    assert offer.outgoing == [Cancel(7, True, False, 0, 2, "No more.")]
    assert (offer.total, offer.unsettled) == (50, 2)
    offer.on_change(Cancel(7, True, True, 1, 3, "The disk\u202e\nis full."))
    assert states(offer) == [CANCELLED, CANCELLED, FAILED, OFFERED]
    assert (offer.files[2].problem, offer.files[2].told) == ("The disk is full.", True)
    assert not offer.files[1].told
    assert not offer.settled
    offer.lose("They are gone.")
    assert states(offer)[3] is FAILED
    assert (offer.total, offer.settled) == (0, True)
    assert len(offer.outgoing) == 1  # who is gone is told nothing
    offer.pause(range(4), on=True)
    offer.cancel(range(4), "Again.")
    offer.on_change(Pause(7, True, True, 0, 4))
    assert len(offer.outgoing) == 1


def test_no_reason(offer: SendingOffer) -> None:
    offer.on_change(Cancel(7, True, False, 0, 1, "\u202e"))
    assert offer.files[0].problem == "No reason was given."


@pytest.mark.parametrize(("first", "end"), [(0, 0), (2, 1), (0, 5), (4, 5), (2**50, 2**51)])
def test_files_that_are_none(offer: SendingOffer, first: int, end: int) -> None:
    with pytest.raises(Malformed, match="of 4"):
        offer.on_change(Pause(7, True, True, first, end))


def test_states_have_legal_moves(offer: SendingOffer) -> None:
    with pytest.raises(RuntimeError, match="no way from OFFERED to DONE"):
        offer._move(0, FileState.DONE)


def test_a_path_has_its_folders() -> None:
    assert FileInfo("x", 1, folder="a/b").path == "a/b/x"
    assert FileInfo("x", 1).path == "x"
