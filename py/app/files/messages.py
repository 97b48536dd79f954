"""What two pages say about files, as live messages of their Link.

Texts are JSON, one object a message, with its `kind`. The contents of files are bytes: the
transfer's number (4 bytes), the offset (8 bytes, both big-endian), the bytes. Numbers are given
by the side that sends the file.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from peerscript.protocol.vocabulary import Malformed, Vocabulary, text

_PIECE = struct.Struct(">IQ")
PIECE_HEAD = _PIECE.size  # bytes
MAX_REASON = 300  # characters


@dataclass(frozen=True)
class FileOffer:
    """A file that the other side may have."""

    id: int
    name: str = text(1024)
    size: int = field(kw_only=True)
    type: str = text(256, kw_only=True)


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
    sha256: str = text(64)


@dataclass(frozen=True)
class FileReceived:
    """It is whole, and this is the checksum of what was written."""

    id: int
    sha256: str = text(64)


@dataclass(frozen=True)
class FileCancel:
    """Its sender gives up: by choice, or because it `failed`."""

    id: int
    reason: str = text(MAX_REASON)
    failed: bool = False


@dataclass(frozen=True)
class FileStop:
    """Its receiver gives up: by choice, or because it `failed`."""

    id: int
    reason: str = text(MAX_REASON)
    failed: bool = False


Message = (
    FileOffer
    | FileAccept
    | FileDecline
    | FileProgress
    | FileDone
    | FileReceived
    | FileCancel
    | FileStop
)

_VOCABULARY = Vocabulary(
    {
        "file-offer": FileOffer,
        "file-accept": FileAccept,
        "file-decline": FileDecline,
        "file-progress": FileProgress,
        "file-done": FileDone,
        "file-received": FileReceived,
        "file-cancel": FileCancel,
        "file-stop": FileStop,
    }
)


def encode(message: Message) -> str:
    """Make a text of a message."""
    return _VOCABULARY.encode(message)


def decode(text: str) -> Message | None:
    """Read a text; None for a kind of message that a later version may have.

    Raises:
        Malformed: it is none of ours, or says what cannot be.
    """
    message: Message | None = _VOCABULARY.decode(text)
    return message


def encode_piece(number: int, offset: int, data: bytes) -> bytes:
    """Make the bytes of a piece of a file."""
    return _PIECE.pack(number, offset) + data


def decode_piece(piece: bytes) -> tuple[int, int, bytes]:
    """Read a piece of a file: the transfer's number, the offset, the bytes.

    Raises:
        Malformed: it is shorter than its head.
    """
    if len(piece) < PIECE_HEAD:
        raise Malformed(f"a piece of {len(piece)} bytes")
    number, offset = _PIECE.unpack_from(piece)
    return number, offset, piece[PIECE_HEAD:]
