"""What two PeerScript pages carry besides; see tests/properties for all the rest."""

from __future__ import annotations

import array
import ctypes
import datetime
import math
from dataclasses import dataclass
from typing import Any

import pytest

from peerscript.errors import SerializationError, UnreadableMessage
from peerscript.protocol.values import sendable
from peerscript.protocol.values.pythonpack import FRAME, TAG, join, pack, unpack

ZONE = datetime.timezone(datetime.timedelta(hours=2))


@pytest.mark.parametrize(
    "value",
    [
        None, 2**63, -(2**63) - 1, 2**200, -(2**53) - 1, math.inf, 5e-324, 1 + 2j,
        datetime.datetime(2026, 11, 22, 12, 30, 0, 123456),
        datetime.datetime(2026, 11, 22, tzinfo=ZONE),
        datetime.date(2026, 11, 22), datetime.time(12, 30), datetime.timedelta(-1, 2, 3),
        {"__proto__": 1, "__peerData": {"type": "close"}},
    ],
    ids=repr,
)  # fmt: skip
def test_what_goes_in_comes_out(value: Any) -> None:
    (arrived,) = unpack(pack(value))
    assert arrived == value
    assert type(arrived) is type(value)


def test_which_of_two_equal_hours() -> None:
    moment = datetime.datetime(2026, 10, 25, 2, 30, fold=1)
    (arrived,) = unpack(pack([moment, moment.time()]))
    assert [found.fold for found in arrived] == [1, 1]


def test_nan_and_the_sign_of_zero() -> None:
    (arrived,) = unpack(pack([math.nan, -0.0]))
    assert math.isnan(arrived[0])
    assert math.copysign(1, arrived[1]) == -1


def test_arrays_keep_format_and_shape() -> None:
    (arrived,) = unpack(pack(array.array("d", [0.5, 1.5])))
    assert (arrived.format, arrived.shape, arrived.tolist()) == ("d", (2,), [0.5, 1.5])
    (arrived,) = unpack(pack(memoryview(bytes(12)).cast("H", (2, 3))))
    assert (arrived.format, arrived.shape) == ("H", (2, 3))
    (arrived,) = unpack(pack(array.array("l", [-1])))
    assert arrived.tolist() == [-1]
    assert list(unpack(pack(memoryview(b"bytes")))) == [b"bytes"]
    (arrived,) = unpack(pack(array.array("f")))
    assert (arrived.format, arrived.tolist()) == ("f", [])


@dataclass
class Known:
    values: list[Any]


def test_a_dataclass_needs_the_other_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sendable, "_BY_NAME", {})
    monkeypatch.setattr(sendable, "_NAMES", {})
    sendable.sendable(Known)
    with pytest.raises(
        SerializationError, match=r"message\[0\]: the other page has not registered"
    ):
        pack([Known([])])
    with pytest.raises(SerializationError, match=r'message\["Known"\]\["values"\]\[1\]: set has'):
        pack(Known([1, {2}]), frozenset({"Known"}))
    assert list(unpack(pack(Known([None]), frozenset({"Known"})))) == [Known([None])]


def test_frames_are_joined() -> None:
    values: list[Any] = [1, "two", None, {"four": 4}]
    assert list(unpack(join([pack(value) for value in values]))) == values


@pytest.mark.parametrize(
    "rubbish",
    [
        bytes((TAG, 99, 0)), bytes((TAG,)), bytes((TAG, 0, 1)), bytes((TAG, 0, 0x82, 0, 0, 1, 1)),
        bytes((TAG, 1, 1)), b"\xc4\x01\x93\xb2f8\x91\x01\xa1a", b"\xc4\x01\x93\xb2f9\x91\x01\xa1a",
        b"\xc4\x01\x93\xb2f8\x91\x01\x01", bytes((TAG, 2, 1)), b"\xc4\x03\xb3now",
        b"\xc4\x03\x92\xb3now\x00", b"\xc4\x06\x91\x01", b"\xc4\x05\xc0", b"\xc4\x07\x90",
        bytes((TAG, 3)) * 200,
    ],
    ids=bytes.hex,
)  # fmt: skip
def test_rubbish_is_unreadable_and_what_came_before_is_not_lost(rubbish: bytes) -> None:
    values = iter(unpack(bytes((FRAME,)) + b"\x07" + rubbish))
    assert next(values) == 7
    with pytest.raises(UnreadableMessage):
        next(values)


@pytest.mark.parametrize("value", [((ctypes.c_uint8 * 3) * 0)(), (ctypes.c_longdouble * 2)()])
def test_an_array_that_has_no_place(value: Any) -> None:
    with pytest.raises(SerializationError, match="an array of format"):
        pack(value)
