"""JSON is read, or refused before it can do harm."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass

import pytest

from peerscript.errors import SerializationError, UnreadableMessage
from peerscript.protocol.values import sendable
from peerscript.protocol.values.jsontext import parse, text
from peerscript.protocol.values.packing import MAX_DEPTH

DEEP = "[" * MAX_DEPTH + "]" * MAX_DEPTH


@pytest.mark.parametrize(
    "value", [None, 7, "text", {"a": [1, {"b": None}]}, [[]] * 500, ["[" * 500, '\\"[[{', "{"] * 60]
)
def test_json_is_read(value: object) -> None:
    text = json.dumps(value)
    assert parse(text) == value
    assert parse(text.encode()) == value


def test_as_deep_as_allowed() -> None:
    assert json.dumps(parse(DEEP)) == DEEP


@pytest.mark.parametrize(
    "text", ["", "{", "nonsense", b"\xff", f"[{DEEP}]", "[" * 100_000, '{"a":' * 100_000, '"' * 999]
)
def test_what_is_not_json_or_too_deep(text: str | bytes) -> None:
    with pytest.raises(UnreadableMessage):
        parse(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("21284677663895070", 21284677663895072),  # what JSON.stringify(21284677663895072) gives
        ("[-21284677663895070, 7]", [-21284677663895072, 7]),
        ("9007199254740994", 2**53 + 2),
        ('["12345678901234567890"]', ["12345678901234567890"]),
        ("1180591620717411303424", 2**70),
    ],
)
def test_a_large_int_is_the_number_that_javascript_has(text: str, value: object) -> None:
    assert parse(text) == value


def test_an_int_beyond_every_double_is_unreadable() -> None:
    with pytest.raises(UnreadableMessage):
        parse("1" * 400)


@sendable.sendable(name="test_jsontext")
@dataclass
class Move:
    piece: str


def test_json_is_written() -> None:
    assert text({"a": [1, 0.5, None, ("b", True)], "m": Move("♔")}) == (
        '{"a": [1, 0.5, null, ["b", true]], "m": {"piece": "♔"}}'
    )


def nested(depth: int) -> object:
    return [nested(depth - 1)] if depth else []


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (nested(MAX_DEPTH), "nesting deeper"),
        ({1: "one"}, "a dict key that is no str"),
        ({"\ud800": 1}, "lone surrogate"),
        ({"a": [math.nan]}, r'message\["a"\]\[0\]: NaN'),
        (2**53 + 1, "54 bits"),
        (object(), "object has no place"),
    ],
)
def test_what_json_would_lose_is_refused(value: object, words: str) -> None:
    with pytest.raises(SerializationError, match=words):
        text(value)
