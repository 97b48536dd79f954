"""A JavaScript object that is sent: what a message can make of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Null:
    """JavaScript's null, which is not Python's None (its undefined is)."""


@dataclass(frozen=True)
class Buffer:
    """Bytes in memory: an ArrayBuffer, a typed array, a DataView.

    Attributes:
        kind: its type, for an error: "a JavaScript Uint8Array".
        copy: returns the bytes; raises OSError when they are gone (a detached buffer).
    """

    kind: str
    copy: Callable[[], bytes]


@dataclass(frozen=True)
class Blob:
    """Bytes that are read from elsewhere: a Blob or File.

    Attributes:
        kind: its type, for an error: "a JavaScript File".
        size: the number of bytes.
        read: returns the bytes; raises OSError when they cannot be read (a file that has changed).
    """

    kind: str
    size: int
    read: Callable[[], Awaitable[bytes]]


@dataclass(frozen=True)
class Other:
    """What no message carries.

    Attributes:
        kind: its type, for an error: "a JavaScript Map".
        advice: what to send instead.
    """

    kind: str
    advice: str


Foreign = Null | Buffer | Blob | Other
