"""JSON is read, or refused before it can do harm."""

from __future__ import annotations

import json

import pytest

from peerscript.errors import UnreadableMessage
from peerscript.protocol.jsontext import parse
from peerscript.protocol.packing import MAX_DEPTH

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
