"""The messages about files, on two channels of a Link.

"files" has offers and answers. "file-data" is bulk: the contents, followed by FileDone. IDs are
assigned by the side that sends the file.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from peerscript.protocol.vocabulary import Vocabulary, data, text

MAX_PIECE = 256 * 1024  # bytes of a file in one message
MAX_REASON = 300  # characters


@dataclass(frozen=True)
class FileOffer:
    """Offers a file."""

    id: int
    name: str = text(1024)
    size: int = field(kw_only=True)
    type: str = text(256, kw_only=True)


@dataclass(frozen=True)
class FileAccept:
    """Accepts an offer."""

    id: int


@dataclass(frozen=True)
class FileDecline:
    """Declines an offer."""

    id: int


@dataclass(frozen=True)
class FileProgress:
    """So many bytes are written; the sender may be a window ahead of that."""

    id: int
    received: int


@dataclass(frozen=True)
class FileDone:
    """The file is complete."""

    id: int
    sha256: str = text(64)


@dataclass(frozen=True)
class FileReceived:
    """The file is complete at the receiver, with the checksum of what was written."""

    id: int
    sha256: str = text(64)


@dataclass(frozen=True)
class FileCancel:
    """The sender cancels the transfer, or it has `failed` there."""

    id: int
    reason: str = text(MAX_REASON)
    failed: bool = False


@dataclass(frozen=True)
class FileStop:
    """The receiver cancels the transfer, or it has `failed` there."""

    id: int
    reason: str = text(MAX_REASON)
    failed: bool = False


@dataclass(frozen=True)
class FilePiece:
    """Some of a file's bytes."""

    id: int
    offset: int
    data: bytes = data(MAX_PIECE)


FileMessage = (
    FileOffer | FileAccept | FileDecline | FileProgress | FileReceived | FileCancel | FileStop
)
FileData = FilePiece | FileDone

FILES = Vocabulary[FileMessage](
    {
        "offer": FileOffer,
        "accept": FileAccept,
        "decline": FileDecline,
        "progress": FileProgress,
        "received": FileReceived,
        "cancel": FileCancel,
        "stop": FileStop,
    }
)
FILE_DATA = Vocabulary[FileData]({"piece": FilePiece, "done": FileDone})
