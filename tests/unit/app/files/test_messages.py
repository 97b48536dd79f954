"""What two pages say to each other about files, and what is no message."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from app.files.messages import (
    FILE_DATA,
    FILES,
    MAX_PIECE,
    FileAccept,
    FileCancel,
    FileData,
    FileDecline,
    FileDone,
    FileMessage,
    FileOffer,
    FilePiece,
    FileProgress,
    FileReceived,
    FileStop,
)
from peerscript.protocol.vocabulary import Malformed

SAMPLES: list[Any] = [
    FileOffer(3, "Mira 😀 שלום.bin", size=0, type=""),
    FileAccept(0),
    FileDecline(2**53 - 1),
    FileProgress(3, 10**12),
    FileReceived(3, "f" * 64),
    FileCancel(3, "because"),
    FileStop(3, "because", failed=True),
]
DATA: list[Any] = [FilePiece(3, 2**40, b"data"), FileDone(3, "0" * 64)]


@pytest.mark.parametrize("message", SAMPLES)
def test_what_is_said_arrives(message: Any) -> None:
    assert FILES.from_value(FILES.to_value(message)) == message


@pytest.mark.parametrize("message", DATA)
def test_what_is_carried_arrives(message: Any) -> None:
    assert FILE_DATA.from_value(FILE_DATA.to_value(message)) == message


def test_every_message_has_a_sample() -> None:
    assert {type(message) for message in SAMPLES} == set(get_args(FileMessage))
    assert {type(message) for message in DATA} == set(get_args(FileData))


def test_what_a_later_version_says_is_passed_over() -> None:
    assert FILES.from_value({"kind": "teleport", "to": "Mars"}) is None
    assert FILES.from_value({"kind": "accept", "id": 1, "thanks": True}) == FileAccept(1)


@pytest.mark.parametrize(
    "value",
    [
        "accept",
        7,
        None,
        [],
        {"kind": 7},
        {"kind": "progress", "id": 1},
        {"kind": "accept", "id": -1},
        {"kind": "accept", "id": True},
        {"kind": "accept", "id": 1.5},
        {"kind": "accept", "id": 2**53},
        {"kind": "received", "id": 1, "sha256": None},
        {"kind": "received", "id": 1, "sha256": "0" * 65},
        {"kind": "stop", "id": 1, "reason": "", "failed": "yes"},
        {"kind": "offer", "id": 1, "name": "a", "size": -1, "type": ""},
    ],
)
def test_what_is_malformed(value: object) -> None:
    with pytest.raises(Malformed):
        FILES.from_value(value)


def test_a_piece_has_a_size() -> None:
    with pytest.raises(Malformed):
        FILE_DATA.from_value({"kind": "piece", "id": 1, "offset": 0, "data": bytes(MAX_PIECE + 1)})
