"""Typed messages: dataclasses to dicts with a `kind` and back, with every field checked.

A dict is sent as JSON text (`encode`, `decode`), or as a value on a Link's channel (`pack`,
`from_value`). Messages are not trusted: a field that is missing, of another type or over its limit
makes the whole message `Malformed`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import MISSING, Field, field, fields
from typing import Any, Generic, TypeVar

from peerscript.errors import UnreadableMessage
from peerscript.protocol.values import jsontext, pythonpack

MAX_NUMBER = 2**53 - 1

Message = TypeVar("Message")


class Malformed(ValueError):
    """A message that is not valid in this vocabulary."""


def text(limit: int, **options: Any) -> Any:
    """A str field of at most `limit` characters."""
    return field(metadata={"limit": limit}, **options)


def data(limit: int, **options: Any) -> Any:
    """A bytes field of at most `limit` bytes; only for `to_value`, as JSON has no bytes."""
    return field(metadata={"limit": limit}, **options)


class Vocabulary(Generic[Message]):
    """The kinds of messages that two pages exchange; `Message` is their union.

    Args:
        kinds: by the name of its kind, a dataclass whose fields are `bool`, `int` (0 to 2**53 - 1),
            `text(limit)` or `data(limit)`.
    """

    def __init__(self, kinds: Mapping[str, type[Message]]) -> None:
        self.kinds = dict(kinds)
        self._names: dict[type, str] = {kind: name for name, kind in kinds.items()}
        self._fields: dict[str, tuple[Field[Any], ...]] = {
            name: fields(kind)  # type: ignore[arg-type]
            for name, kind in kinds.items()
        }
        self._frozen = {kind for kind in self._names if kind.__dataclass_params__.frozen}  # type: ignore[attr-defined]
        self._packed: tuple[Message, bytes] | None = None  # the last one that cannot change

    def encode(self, message: Message) -> str:
        """Encode a message as JSON text."""
        return json.dumps(self.to_value(message), ensure_ascii=False)

    def decode(self, frame: str) -> Message | None:
        """Decode JSON text; None for an unknown kind (of a later version).

        Raises:
            Malformed: it is not JSON, lacks a field, a field has a wrong type or size, or a text
                has a lone surrogate.
        """
        try:
            frame.encode()
            return self.from_value(jsontext.parse(frame))
        except (UnicodeEncodeError, UnreadableMessage) as error:
            raise Malformed(str(error)) from error

    def pack(self, message: Message) -> bytes:
        """Encode a message for a channel. One that goes to many in turn is encoded once, if its
        dataclass is frozen.

        Raises:
            Malformed: the other side would refuse it.
        """
        if self._packed is not None and self._packed[0] is message:
            return self._packed[1]
        plain = self.to_value(message)
        self.from_value(plain)
        packed = pythonpack.pack(plain)
        if type(message) in self._frozen:
            self._packed = (message, packed)
        return packed

    def to_value(self, message: Message) -> dict[str, object]:
        """Convert a message to a dict."""
        name = self._names[type(message)]
        return {
            "kind": name,
            **{entry.name: getattr(message, entry.name) for entry in self._fields[name]},
        }

    def from_value(self, value: object) -> Message | None:
        """Convert a dict to a message; None for an unknown kind (of a later version).

        Raises:
            Malformed: it is not a dict, lacks a field, or a field has a wrong type or size.
        """
        if not isinstance(value, dict) or not isinstance(value.get("kind"), str):
            raise Malformed("a message without a kind")
        kind = self.kinds.get(value["kind"])
        if kind is None:
            return None
        return kind(**{entry.name: _read(value, entry) for entry in self._fields[value["kind"]]})


def _read(table: dict[str, Any], entry: Field[Any]) -> Any:
    value = table.get(entry.name, None if entry.default is MISSING else entry.default)
    if entry.type == "bool":
        good = isinstance(value, bool)
    elif entry.type == "int":
        good = type(value) is int and 0 <= value <= MAX_NUMBER
    elif entry.type == "bytes":
        good = isinstance(value, bytes) and len(value) <= entry.metadata["limit"]
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
