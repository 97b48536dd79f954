"""What two pages say about files: written, read, and refused when it cannot be."""

from __future__ import annotations

from typing import Any

import pytest

from peerscript.protocol.transfer.messages import (
    FILE_DATA,
    FILES,
    MAX_LISTING,
    MAX_NAME,
    MAX_PIECE,
    MAX_REASON,
    Accept,
    Cancel,
    Decline,
    Done,
    FileData,
    FileMessage,
    Listing,
    Offered,
    Pause,
    Piece,
    Received,
    Written,
)
from peerscript.protocol.vocabulary import Malformed

KEY = "0123456789abcdef" * 2

MESSAGES: list[FileMessage] = [
    Offered(1, 2, 3, "x" * MAX_NAME, KEY),
    Listing(1, bytes(MAX_LISTING)),
    Accept(1, 0, 2),
    Decline(1, 0, 2, busy=True),
    Written(1, 0, 2**53 - 1),
    Received(1, 0, "a" * 64),
    Pause(1, True, False, 0, 1),
    Cancel(1, True, False, 0, 1, "x" * MAX_REASON),
]


@pytest.mark.parametrize("message", MESSAGES, ids=repr)
def test_messages_arrive_as_they_were(message: FileMessage) -> None:
    assert FILES.from_value(FILES.to_value(message)) == message


@pytest.mark.parametrize("message", [Piece(1, 2, 3, bytes(MAX_PIECE)), Done(1, 2, "a" * 64)])
def test_contents_arrive_as_they_were(message: FileData) -> None:
    assert FILE_DATA.from_value(FILE_DATA.to_value(message)) == message


@pytest.mark.parametrize(
    "value",
    [
        {"kind": "offer", "id": 1, "files": -1, "size": 1, "name": ""},
        {"kind": "offer", "id": 1, "files": 1, "size": -1, "name": ""},
        {"kind": "offer", "id": 1, "files": 1, "size": 2**53, "name": ""},
        {"kind": "offer", "id": 1, "files": 1, "size": 1, "name": "x" * (MAX_NAME + 1)},
        {"kind": "written", "id": 1, "file": 0, "size": 1.5},
        {"kind": "cancel", "id": 1, "own": 1, "failed": False, "first": 0, "end": 1, "reason": ""},
    ],
)
def test_rubbish_is_refused(value: Any) -> None:
    with pytest.raises(Malformed):
        FILES.from_value(value)


def test_a_piece_that_is_too_large_is_refused() -> None:
    value = {"kind": "piece", "id": 1, "file": 0, "offset": 0, "data": bytes(MAX_PIECE + 1)}
    with pytest.raises(Malformed):
        FILE_DATA.from_value(value)
