"""MessagePack (https://github.com/msgpack/msgpack/blob/master/spec.md), behind "msgpack".

PeerJS's MsgPack (serializer.msgpack.mjs of peerjs 1.5.5, which is @msgpack/msgpack 2.8) writes one
stream of values, split into frames anywhere. Each message starts a new frame.
"""

from __future__ import annotations

import datetime
import struct
from collections.abc import Iterator
from typing import ClassVar

from peerscript.errors import UnreadableMessage
from peerscript.protocol.values.packing import (
    DOUBLE,
    INT8,
    INT16,
    INT32,
    INT64,
    LONG_SIZE,
    MALFORMED,
    MAX_VALUES,
    NUMBERS,
    SHORT_SIZE,
    UINT8,
    UINT16,
    UINT32,
    UINT64,
    Packer,
    Reader,
    Unsendable,
    encoded_text,
    is_double,
    refuse_inexact,
)

MAX_MESSAGE_SIZE = 256 * 1024 * 1024  # bytes that another page may make us buffer for one message

_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_TIMESTAMP = -1  # the extension type of a moment
_TIMESTAMP_64 = struct.Struct(">BbQ")
_TIMESTAMP_96 = struct.Struct(">BBbIq")
_INTEGERS = (  # limits, form, type byte; the first that fits
    (0, 0xFF, UINT8, 0xCC),
    (0, 0xFFFF, UINT16, 0xCD),
    (0, 0xFFFFFFFF, UINT32, 0xCE),
    (0, 2**64 - 1, UINT64, 0xCF),
    (-(2**7), -1, INT8, 0xD0),
    (-(2**15), -1, INT16, 0xD1),
    (-(2**31), -1, INT32, 0xD2),
    (-(2**63), -1, INT64, 0xD3),
)


class MessagePacker(Packer):
    """Writes what PeerJS's MsgPack reads exactly."""

    __slots__ = ()

    keys: ClassVar[dict[object, bytes]] = {}
    tiny_text = 0xA0

    def text(self, value: str) -> None:
        encoded = encoded_text(value)
        if 0x1F < len(encoded) <= 0xFF:
            self.out += UINT8.pack(0xD9, len(encoded))
        else:
            self.out += self.head(len(encoded), 0xA0, 0xDA, 0xDB, tiny_limit=0x1F)
        self.out += encoded

    def binary(self, value: bytes | bytearray) -> None:
        if len(value) <= 0xFF:
            self.out += UINT8.pack(0xC4, len(value))
        else:
            self.out += self.head(len(value), 0, 0xC5, 0xC6, tiny_limit=0)
        self.out += value

    def integer(self, value: int) -> None:
        if not is_double(value):
            raise refuse_inexact(value)
        if -0x20 <= value <= 0x7F:
            self.out.append(value & 0xFF)
            return
        for low, high, form, kind in _INTEGERS:
            if low <= value <= high:
                self.out += form.pack(kind, value)
                return
        self.double(value)

    def double(self, value: float) -> None:
        self.out += DOUBLE.pack(0xCB, value)

    def rare(self, value: object, depth: int) -> None:
        if isinstance(value, datetime.datetime):
            self._moment(value)
        else:
            super().rare(value, depth)

    def _moment(self, value: datetime.datetime) -> None:
        if value.utcoffset() is None:
            raise Unsendable("a datetime without a time zone, which names no moment")
        if value.microsecond % 1000:
            raise Unsendable("a datetime with microseconds, which a JavaScript Date has not")
        since = value - _EPOCH
        seconds = since.days * 86_400 + since.seconds
        nanoseconds = since.microseconds * 1000
        if 0 <= seconds < 2**34:
            self.out += _TIMESTAMP_64.pack(0xD7, _TIMESTAMP, nanoseconds << 34 | seconds)
        else:
            self.out += _TIMESTAMP_96.pack(0xC7, 12, _TIMESTAMP, nanoseconds, seconds)

    def check_key(self, key: str) -> None:
        if key == "__proto__":
            raise Unsendable("a key that JavaScript takes for an object's kind")


def pack(value: object) -> bytes:
    """Encode a value.

    Raises:
        SerializationError: the value, or one inside it, cannot arrive as it is.
    """
    packer = MessagePacker()
    try:
        packer.pack(value)
    except Unsendable as error:
        raise error.explained("msgpack") from None
    return bytes(packer.out)


class MessageReader(Reader):
    """Reads what PeerJS's MsgPack writes."""

    __slots__ = ()

    def read(self, depth: int = 0) -> object:
        kind = self.data[self.place]
        self.place += 1
        if kind < 0x80:
            return kind
        if kind >= 0xE0:
            return kind - 0x100
        if kind < 0x90:
            return self.mapping(kind & 0x0F, depth)
        if kind < 0xA0:
            return self.sequence(kind & 0x0F, depth)
        if kind < 0xC0:
            return self.take(kind & 0x1F).decode()
        if kind in NUMBERS:
            return self.number(NUMBERS[kind])
        if kind in _CONSTANTS:
            return _CONSTANTS[kind]
        return self._sized(kind, depth)

    def _sized(self, kind: int, depth: int) -> object:
        size = _FIXED_EXTENSIONS.get(kind)
        if size is not None:
            return self._extension(size)
        size = self.number(_SIZES[kind])
        if kind >= 0xDE:
            return self.mapping(size, depth)
        if kind >= 0xDC:
            return self.sequence(size, depth)
        if kind >= 0xD9:
            return self.take(size).decode()
        return self.take(size) if kind <= 0xC6 else self._extension(size)

    def _extension(self, size: int) -> datetime.datetime:
        kind = self.number(_EXTENSION_TYPE)
        data = self.take(size)
        if kind != _TIMESTAMP:
            raise UnreadableMessage(f"MessagePack's extension {kind}, which PeerJS has no use for")
        return _moment(data)


def _moment(data: bytes) -> datetime.datetime:
    if len(data) == 4:
        seconds, nanoseconds = int.from_bytes(data, "big"), 0
    elif len(data) == 8:
        both = int.from_bytes(data, "big")
        seconds, nanoseconds = both & (2**34 - 1), both >> 34
    elif len(data) == 12:
        nanoseconds, seconds = struct.unpack(">Iq", data)
    else:
        raise UnreadableMessage(f"a moment of {len(data)} bytes")
    return _EPOCH + datetime.timedelta(seconds=seconds, microseconds=nanoseconds // 1000)


_CONSTANTS: dict[int, object] = {0xC0: None, 0xC2: False, 0xC3: True}
_EXTENSION_TYPE = struct.Struct(">b")
_FIXED_EXTENSIONS = {0xD4: 1, 0xD5: 2, 0xD6: 4, 0xD7: 8, 0xD8: 16}
_ONE_BYTE_SIZE = struct.Struct(">B")
_SIZES = {
    **dict.fromkeys((0xC4, 0xC7, 0xD9), _ONE_BYTE_SIZE),
    **dict.fromkeys((0xC5, 0xC8, 0xDA, 0xDC, 0xDE), SHORT_SIZE),
    **dict.fromkeys((0xC6, 0xC9, 0xDB, 0xDD, 0xDF), LONG_SIZE),
}


class Stream:
    """The values of one connection, whose bytes arrive in pieces."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Drop the message that is incomplete."""
        self._data = bytearray()
        self._seen = 0  # bytes that were scanned
        self._missing = 1  # values that the incomplete message still lacks
        self._values = 0

    @property
    def is_between_messages(self) -> bool:
        """Whether no message is incomplete."""
        return not self._data

    def feed(self, frame: bytes) -> Iterator[object]:
        """Add the next bytes; yield the values that are complete.

        Raises:
            UnreadableMessage: they are not MessagePack. The next message can be read again.
        """
        self._data += frame
        try:
            while self._is_whole():
                message = bytes(self._data[: self._seen])
                del self._data[: self._seen]
                self._seen, self._missing, self._values = 0, 1, 0
                yield MessageReader(message).read()
        except MALFORMED as error:
            self.forget()
            raise UnreadableMessage(f"not MessagePack: {error}") from error
        except UnreadableMessage:
            self.forget()
            raise

    def _is_whole(self) -> bool:
        """Scan the type bytes and sizes only, so that a large message is decoded once."""
        while self._missing:
            skipped = self._head()
            if skipped is None:
                return False
            size, children = skipped
            self._seen += size
            self._missing += children - 1
            self._values += children
            if self._seen > MAX_MESSAGE_SIZE or self._values > 2 * MAX_VALUES:
                raise UnreadableMessage("a message larger than may be")
        return len(self._data) >= self._seen

    def _head(self) -> tuple[int, int] | None:
        """The next value's size in bytes without its children, and the number of its children."""
        if self._seen >= len(self._data):
            return None
        kind = self._data[self._seen]
        if kind < 0x80 or kind >= 0xE0 or kind in _CONSTANTS:
            return 1, 0
        if kind < 0x90:
            return 1, 2 * (kind & 0x0F)
        if kind < 0xA0:
            return 1, kind & 0x0F
        if kind < 0xC0:
            return 1 + (kind & 0x1F), 0
        if kind in NUMBERS:
            return 1 + NUMBERS[kind].size, 0
        if kind in _FIXED_EXTENSIONS:
            return 2 + _FIXED_EXTENSIONS[kind], 0
        return self._sized_head(kind)

    def _sized_head(self, kind: int) -> tuple[int, int] | None:
        if kind not in _SIZES:
            raise UnreadableMessage(f"not MessagePack: a type byte {kind:#x}")
        form = _SIZES[kind]
        if len(self._data) < self._seen + 1 + form.size:
            return None
        (size,) = form.unpack_from(self._data, self._seen + 1)
        if kind >= 0xDE:
            return 1 + form.size, 2 * size
        if kind >= 0xDC:
            return 1 + form.size, size
        return 1 + form.size + size + (0xC7 <= kind <= 0xC9), 0
