"""Plain values are exact as text; all else is left to others."""

from __future__ import annotations

import math
from typing import Any

import pytest

from peerscript.errors import UnreadableMessage
from peerscript.protocol.values import flattext


@pytest.mark.parametrize(
    "value",
    [
        None, True, "", "text 😀", 0, -1, 2**53 + 1, 2**200, 0.1, -0.0, 5e-324, math.inf,
        {}, {"a": 1, "": None, "__proto__": "x", "[[{": ":["},
        {"a": {}, "b": {"c": [1, {}], "d": 1.0}, "e": [], "f": [None, "x", True]},
    ],
    ids=repr,
)  # fmt: skip
def test_plain_values_are_exact(value: Any) -> None:
    frame = flattext.text(value)
    assert frame is not None
    assert frame.isascii()
    (arrived,) = flattext.values(frame)
    assert (type(arrived), repr(arrived)) == (type(value), repr(value))


def test_nan() -> None:
    frame = flattext.text({"a": math.nan})
    assert frame is not None
    assert math.isnan(flattext.values(frame)[0]["a"])


class Number(int):
    pass


@pytest.mark.parametrize(
    "value",
    [
        "\ud800", {"\udfff": 1}, {"a": "\ud800 😀"}, {"a": ["\ud800"]}, [1], (1,), [{}], {1: 2},
        {True: 1}, {"a": b"b"}, b"b", Number(1), {"a": {1}}, 10**5000, {"a": Number(1)},
        {"a": {1: 2}}, {"a": [b"b"]}, {"a": [[[[]]]]}, {"a": 1, "b": {"c": {"d": {"e": {}}}}},
    ],
    ids=lambda value: repr(value)[:30] if not isinstance(value, int) else "int",
)  # fmt: skip
def test_all_else_is_not_for_us(value: Any) -> None:
    assert flattext.text(value) is None


def test_what_contains_itself_is_left_to_others() -> None:
    value: dict[str, Any] = {}
    value["a"] = value
    assert flattext.text(value) is None


def test_a_tuple_in_it_arrives_as_a_list() -> None:
    frame = flattext.text({"a": (1, (2,))})
    assert frame is not None
    assert flattext.values(frame) == [{"a": [1, [2]]}]


def test_several_share_a_frame() -> None:
    sent: list[Any] = [{"a": "[["}, "b", 3, None, {}, {"a": [{}]}]
    frames = [flattext.text(value) for value in sent]
    assert flattext.values(flattext.join([frame for frame in frames if frame is not None])) == sent


@pytest.mark.parametrize(
    "rubbish",
    ["", "{", "x", "1 2", '{"a":1}{', "[" * 5000, "[ " * 5000, '{"a":' * 5000, "[1,[2," * 3000,
     '[{"a" : {"b":\t' * 2000, "1" * 5000, "[1,]"],
    ids=lambda text: text[:12],
)  # fmt: skip
def test_rubbish_is_unreadable(rubbish: str) -> None:
    with pytest.raises(UnreadableMessage):
        flattext.values(rubbish)


def test_what_nests_a_little_is_read() -> None:
    assert flattext.values('[{"a":[1,{"b":[]}]}]') == [{"a": [1, {"b": []}]}]
