"""The frames of channels: the channel's name and the message's number, in front of its bytes.

A frame is binary: flags (1 byte), the length of the channel's name (1 byte), the message's number
(8 bytes, big-endian), the name in ASCII, and a part of the message. Parts of one message have its
number; all but the last have the flag MORE.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from peerscript.protocol.vocabulary import MAX_NUMBER, Malformed

_HEAD = struct.Struct(">BBQ")
_MORE = 1
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._/-]{0,31}")

MAX_NAME = 32  # characters of a channel's name
MAX_HEAD = _HEAD.size + MAX_NAME  # bytes
SMALLEST_PART = 1024  # bytes; only a last part may be smaller


def check_name(name: str) -> str:
    """Return a channel's name unchanged.

    Raises:
        ValueError: it is not a valid name.
    """
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ValueError(
            f"{name!r} is no name for a channel: up to {MAX_NAME} letters, digits, spaces or ._/-"
        )
    return name


@dataclass(frozen=True)
class Envelope:
    """One frame.

    Attributes:
        channel: the channel's name.
        number: counts its sender's messages on that channel, from 1.
        payload: the message's bytes, or a part of them.
        more: whether another part follows.
    """

    channel: str
    number: int
    payload: bytes | memoryview
    more: bool = False

    def encode(self) -> bytes:
        """Encode it as a frame."""
        name = self.channel.encode("ascii")
        head = _HEAD.pack(_MORE if self.more else 0, len(name), self.number)
        return b"".join((head, name, self.payload))

    @classmethod
    def decode(cls, frame: bytes) -> Envelope:
        """Decode a frame.

        Raises:
            Malformed: it is not a valid frame.
        """
        if len(frame) < _HEAD.size:
            raise Malformed(f"a frame of {len(frame)} bytes")
        flags, size, number = _HEAD.unpack_from(frame)
        end = _HEAD.size + size
        try:
            name = check_name(frame[_HEAD.size : end].decode("ascii"))
        except ValueError as error:
            raise Malformed(f"a frame for no channel: {error}") from error
        if len(frame) < end or flags & ~_MORE or not 0 < number <= MAX_NUMBER:
            raise Malformed(f"flags {flags} and number {number} in a frame for {name}")
        return cls(name, number, frame[end:], bool(flags & _MORE))


def envelopes(
    channel: str, number: int, payload: bytes, part_size: Callable[[], int]
) -> Iterator[Envelope]:
    """Split a message into parts, lazily.

    Args:
        part_size: called for the size of each part, in bytes.
    """
    view = memoryview(payload)
    start, more = 0, True
    while more:
        end = start + part_size()
        more = end < len(view)
        yield Envelope(channel, number, view[start:end], more)
        start = end


class Assembly:
    """Puts the parts of messages together; those of one come one after the other."""

    def __init__(self) -> None:
        self._parts: list[bytes | memoryview] = []  # of the incomplete message
        self._first: Envelope | None = None
        self._size = 0

    def add(self, envelope: Envelope, limit: int) -> bytes | None:
        """Return the whole message once its last part has arrived.

        Args:
            limit: of a message, in bytes.

        Raises:
            Malformed: it is too large, or another one is not complete.
        """
        first, name = self._first or envelope, envelope.channel
        if (first.channel, first.number) != (name, envelope.number):
            raise Malformed("a message within another")
        if envelope.more and len(envelope.payload) < SMALLEST_PART:
            raise Malformed(f"a part of {len(envelope.payload)} bytes")
        self._size += len(envelope.payload)
        if self._size > limit:
            raise Malformed("a message that is too large")
        self._parts.append(envelope.payload)
        self._first = first
        if envelope.more:
            return None
        whole = b"".join(self._parts)  # of a single bytes object, the same
        self.clear()
        return whole

    def clear(self) -> None:
        """Forget the parts that there are."""
        self._parts, self._first, self._size = [], None, 0
