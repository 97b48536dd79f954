"""What two pages say to each other about files, and what is no message."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from app.files import messages
from app.files.messages import (
    FileAccept,
    FileCancel,
    FileDecline,
    FileDone,
    FileOffer,
    FileProgress,
    FileReceived,
    FileStop,
    decode,
    decode_piece,
    encode,
    encode_piece,
)
from peerscript.protocol.link.messages import MAX_LIVE_TEXT
from peerscript.protocol.vocabulary import Malformed

SAMPLES: list[Any] = [
    FileOffer(3, "Mira 😀 שלום.bin", size=0, type=""),
    FileAccept(0),
    FileDecline(2**53 - 1),
    FileProgress(3, 10**12),
    FileDone(3, "0" * 64),
    FileReceived(3, "f" * 64),
    FileCancel(3, "because"),
    FileStop(3, "because", failed=True),
]


@pytest.mark.parametrize("message", SAMPLES)
def test_what_is_encoded_is_decoded(message: Any) -> None:
    assert decode(encode(message)) == message


def test_every_message_has_a_sample() -> None:
    assert {type(message) for message in SAMPLES} == set(messages.Message.__args__)


def test_the_longest_fits_into_a_live_message() -> None:
    longest = FileOffer(2**53 - 1, "\\" * 1024, size=2**53 - 1, type="\x00" * 256)
    assert len(encode(longest)) < MAX_LIVE_TEXT


def test_an_unknown_kind_is_for_a_later_version() -> None:
    assert decode('{"kind": "teleport", "to": "Mars"}') is None


def test_what_a_later_version_adds_is_passed_over() -> None:
    assert decode('{"kind": "file-accept", "id": 1, "thanks": true}') == FileAccept(1)


@pytest.mark.parametrize(
    "frame",
    [
        "",
        "{",
        "[]",
        "7",
        '{"kind": 7}',
        '{"kind": "file-progress", "id": 1}',
        '{"kind": "file-accept", "id": -1}',
        '{"kind": "file-accept", "id": true}',
        '{"kind": "file-accept", "id": 1.5}',
        '{"kind": "file-accept", "id": 9007199254740993}',
        '{"kind": "file-done", "id": 1, "sha256": null}',
        '{"kind": "file-done", "id": 1, "sha256": "%s"}' % ("0" * 65),
        '{"kind": "file-stop", "id": 1, "reason": "", "failed": "yes"}',
        '{"kind": "file-offer", "id": 1, "name": "a", "size": -1, "type": ""}',
        "[" * 100_000,
    ],
)
def test_what_is_malformed(frame: str) -> None:
    with pytest.raises(Malformed):
        decode(frame)


def test_no_frame_does_worse_than_be_malformed() -> None:
    chance = random.Random(3)
    seeds = [encode(message) for message in SAMPLES]
    for _ in range(5_000):
        damaged = list(chance.choice(seeds))
        for _ in range(chance.randint(1, 4)):
            damaged[chance.randrange(len(damaged))] = chr(chance.randrange(0x20, 0x7F))
        try:
            decode("".join(damaged))
        except Malformed:
            continue


def test_pieces() -> None:
    assert decode_piece(encode_piece(7, 2**40, b"data")) == (7, 2**40, b"data")
    assert len(encode_piece(2**32 - 1, 0, b"")) == messages.PIECE_HEAD
    with pytest.raises(Malformed):
        decode_piece(b"short")


def test_frames_are_json_with_their_kind() -> None:
    assert json.loads(encode(FileCancel(1, "hi"))) == {
        "kind": "file-cancel",
        "id": 1,
        "reason": "hi",
        "failed": False,
    }
