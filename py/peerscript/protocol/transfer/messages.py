"""The messages about files, on two channels of a Link.

CHANNEL has offers, answers and acknowledgements, DATA_CHANNEL the contents. Offers are numbered by
the page that makes them, files by their place in the offer; `first` and `end` are a range of files,
without `end`. What is about an offer of either page says whether it is its own sender's (`own`).
"""

from __future__ import annotations

from dataclasses import dataclass

from peerscript.protocol.vocabulary import Vocabulary, data, text

CHANNEL = "peerscript/files"  # names that nobody takes by accident
DATA_CHANNEL = "peerscript/file-data"

MAX_FILES = 20_000  # of an offer
MAX_NAME = 1024  # characters of a file's name, and of an offer's
MAX_FOLDER = 2048  # characters of the folders that a file is in
MAX_TYPE = 256  # characters of a MIME type
MAX_REASON = 300  # characters
MAX_PIECE = 256 * 1024  # bytes of a file in one message
PIECE = MAX_PIECE - 1024  # of those that are sent: with its head it is one frame at most
LISTED = 64  # files in one Listing
MAX_LISTING = 1024 * 1024  # bytes; LISTED files with the longest names take less

WINDOW = 4 * 1024 * 1024  # bytes sent that the receiver has not written yet
FILE_COST = 4096  # bytes of the window that a file takes besides its own until it is confirmed


# The sender of files to the receiver


@dataclass(frozen=True, slots=True)
class Offered:
    """Offers so many files of so many bytes in all; Listings with all of them follow.

    `key` is 32 hex digits, and the same when the files are offered once more (`again`).
    """

    id: int
    files: int
    size: int
    name: str = text(MAX_NAME)
    key: str = text(32)
    again: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """The next LISTED files of an offer, or the last: see `manifest.listed`."""

    id: int
    entries: bytes = data(MAX_LISTING)


# The receiver to the sender


@dataclass(frozen=True, slots=True)
class Have:
    """So many bytes of a file are here from an earlier try, with their checksum: before Accept.

    `whole`: it was checked then, and only its Done is missing.
    """

    id: int
    file: int
    size: int
    whole: bool
    sha256: str = text(64)


@dataclass(frozen=True, slots=True)
class Accept:
    """Send these files."""

    id: int
    first: int
    end: int


@dataclass(frozen=True, slots=True)
class Decline:
    """These files are not wanted; `busy`: too many offers wait for an answer."""

    id: int
    first: int
    end: int
    busy: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """So many bytes of a file are written: the sender may be WINDOW ahead of that."""

    id: int
    file: int
    size: int


@dataclass(frozen=True, slots=True)
class Received:
    """A file is complete, with the checksum of what was written. The last acknowledgement."""

    id: int
    file: int
    sha256: str = text(64)


@dataclass(frozen=True, slots=True)
class Again:
    """This page has given up the offer with the Link, which is back: offer it once more."""

    id: int


# Both ways


@dataclass(frozen=True, slots=True)
class Pause:
    """Stop sending these files for now, or (`on` is false) go on."""

    id: int
    own: bool
    on: bool
    first: int
    end: int


@dataclass(frozen=True, slots=True)
class Cancel:
    """These files end here: somebody wants that, or they have `failed`."""

    id: int
    own: bool
    failed: bool
    first: int
    end: int
    reason: str = text(MAX_REASON)


# The contents


@dataclass(frozen=True, slots=True)
class Piece:
    """Some of a file's bytes."""

    id: int
    file: int
    offset: int
    data: bytes = data(MAX_PIECE)


@dataclass(frozen=True, slots=True)
class Done:
    """A file was sent to its end."""

    id: int
    file: int
    sha256: str = text(64)


Answer = Have | Accept | Decline | Written | Received
Change = Pause | Cancel
FileMessage = Offered | Listing | Answer | Again | Change
FileData = Piece | Done

FILES = Vocabulary[FileMessage](
    {
        "offer": Offered,
        "list": Listing,
        "have": Have,
        "accept": Accept,
        "decline": Decline,
        "written": Written,
        "received": Received,
        "again": Again,
        "pause": Pause,
        "cancel": Cancel,
    }
)
FILE_DATA = Vocabulary[FileData]({"piece": Piece, "done": Done})
