"""What two pages say about files, on two channels of their Link.

"files" has offers and answers. "file-data" is for bulk: the contents, and behind them that they
were all. Numbers are given by the side that sends the file.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from peerscript.protocol.vocabulary import Vocabulary, data, text

MAX_PIECE = 256 * 1024  # bytes of a file in one message
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
