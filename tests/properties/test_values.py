"""Whatever a serialization takes arrives exactly; whatever arrives breaks nothing."""

from __future__ import annotations

import array
import math
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgpack as the_other_msgpack  # type: ignore[import-untyped]
import numpy
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from peerscript import sendable
from peerscript.errors import SerializationError, UnreadableMessage
from peerscript.protocol.values import msgpack
from peerscript.protocol.values.codecs import BinaryCodec, Codec, codec_for
from tests.properties.strategies import (
    every_float,
    large_integers,
    nested,
    safe_integers,
    texts,
    to_peerjs,
    to_peerscript,
)

LIMIT = 65_536


def settled(name: str) -> Codec:
    codec = codec_for(name)
    codec.assume_peerjs()
    return codec


def introduced() -> tuple[Codec, Codec]:
    near, far = BinaryCodec(), BinaryCodec()
    for one, other in ((near, far), (far, near)):
        assert list(other.decode(one.hello)) == []
    return near, far


def carried(near: Codec, far: Codec, value: object) -> list[Any]:
    return [found for frame in near.encode(value, LIMIT) for found in far.decode(frame)]


def same(left: Any, right: Any) -> bool:
    """Equal, with NaN equal to itself, and ints that are not floats."""
    if isinstance(left, float) and isinstance(right, float):
        return struct.pack(">d", left) == struct.pack(">d", right) or left != left != right
    if type(left) is not type(right):
        return False
    if isinstance(left, list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(left, complex):
        return same(left.real, right.real) and same(left.imag, right.imag)
    return bool(left == right)


@given(to_peerscript)
@example(None)
@example({"__peerData": math.nan})
def test_between_two_peerscript_pages_everything_is_exact(value: Any) -> None:
    (arrived,) = carried(*introduced(), value)
    assert same(arrived, value)


@pytest.mark.parametrize("name", ["binary", "json", "msgpack", "raw"])
def test_to_another_page_what_is_taken_is_equal(name: str) -> None:
    @given(to_peerjs[name].filter(lambda value: value is not None))
    def check(value: Any) -> None:
        (arrived,) = carried(settled(name), settled(name), value)
        assert same(arrived, value) or arrived == value

    check()


anything = nested(
    st.none()
    | texts
    | safe_integers
    | large_integers
    | every_float
    | st.binary()
    | st.complex_numbers()
    | st.dates()
    | st.sets(st.integers())
)


@pytest.mark.parametrize("name", ["binary", "json", "msgpack", "raw"])
def test_all_else_is_refused_aloud_and_by_its_place(name: str) -> None:
    @given(anything)
    def check(value: Any) -> None:
        near, far = settled(name), settled(name)
        try:
            frames = near.encode(value, LIMIT)
        except SerializationError as refusal:
            words = str(refusal)
        else:
            (arrived,) = [found for frame in frames for found in far.decode(frame)]
            assert arrived == value or repr(arrived) == repr(value)
            return
        assert words.startswith("message")
        assert f'in "{name}"' in words

    check()


@pytest.mark.parametrize("name", ["binary", "json", "msgpack"])
def test_no_frame_does_worse_than_be_unreadable(name: str) -> None:
    (seed,) = settled(name).encode({"a": [1, -2.5, "text", True, {"b": 1 << 40}]}, LIMIT)
    (python,) = introduced()[0].encode([None, 2**70, {"a": math.nan}], LIMIT)
    assert isinstance(seed, bytes)
    assert isinstance(python, bytes)

    @given(damaged(seed) | damaged(python) | st.binary())
    def check(frame: bytes) -> None:
        codec = settled(name)
        read(codec, frame)
        read(codec, frame)
        assert read(codec, seed)

    check()


def read(codec: Codec, frame: bytes) -> list[object]:
    values: list[object] = []
    try:
        values.extend(codec.decode(frame))
    except UnreadableMessage:
        return values
    return values


def damaged(seed: bytes) -> st.SearchStrategy[bytes]:
    def put(changes: list[tuple[int, int]]) -> bytes:
        frame = bytearray(seed)
        for place, byte in changes:
            frame[place % len(frame)] = byte
        return bytes(frame)

    return st.lists(st.tuples(st.integers(0, 500), st.integers(0, 255)), max_size=6).map(put)


@given(st.lists(nested(texts | safe_integers | every_float | st.binary()), max_size=5), st.data())
def test_a_stream_may_be_cut_anywhere(values: list[Any], data: st.DataObject) -> None:
    stream, arrived = msgpack.Stream(), []
    for value in values:
        packer = msgpack.MessagePacker()
        packer.pack(value)
        whole = bytes(packer.out)
        cut = data.draw(st.integers(0, len(whole)))
        for piece in (whole[:cut], whole[cut:]):
            arrived += list(stream.feed(piece))
    assert same(arrived, values)


@given(nested(st.none() | st.booleans() | texts | safe_integers | every_float | st.binary()))
def test_msgpack_is_the_worlds(value: Any) -> None:
    packer = msgpack.MessagePacker()
    packer.pack(value)
    assert same(the_other_msgpack.unpackb(bytes(packer.out)), value)
    (arrived,) = msgpack.Stream().feed(the_other_msgpack.packb(value))
    assert same(arrived, value)


arrays: Iterable[Any] = [
    array.array("d", [0.5, math.inf]),
    array.array("h", [-1, 2]),
    array.array("q", [2**60]),
    memoryview(bytes(range(24))).cast("I", (2, 3)),
    numpy.arange(12, dtype="float64").reshape(3, 4),
    numpy.arange(12).reshape(3, 4)[:, ::2],
    numpy.arange(6, dtype="uint8").reshape(2, 3),
    numpy.array([True, False]),
    numpy.array([1, 2], dtype="int64").T,
    numpy.asfortranarray(numpy.arange(6, dtype="float32").reshape(2, 3)),
]


@pytest.mark.parametrize("sent", arrays, ids=lambda sent: f"{type(sent).__name__}")
def test_arrays_keep_format_and_shape(sent: Any) -> None:
    (arrived,) = carried(*introduced(), {"data": sent})
    view = memoryview(sent)
    assert isinstance(arrived["data"], memoryview)
    assert arrived["data"].shape == view.shape
    assert numpy.array_equal(numpy.asarray(arrived["data"]), numpy.asarray(sent))
    assert numpy.asarray(arrived["data"]).dtype == numpy.asarray(sent).dtype


@pytest.mark.parametrize("sent", arrays, ids=lambda sent: f"{type(sent).__name__}")
@pytest.mark.parametrize("name", ["binary", "msgpack"])
def test_to_plain_peerjs_an_array_is_its_bytes(name: str, sent: Any) -> None:
    (arrived,) = carried(settled(name), settled(name), [sent])
    assert arrived == [memoryview(sent).tobytes()]


@pytest.mark.parametrize(
    ("number", "value"),
    [(numpy.float64(0.5), 0.5), (numpy.int64(-7), -7), (numpy.bool_(True), True),
     (numpy.float32(0.5), 0.5), (numpy.uint8(255), 255)],
)  # fmt: skip
def test_a_number_of_numpys_is_a_number(number: Any, value: Any) -> None:
    for near, far in (introduced(), (settled("binary"), settled("binary"))):
        (arrived,) = carried(near, far, {"n": number})
        assert same(arrived, {"n": value})


@pytest.mark.parametrize(
    "sent",
    [
        numpy.array([("a", 1)], dtype=[("name", "U4"), ("age", "i4")]),
        numpy.array([1], dtype=">i4"),
        numpy.zeros((0, 3)),
        numpy.array(["text"]),
    ],
    ids=str,
)
def test_arrays_that_would_arrive_as_others_are_refused(sent: Any) -> None:
    near, _ = introduced()
    with pytest.raises(SerializationError, match=r'message\["data"\]'):
        near.encode({"data": sent}, LIMIT)


@sendable
@dataclass
class Move:
    piece: str
    to: tuple[int, int]
    weight: float = 1.0


@given(st.builds(lambda piece, weight: Move(piece, (1, 2), weight), texts, every_float))
def test_dataclasses_arrive_as_themselves(move: Move) -> None:
    (arrived,) = carried(*introduced(), [move])
    assert isinstance(arrived[0], Move)
    assert same([arrived[0].piece, arrived[0].weight], [move.piece, move.weight])
    assert list(arrived[0].to) == [1, 2]
