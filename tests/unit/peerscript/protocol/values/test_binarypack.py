"""BinaryPack: exact, or refused by name; and no bytes break its reader."""

from __future__ import annotations

import math
import random
from enum import IntEnum
from typing import Any

import pytest

from peerscript.errors import SerializationError, UnreadableMessage
from peerscript.protocol.values.binarypack import pack, unpack
from peerscript.protocol.values.packing import MAX_DEPTH

EXACT: list[Any] = [
    None, True, False, "", "a", "é😀\u202b", "x" * 15, "x" * 16, "x" * 70_000,
    0, 1, 127, 128, 255, 256, 65_535, 65_536, 2**32 - 1, 2**32, 2**53,
    -1, -32, -33, -32_768, -32_769, -(2**31), -(2**31) - 1, -3_000_000_000, -(2**53), 2**60,
    0.5, -2.5, 3.9999999999999996, 2.0**-29, 1e21, 1.7976931348623157e308, math.inf, -math.inf,
    b"", b"x" * 15, b"x" * 16, b"\x00" * 70_000, [], list(range(20_000)), {}, {"": [{"a": b"b"}]},
    {str(number): number for number in range(70_000)},
]  # fmt: skip


@pytest.mark.parametrize("value", EXACT, ids=lambda value: repr(value)[:30])
def test_what_goes_in_comes_out(value: Any) -> None:
    assert unpack(pack(value)) == value


# What peerjs-js-binarypack 2.1.0 makes of the same values: pack(...) in Node.
PEERJS_BYTES = [
    ("hi", b"\xb2hi"),
    ({"a": 1}, b"\x81\xb1a\x01"),
    ([True, None, 300], b"\x93\xc3\xc0\xcd\x01\x2c"),
    (b"\x01\x02", b"\xa2\x01\x02"),
    (-5, b"\xfb"),
    (0.5, b"\xcb\x3f\xe0\x00\x00\x00\x00\x00\x00"),
    ("x" * 16, b"\xd8\x00\x10" + b"x" * 16),
]


@pytest.mark.parametrize(("value", "packed"), PEERJS_BYTES)
def test_the_bytes_are_those_of_peerjs(value: Any, packed: bytes) -> None:
    assert pack(value) == packed
    assert unpack(packed) == value


@pytest.mark.parametrize(
    ("packed", "value"),
    [
        (b"\xd0\xff", -1),
        (b"\xd3" + b"\xff" * 8, -1),
        (b"\xca\x3f\x00\x00\x00", 0.5),
        (b"\xc1", None),
    ],
)
def test_forms_that_only_others_write(packed: bytes, value: Any) -> None:
    assert unpack(packed) == value


class Colour(IntEnum):
    RED = 3


def test_kinds_of_a_kind() -> None:
    assert unpack(pack((1, Colour.RED))) == [1, 3]
    assert unpack(pack(memoryview(b"view"))) == b"view"
    assert unpack(pack(bytearray(b"array"))) == b"array"
    assert unpack(pack(-0.0)) == 0


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (math.nan, "message: NaN"),
        ({"a": [0, math.nan]}, r'message\["a"\]\[1\]: NaN'),
        ([5e-324], r"message\[0\]: the subnormal float 5e-324"),
        (2**53 + 1, "an int that a JavaScript number cannot hold"),
        (10**400, "an int that"),
        ("\ud800", "lone surrogate"),
        ({1: 2}, "a dict key that is no str"),
        ({"a": object()}, r'message\["a"\]: object has no place'),
        ({1, 2}, "set has no place"),
    ],
)
def test_what_cannot_arrive_is_refused_by_name(value: Any, words: str) -> None:
    with pytest.raises(SerializationError, match=words):
        pack(value)


def test_nesting_has_a_limit_on_both_sides() -> None:
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(SerializationError, match="nesting deeper"):
        pack(endless)
    with pytest.raises(UnreadableMessage, match="nested deeper"):
        unpack(b"\x91" * (MAX_DEPTH + 1) + b"\xc0")
    deep: Any = "bottom"
    for _ in range(MAX_DEPTH):
        deep = [deep]
    assert unpack(pack(deep)) == deep


@pytest.mark.parametrize(
    "rubbish",
    [
        b"", b"\xc7", b"\xb5ab", b"\xa5ab", b"\xdd\xff\xff\xff\xff", b"\xdf\xff\xff\xff\xff",
        b"\xd9\xff\xff\xff\xff", b"\xcb\x00", b"\x92\x01", b"\x81\x90\x01", b"\xb1\xff",
    ],
)  # fmt: skip
def test_rubbish_is_unreadable(rubbish: bytes) -> None:
    with pytest.raises(UnreadableMessage):
        unpack(rubbish)


def test_no_bytes_do_worse_than_be_unreadable() -> None:
    chance = random.Random(7)
    seed = pack({"a": [1, 2.5, "text", b"bytes", None, {"b": True}] * 3})
    for _ in range(20_000):
        damaged = bytearray(seed)
        for _ in range(chance.randint(1, 8)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        try:
            unpack(bytes(damaged[: chance.randint(0, len(damaged))]))
        except UnreadableMessage:
            continue
