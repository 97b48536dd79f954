"""MessagePack as PeerJS's MsgPack writes and reads it."""

from __future__ import annotations

import datetime
import math
from typing import Any

import pytest

from peerscript.errors import SerializationError, UnreadableMessage
from peerscript.protocol.values import msgpack
from peerscript.protocol.values.msgpack import Stream, pack

UTC = datetime.UTC


# What @msgpack/msgpack 2.8 makes of the same values: encode(...) in Node.
THEIR_BYTES: list[tuple[Any, bytes]] = [
    ("hi", b"\xa2hi"),
    ("x" * 32, b"\xd9\x20" + b"x" * 32),
    ({"a": [1, -5, 300, None, True]}, b"\x81\xa1a\x95\x01\xfb\xcd\x01\x2c\xc0\xc3"),
    (b"\x01\x02", b"\xc4\x02\x01\x02"),
    (0.5, b"\xcb\x3f\xe0\x00\x00\x00\x00\x00\x00"),
    (-3_000_000_000, b"\xd3\xff\xff\xff\xff\x4d\x2f\xa2\x00"),
]


@pytest.mark.parametrize(("value", "packed"), THEIR_BYTES)
def test_the_bytes_are_theirs(value: Any, packed: bytes) -> None:
    assert pack(value) == packed
    assert list(Stream().feed(packed)) == [value]


@pytest.mark.parametrize(
    "moment",
    [
        datetime.datetime(2026, 11, 22, 12, 30, 0, 123000, tzinfo=UTC),
        datetime.datetime(1969, 7, 20, 20, 17, 40, tzinfo=UTC),
        datetime.datetime(2600, 1, 1, tzinfo=UTC),
    ],
)
def test_moments(moment: datetime.datetime) -> None:
    assert list(Stream().feed(pack(moment))) == [moment]


def test_a_short_moment_of_theirs() -> None:
    (moment,) = Stream().feed(b"\xd6\xff\x00\x00\x00\x01")
    assert moment == datetime.datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (datetime.datetime(2026, 1, 1), "without a time zone"),
        (datetime.datetime(2026, 1, 1, microsecond=1, tzinfo=UTC), "with microseconds"),
        (2**53 + 1, "JavaScript number"),
        ({"__proto__": 1}, "object's kind"),
        (datetime.date(2026, 1, 1), "date has no place"),
    ],
)
def test_what_would_arrive_as_something_else_is_refused(value: Any, words: str) -> None:
    with pytest.raises(SerializationError, match=words):
        pack(value)


def test_nan_is_nan() -> None:
    (value,) = Stream().feed(pack(math.nan))
    assert isinstance(value, float)
    assert math.isnan(value)


def test_a_large_message_in_many_pieces_is_looked_at_once() -> None:
    whole = pack({"data": b"x" * 2_000_000, "list": list(range(50_000))})
    stream = Stream()
    looked = 0
    head = stream._head

    def count() -> Any:
        nonlocal looked
        looked += 1
        return head()

    stream._head = count  # type: ignore[method-assign]
    values = [
        value
        for place in range(0, len(whole), 1000)
        for value in stream.feed(whole[place : place + 1000])
    ]
    assert len(values) == 1
    assert looked < 55_000 + len(whole) / 1000


@pytest.mark.parametrize(
    "rubbish",
    [b"\xc1", b"\xc7\x01\x05a", b"\xc7\x03\xffabc", b"\xa1\xff", b"\x91" * 200 + b"\xc0",
     b"\xc7\x0c\xff" + b"\x00" * 4 + b"\x7f" * 8, b"\x81\x90\x01"],
    ids=bytes.hex,
)  # fmt: skip
def test_rubbish_is_unreadable_and_the_next_message_is_read(rubbish: bytes) -> None:
    stream = Stream()
    with pytest.raises(UnreadableMessage):
        list(stream.feed(rubbish))
    assert list(stream.feed(pack("next"))) == ["next"]


@pytest.mark.parametrize("announced", [b"\xc6\xff\xff\xff\xff", b"\xdd\xff\xff\xff\xff"])
def test_what_is_announced_has_a_limit(announced: bytes) -> None:
    with pytest.raises(UnreadableMessage, match="larger than may be"):
        list(Stream().feed(announced))


def test_every_size_of_everything() -> None:
    values: list[Any] = (
        ["x" * n for n in (0, 31, 32, 255, 256, 65_536)]
        + [b"x" * n for n in (0, 255, 256, 65_536)]
        + [[1] * n for n in (15, 16, 65_536)]
        + [{str(i): i for i in range(n)} for n in (15, 16, 65_536)]
        + [
            0,
            127,
            128,
            255,
            256,
            65_535,
            65_536,
            2**32,
            2**53,
            -1,
            -32,
            -33,
            -129,
            -40_000,
            -(2**40),
        ]
    )
    assert msgpack.MAX_MESSAGE_SIZE > 0
    stream = Stream()
    assert [found for value in values for found in stream.feed(pack(value))] == values


@pytest.mark.parametrize("value", [2**70, -(2**100)])
def test_an_int_beyond_64_bits_is_the_double_that_it_equals(value: int) -> None:
    assert list(Stream().feed(pack(value))) == [float(value)]


def test_a_size_that_is_cut_in_two() -> None:
    packed = pack(["x" * 300])
    stream = Stream()
    assert list(stream.feed(packed[:3])) == []
    assert list(stream.feed(packed[3:])) == [["x" * 300]]
