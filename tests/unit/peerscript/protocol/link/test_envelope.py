"""Which channel a frame is for, and its number; anything else is Malformed."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peerscript.protocol.link.envelope import (
    MAX_HEAD,
    MAX_NAME,
    Envelope,
    check_name,
    envelopes,
)
from peerscript.protocol.vocabulary import MAX_NUMBER, Malformed

NAMES = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9 ._/-]{0,31}", fullmatch=True)
NO_NAMES = ["", " a", "/a", "é", "a\n", "a:b", "a\0", "x" * 33, "a\u2028", "ａ"]


@settings(max_examples=50, deadline=None)
@given(NAMES, st.integers(1, MAX_NUMBER), st.binary(), st.booleans())
def test_what_goes_in_comes_out(name: str, number: int, payload: bytes, more: bool) -> None:
    envelope = Envelope(name, number, payload, more)
    frame = envelope.encode()
    assert Envelope.decode(frame) == envelope
    assert len(frame) <= MAX_HEAD + len(payload)


def test_the_bytes() -> None:
    assert Envelope("chat", 258, b"data").encode() == b"\0\4\0\0\0\0\0\0\1\2chatdata"
    assert Envelope("a b", 1, b"", more=True).encode() == b"\1\3\0\0\0\0\0\0\0\1a b"


@pytest.mark.parametrize("name", ["a", "0", "chat", "slides/ink", "a b.c_d-e", "x" * MAX_NAME])
def test_names(name: str) -> None:
    assert check_name(name) == name


@pytest.mark.parametrize("name", [*NO_NAMES, None, 7, b"chat"], ids=repr)
def test_what_is_no_name(name: str) -> None:
    with pytest.raises(ValueError, match="no name for a channel"):
        check_name(name)


def frame(flags: int = 0, size: int = 4, number: int = 1, rest: bytes = b"chatdata") -> bytes:
    return struct.pack(">BBQ", flags, size, number) + rest


@pytest.mark.parametrize(
    "bad",
    [
        b"", b"\0", frame()[:9], frame(rest=b""), frame(rest=b"cha"), frame(size=255),
        frame(size=9), frame(size=0), frame(number=0), frame(number=MAX_NUMBER + 1),
        frame(number=2**64 - 1), frame(flags=2), frame(flags=3), frame(flags=255),
        *(frame(size=len(name.encode()), rest=name.encode()) for name in NO_NAMES),
        frame(rest=b"\xff\xfe\xfd\xfc"),
    ],
    ids=repr,
)  # fmt: skip
def test_what_is_none(bad: bytes) -> None:
    with pytest.raises(Malformed):
        Envelope.decode(bad)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=60) | st.builds(frame, st.integers(0, 3), st.integers(0, 255)))
def test_anything_is_read_or_malformed(data: bytes) -> None:
    try:
        envelope = Envelope.decode(data)
    except Malformed:
        return
    assert envelope.encode() == data


@pytest.mark.parametrize(
    ("length", "parts"), [(0, 1), (1, 1), (100, 1), (101, 2), (300, 3), (399, 4)]
)
def test_a_long_message_travels_in_parts(length: int, parts: int) -> None:
    payload = bytes(place % 256 for place in range(length))
    made = list(envelopes("chat", 7, payload, lambda: 100))
    assert len(made) == parts
    assert b"".join(part.payload for part in made) == payload
    assert [part.more for part in made] == [True] * (parts - 1) + [False]
    assert {(part.channel, part.number) for part in made} == {("chat", 7)}
