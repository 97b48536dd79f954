"""The words of a Link survive the wire, and fit into its frames."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peerscript.protocol.link.keys import NONCE_SIZE, to_text
from peerscript.protocol.link.messages import (
    MAX_HANDSHAKE_FRAME,
    PART_SIZE,
    VERSION,
    WORDS,
    Ack,
    Admitted,
    Away,
    Beat,
    Bye,
    Hello,
    HostHello,
    Kept,
    Live,
    Nonce,
    Proof,
    Rejection,
    Resume,
    Reveal,
    decode_bytes,
    encode_bytes,
    kept_parts,
)
from peerscript.protocol.vocabulary import Malformed

EVERY_BROWSER_TAKES = 64 * 1024  # bytes in one frame

WORD_OF_EACH_KIND: list[Any] = [
    Hello(VERSION, "secret", "n" * 43, "session", "files calls"),
    Hello(VERSION, "phrase", ""),
    HostHello(VERSION, "n" * 43),
    HostHello(VERSION, "", "c" * 43, "files"),
    Nonce("n"), Reveal("n", "b"), Proof("p"), Rejection("busy"), Admitted("key"),
    Resume(3, 4, "Ada", "epoch", "heard"),
    Kept(1, "text"), Kept(1, "text", more=True), Live(2, ""), Ack(1, 2), Beat(), Away(), Bye(),
]  # fmt: skip


@pytest.mark.parametrize("word", WORD_OF_EACH_KIND, ids=lambda word: type(word).__name__)
def test_every_word_survives_the_wire(word: Any) -> None:
    assert WORDS.decode(WORDS.encode(word)) == word


def test_the_longest_greeting_fits() -> None:
    nonce = to_text(bytes(NONCE_SIZE))
    longest = Hello(VERSION, "secret", nonce, "f" * 32, '"' * 300)
    assert len(WORDS.encode(longest)) <= MAX_HANDSHAKE_FRAME


@pytest.mark.parametrize(
    ("length", "parts"),
    [
        (0, 1),
        (1, 1),
        (PART_SIZE, 1),
        (PART_SIZE + 1, 2),
        (PART_SIZE * 3, 3),
        (PART_SIZE * 4 - 1, 4),
    ],
)
def test_a_long_text_travels_in_parts(length: int, parts: int) -> None:
    text = "".join(chr(0x100 + place % 500) for place in range(length))
    made = kept_parts(7, text)
    assert len(made) == parts
    assert "".join(part.text for part in made) == text
    assert [part.more for part in made] == [True] * (parts - 1) + [False]
    assert {part.number for part in made} == {7}


@pytest.mark.parametrize("letter", ["x", "\0", '"', "😀", "\u2028"], ids=ascii)
def test_a_part_fits_into_the_frames_of_every_browser(letter: str) -> None:
    for part in kept_parts(2**53 - 1, letter * (PART_SIZE + 1)):
        frame = WORDS.encode(part)
        assert len(frame.encode()) <= EVERY_BROWSER_TAKES
        assert WORDS.decode(frame) == part


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**64 - 1), st.binary())
def test_bytes_with_their_number(number: int, data: bytes) -> None:
    assert decode_bytes(encode_bytes(number, data)) == (number, data)


def test_the_number_is_big_endian() -> None:
    assert encode_bytes(258, b"data") == b"\0\0\0\0\0\0\x01\x02data"


@pytest.mark.parametrize("frame", [b"", b"1234567"])
def test_bytes_without_a_number(frame: bytes) -> None:
    with pytest.raises(Malformed, match=f"{len(frame)} bytes"):
        decode_bytes(frame)
