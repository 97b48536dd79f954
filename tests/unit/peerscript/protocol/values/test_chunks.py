"""Pieces of a message find each other in any order, and cannot claim more than is allowed."""

from __future__ import annotations

import random
from typing import Any

import pytest

from peerscript.errors import UnreadableMessage
from peerscript.protocol.values import chunks
from peerscript.protocol.values.binarypack import unpack


def _pieces(packed: bytes) -> list[dict[str, object]]:
    return [unpack(frame) for frame in chunks.split(packed)]


def test_pieces_of_two_messages_in_any_order() -> None:
    messages = [bytes([number]) * (chunks.CHUNK_SIZE * 3 + number) for number in (1, 2)]
    pieces = [piece for message in messages for piece in _pieces(message)]
    random.Random(1).shuffle(pieces)
    reassembly = chunks.Reassembly()
    whole = [done for piece in pieces if (done := reassembly.add(piece)) is not None]
    assert sorted(whole) == messages


def _piece(**changes: Any) -> dict[str, object]:
    return {"__peerData": 1, "n": 0, "total": 2, "data": b"x", **changes}


@pytest.mark.parametrize(
    "piece",
    [
        _piece(total=10**9),
        _piece(total=0),
        _piece(total=-1),
        _piece(n=2),
        _piece(n=-1),
        _piece(n="0"),
        _piece(data="text"),
        _piece(__peerData=None),
        {"__peerData": 1},
    ],
)
def test_a_piece_that_lies_is_refused(piece: dict[str, object]) -> None:
    with pytest.raises(UnreadableMessage):
        chunks.Reassembly().add(piece)


def test_a_piece_twice_or_of_another_total_drops_the_message() -> None:
    for second in (_piece(), _piece(n=1, total=3)):
        reassembly = chunks.Reassembly()
        assert reassembly.add(_piece()) is None
        with pytest.raises(UnreadableMessage, match="does not fit"):
            reassembly.add(second)
        assert reassembly.add(_piece(n=1)) is None  # forgotten: this begins anew


def test_too_many_unfinished_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    reassembly = chunks.Reassembly()
    for number in range(chunks.MAX_UNFINISHED):
        reassembly.add(_piece(__peerData=number))
    with pytest.raises(UnreadableMessage, match="unfinished"):
        reassembly.add(_piece(__peerData=-1))


def test_more_bytes_than_a_message_may_have(monkeypatch: pytest.MonkeyPatch) -> None:
    reassembly = chunks.Reassembly()
    monkeypatch.setattr(chunks, "MAX_MESSAGE_SIZE", chunks.CHUNK_SIZE * 2)
    reassembly.add(_piece(data=b"x" * chunks.CHUNK_SIZE * 2))
    with pytest.raises(UnreadableMessage, match="more than"):
        reassembly.add(_piece(n=1))
