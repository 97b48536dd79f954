"""Messages as JSON objects with a `kind`: dataclasses out and in, every field checked on the way.

What another page sends is not to be trusted: a field that is missing, of another type or larger
than it may be makes the whole message `Malformed`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import MISSING, asdict, field, fields
from typing import Any

from peerscript.errors import UnreadableMessage
from peerscript.protocol.values import jsontext

MAX_NUMBER = 2**53 - 1


class Malformed(ValueError):
    """A frame that is none of ours, or says what cannot be."""


def text(limit: int, **options: Any) -> Any:
    """A field that holds a text of at most so many characters."""
    return field(metadata={"limit": limit}, **options)


class Vocabulary:
    """The kinds of messages that two pages exchange.

    Args:
        kinds: by its name, a dataclass whose fields are `bool`, `int` (0 to 2**53 - 1) or
            `text(limit)`.
    """

    def __init__(self, kinds: Mapping[str, type[Any]]) -> None:
        self._kinds = dict(kinds)
        self._names = {kind: name for name, kind in kinds.items()}

    def encode(self, message: Any) -> str:
        """Make a frame of a message."""
        return json.dumps(
            {"kind": self._names[type(message)], **asdict(message)}, ensure_ascii=False
        )

    def decode(self, frame: str) -> Any:
        """Read a frame; None for a kind that a later version may have.

        Raises:
            Malformed: it is not JSON, lacks a field, a field has a wrong type or size, or a text
                has a lone surrogate.
        """
        try:
            frame.encode()
            table = jsontext.parse(frame)
        except (UnicodeEncodeError, UnreadableMessage) as error:
            raise Malformed(str(error)) from error
        if not isinstance(table, dict) or not isinstance(table.get("kind"), str):
            raise Malformed("a message without a kind")
        kind = self._kinds.get(table["kind"])
        if kind is None:
            return None
        return kind(**{entry.name: _read(table, entry) for entry in fields(kind)})


def _read(table: dict[str, Any], entry: Any) -> Any:
    value = table.get(entry.name, None if entry.default is MISSING else entry.default)
    if entry.type == "bool":
        good = isinstance(value, bool)
    elif entry.type == "int":
        good = type(value) is int and 0 <= value <= MAX_NUMBER
    else:
        good = isinstance(value, str) and len(value) <= entry.metadata["limit"] and _is_utf8(value)
    if not good:
        raise Malformed(f"{table['kind']}: {entry.name} is {str(value)[:40]!r}")
    return value


def _is_utf8(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
