"""JSON to and from another page.

In the browser, Python's own JSON reader and writer do not limit nesting: 20 kB of "[" overflow
WebAssembly's stack and kill Python for good. So the depth is checked first. And `json.dumps`
accepts values that arrive as something else (a NaN, an int as a dict's key, an int with more digits
than a JavaScript number has): such values are refused.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any, NoReturn

from peerscript.errors import UnreadableMessage
from peerscript.protocol.values import sendable
from peerscript.protocol.values.packing import (
    MAX_DEPTH,
    Unsendable,
    encoded_text,
    is_double,
    refuse_inexact,
)

_MANY_DIGITS = re.compile(r"\d{17}")
_STRINGS_AND_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*"?|[\[\]{}]', re.DOTALL)


def text(value: object, root: str = "message") -> str:
    """Write JSON.

    Args:
        value: str, int, float, bool, None, or a list, tuple or str-keyed dict of them; a
            registered dataclass becomes an object.
        root: what an error calls the value.

    Raises:
        SerializationError: the value, or one inside it, cannot arrive as it is.
    """
    try:
        _check(value, 0)
    except Unsendable as error:
        raise error.explained("json", root) from None
    return json.dumps(value, ensure_ascii=False, allow_nan=False, default=sendable.fields_of)


def _check(value: Any, depth: int) -> None:
    if isinstance(value, str):
        encoded_text(value)
    elif isinstance(value, int):
        if not is_double(value):
            raise refuse_inexact(value)
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise Unsendable(
                "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
            )
    elif isinstance(value, dict):
        _check_items(value.items(), depth)
    elif isinstance(value, (list, tuple)):
        _check_items(enumerate(value), depth)
    elif sendable.name_of(value) is not None:
        _check(sendable.fields_of(value), depth)
    elif value is not None:
        raise Unsendable(f"{type(value).__name__} has no place")


def _check_items(items: Any, depth: int) -> None:
    if depth >= MAX_DEPTH:
        raise Unsendable(f"nesting deeper than {MAX_DEPTH}")
    for place, item in items:
        try:
            if not isinstance(items, enumerate):
                _check_key(place)
            _check(item, depth + 1)
        except Unsendable as error:
            raise error.within(place) from None


def _check_key(key: object) -> None:
    if not isinstance(key, str):
        raise Unsendable("a dict key that is no str")
    encoded_text(key)


def parse(encoded: str | bytes) -> object:
    """Read JSON.

    Raises:
        UnreadableMessage: it is not JSON, not UTF-8, or nested deeper than `MAX_DEPTH`.
    """
    try:
        decoded = encoded if isinstance(encoded, str) else encoded.decode()
        check_depth(decoded)
        value: object = json.loads(
            decoded,
            parse_constant=_refuse_constant,
            parse_int=_the_double if _MANY_DIGITS.search(decoded) else None,
        )
    except ValueError as error:
        raise UnreadableMessage(f"not JSON: {error}") from error
    return value


def _the_double(digits: str) -> int:
    """JavaScript writes only as many digits as identify a double: 21284677663895070 may stand for
    21284677663895072. An int of 17 or more digits is read as the double that it stands for.
    """
    number = float(digits)
    if math.isinf(number):
        raise ValueError(f"a number of {len(digits)} digits")
    return int(number) if len(digits) >= 17 else int(digits)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"JSON has no {name}")


def check_depth(text: str) -> None:
    """Raise UnreadableMessage for what nests deeper than `MAX_DEPTH`."""
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return  # nearly every message: depth cannot exceed the number of brackets
    depth = 0
    for found in _STRINGS_AND_BRACKETS.finditer(text):
        mark = found[0]
        if mark in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise UnreadableMessage(f"JSON nested deeper than {MAX_DEPTH}")
        elif mark in "]}":
            depth -= 1
