"""The words that two pages exchange, on one `raw`, reliable connection.

Control goes as JSON text, one object a frame, with its `kind`; file contents as binary frames: the
transfer's number (4 bytes), the offset (8 bytes, both big-endian), the bytes. Numbers are given by
the side that sends the text or the file.
"""

from __future__ import annotations

import json
import struct
from dataclasses import MISSING, asdict, dataclass, field, fields
from typing import Any

from peerscript.errors import UnreadableMessage
from peerscript.protocol import jsontext

VERSION = 1
MAX_NUMBER = 2**53 - 1
MAX_TEXT = 1024 * 1024  # characters in one chat message
PART_SIZE = 16 * 1024  # characters; no frame of text comes near the 64 KiB that all browsers take

_PIECE = struct.Struct(">IQ")
PIECE_HEAD = _PIECE.size  # bytes


class Malformed(ValueError):
    """A frame that is none of ours, or says what cannot be."""


def _text(limit: int) -> Any:
    return field(metadata={"limit": limit})


@dataclass(frozen=True)
class Hello:
    """The first word of both sides."""

    version: int
    name: str = _text(60)


@dataclass(frozen=True)
class Text:
    """A chat message, or a part of one when `more` is to come."""

    id: int
    text: str = _text(PART_SIZE)
    more: bool = False


@dataclass(frozen=True)
class TextReceived:
    """The message is shown on the other page."""

    id: int


@dataclass(frozen=True)
class FileOffer:
    """A file that the other side may have."""

    id: int
    name: str = _text(1024)
    size: int = field(kw_only=True)
    type: str = field(kw_only=True, metadata={"limit": 256})


@dataclass(frozen=True)
class FileAccept:
    """Send it."""

    id: int


@dataclass(frozen=True)
class FileDecline:
    """Do not send it."""

    id: int


@dataclass(frozen=True)
class FileProgress:
    """So many bytes are written: the sender may be a window ahead of that."""

    id: int
    received: int


@dataclass(frozen=True)
class FileDone:
    """That was all of it."""

    id: int
    sha256: str = _text(64)


@dataclass(frozen=True)
class FileReceived:
    """It is whole, and this is the checksum of what was written."""

    id: int
    sha256: str = _text(64)


@dataclass(frozen=True)
class FileCancel:
    """Its sender gives up: by choice, or because it `failed`."""

    id: int
    reason: str = _text(300)
    failed: bool = False


@dataclass(frozen=True)
class FileStop:
    """Its receiver gives up: by choice, or because it `failed`."""

    id: int
    reason: str = _text(300)
    failed: bool = False


Message = (
    Hello
    | Text
    | TextReceived
    | FileOffer
    | FileAccept
    | FileDecline
    | FileProgress
    | FileDone
    | FileReceived
    | FileCancel
    | FileStop
)

_KINDS: dict[str, type[Any]] = {
    "hello": Hello,
    "text": Text,
    "text-received": TextReceived,
    "file-offer": FileOffer,
    "file-accept": FileAccept,
    "file-decline": FileDecline,
    "file-progress": FileProgress,
    "file-done": FileDone,
    "file-received": FileReceived,
    "file-cancel": FileCancel,
    "file-stop": FileStop,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}


def encode(message: Message) -> str:
    """Make a frame of a message."""
    return json.dumps({"kind": _NAMES[type(message)], **asdict(message)}, ensure_ascii=False)


def decode(frame: str) -> Message | None:
    """Read a frame; None for a kind of message that a later version may have.

    Raises:
        Malformed: it is not JSON, lacks a field, or a field has a wrong type or size.
    """
    try:
        table = jsontext.parse(frame)
    except UnreadableMessage as error:
        raise Malformed(str(error)) from error
    if not isinstance(table, dict) or not isinstance(table.get("kind"), str):
        raise Malformed("a message without a kind")
    kind = _KINDS.get(table["kind"])
    if kind is None:
        return None
    message: Message = kind(**{entry.name: _read(table, entry) for entry in fields(kind)})
    return message


def _read(table: dict[str, Any], entry: Any) -> Any:
    value = table.get(entry.name, None if entry.default is MISSING else entry.default)
    if entry.type == "bool":
        good = isinstance(value, bool)
    elif entry.type == "int":
        good = type(value) is int and 0 <= value <= MAX_NUMBER
    else:
        good = isinstance(value, str) and len(value) <= entry.metadata["limit"]
    if not good:
        raise Malformed(f"{table['kind']}: {entry.name} is {str(value)[:40]!r}")
    return value


def text_parts(number: int, text: str) -> list[Text]:
    """Cut a chat message into the parts it travels in."""
    starts = range(0, max(len(text), 1), PART_SIZE)
    return [
        Text(number, text[start : start + PART_SIZE], more=start + PART_SIZE < len(text))
        for start in starts
    ]


def encode_piece(number: int, offset: int, data: bytes) -> bytes:
    """Make a frame of a piece of a file."""
    return _PIECE.pack(number, offset) + data


def decode_piece(frame: bytes) -> tuple[int, int, bytes]:
    """Read a piece of a file: the transfer's number, the offset, the bytes.

    Raises:
        Malformed: it is shorter than its head.
    """
    if len(frame) < PIECE_HEAD:
        raise Malformed(f"a piece of {len(frame)} bytes")
    number, offset = _PIECE.unpack_from(frame)
    return number, offset, frame[PIECE_HEAD:]
