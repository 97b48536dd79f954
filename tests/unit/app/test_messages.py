"""What two pages say to each other, and what is no message."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from app import messages
from app.messages import (
    FileCancel,
    FileDone,
    FileOffer,
    FileProgress,
    Hello,
    Malformed,
    Text,
    TextReceived,
    decode,
    decode_piece,
    encode,
    encode_piece,
    text_parts,
)

SAMPLES: list[Any] = [
    Hello(1, "Mira 😀"),
    Text(1, "שלום", more=True),
    TextReceived(2**53 - 1),
    FileOffer(3, "name.bin", size=0, type=""),
    FileProgress(3, 10**12),
    FileDone(3, "0" * 64),
    FileCancel(3, "because"),
]


@pytest.mark.parametrize("message", SAMPLES)
def test_what_is_encoded_is_decoded(message: Any) -> None:
    assert decode(encode(message)) == message


def test_an_unknown_kind_is_for_a_later_version() -> None:
    assert decode('{"kind": "teleport", "to": "Mars"}') is None


@pytest.mark.parametrize(
    "frame",
    [
        "",
        "{",
        "[]",
        "7",
        '{"kind": 7}',
        '{"kind": "text", "id": 1}',
        '{"kind": "text", "id": -1, "text": ""}',
        '{"kind": "text", "id": true, "text": ""}',
        '{"kind": "text", "id": 1.5, "text": ""}',
        '{"kind": "text", "id": 9007199254740993, "text": ""}',
        '{"kind": "text", "id": 1, "text": null}',
        '{"kind": "text", "id": 1, "text": "", "more": "yes"}',
        '{"kind": "hello", "version": 1, "name": "%s"}' % ("x" * 61),
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


def test_long_texts_travel_in_parts() -> None:
    text = "".join(chr(0x1F600 + number % 50) for number in range(messages.PART_SIZE * 2 + 5))
    parts = text_parts(4, text)
    assert [part.more for part in parts] == [True, True, False]
    assert "".join(part.text for part in parts) == text
    assert max(len(encode(part).encode()) for part in parts) < 128 * 1024
    assert text_parts(1, "") == [Text(1, "")]


def test_pieces() -> None:
    assert decode_piece(encode_piece(7, 2**40, b"data")) == (7, 2**40, b"data")
    assert len(encode_piece(0, 0, b"")) == messages.PIECE_HEAD
    with pytest.raises(Malformed):
        decode_piece(b"short")


def test_frames_are_json_with_their_kind() -> None:
    assert json.loads(encode(Text(1, "hi"))) == {
        "kind": "text",
        "id": 1,
        "text": "hi",
        "more": False,
    }
