"""What the two ends of a Link say to each other, as JSON text frames (docs/security.md).

A binary frame is a live message of bytes: its number (8 bytes, big-endian), then the bytes.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from peerscript.protocol.vocabulary import Malformed, Vocabulary, text

VERSION = 2
PART_SIZE = 10 * 1024  # characters of a kept message in one frame: escaped, less than 64 KiB
MAX_HANDSHAKE_FRAME = 4096  # characters of any frame before the handshake is through
MAX_NAME = 60  # characters
MAX_LIVE_TEXT = 64 * 1024  # characters

_NUMBER = struct.Struct(">Q")
BYTES_HEAD = _NUMBER.size


@dataclass(frozen=True)
class Hello:
    """The guest's first word. `nonce` is empty in phrase mode: it follows the host's commitment."""

    version: int
    mode: str = text(10)
    nonce: str = text(64)
    session: str = text(32, default="")
    capabilities: str = text(300, default="")


@dataclass(frozen=True)
class HostHello:
    """The host's answer: its nonce, or in phrase mode the commitment to it."""

    version: int
    nonce: str = text(64, default="")
    commitment: str = text(64, default="")
    capabilities: str = text(300, default="")


@dataclass(frozen=True)
class Nonce:
    """Phrase mode: the guest's nonce, now that the host cannot change its own."""

    nonce: str = text(64)


@dataclass(frozen=True)
class Reveal:
    """Phrase mode: what the host had committed itself to."""

    nonce: str = text(64)
    blind: str = text(64)


@dataclass(frozen=True)
class Proof:
    """Who sends this knows the key, and sees the same connection."""

    proof: str = text(64)


@dataclass(frozen=True)
class Rejection:
    """Not with you; `reason` is the value of a `handshake.Reason`."""

    reason: str = text(30)


@dataclass(frozen=True)
class Admitted:
    """Phrase mode: the person at the host has let the guest in. The key is for coming back."""

    resume: str = text(64)


@dataclass(frozen=True)
class Resume:
    """Where this side stands, told first on every path.

    Attributes:
        name: what the person here is called.
        kept, live: the last message of each lane that arrived here.
        epoch: this page load; the live lane does not outlive it.
        heard: the other side's epoch as it was when the last live message came.
    """

    kept: int
    live: int
    name: str = text(MAX_NAME)
    epoch: str = text(32)
    heard: str = text(32)


@dataclass(frozen=True)
class Kept:
    """A message that outlives a reload, or a part of one when `more` is to come."""

    number: int
    text: str = text(PART_SIZE)
    more: bool = False


@dataclass(frozen=True)
class Live:
    """A message that outlives a broken path, and no reload."""

    number: int
    text: str = text(MAX_LIVE_TEXT)


@dataclass(frozen=True)
class Ack:
    """Every message up to these numbers has arrived."""

    kept: int
    live: int


@dataclass(frozen=True)
class Beat:
    """I am here."""


@dataclass(frozen=True)
class Away:
    """The page is being frozen; it may come back."""


@dataclass(frozen=True)
class Bye:
    """The person here has ended the Link."""


WORDS = Vocabulary(
    {
        "hello": Hello,
        "host-hello": HostHello,
        "nonce": Nonce,
        "reveal": Reveal,
        "proof": Proof,
        "refused": Rejection,
        "admitted": Admitted,
        "resume": Resume,
        "kept": Kept,
        "live": Live,
        "ack": Ack,
        "beat": Beat,
        "away": Away,
        "bye": Bye,
    }
)


def kept_parts(number: int, text: str) -> list[Kept]:
    """Cut a kept message into the parts it travels in."""
    starts = range(0, max(len(text), 1), PART_SIZE)
    return [
        Kept(number, text[start : start + PART_SIZE], more=start + PART_SIZE < len(text))
        for start in starts
    ]


def encode_bytes(number: int, data: bytes) -> bytes:
    """Make a frame of a live message of bytes."""
    return _NUMBER.pack(number) + data


def decode_bytes(frame: bytes) -> tuple[int, bytes]:
    """Read a live message of bytes: its number and the bytes.

    Raises:
        Malformed: it is shorter than its head.
    """
    if len(frame) < BYTES_HEAD:
        raise Malformed(f"a frame of {len(frame)} bytes")
    return _NUMBER.unpack_from(frame)[0], frame[BYTES_HEAD:]
