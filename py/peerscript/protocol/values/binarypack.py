"""BinaryPack, the format behind PeerJS's default serialization "binary".

It is MessagePack of 2012 with the type bytes of strings and bytes swapped (peerjs-js-binarypack
2.1.0, lib/binarypack.ts). For plain PeerJS we write only what its reader reads exactly, and refuse
the rest: its numbers are doubles, and its reader handles neither NaN nor subnormal numbers.
`pythonpack` extends it between two PeerScript pages.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, ClassVar

from peerscript.errors import UnreadableMessage
from peerscript.protocol.values.packing import (
    DOUBLE,
    INT16,
    INT32,
    LONG_SIZE,
    MALFORMED,
    NUMBERS,
    SAFE_INTEGER,
    SHORT_SIZE,
    UINT16,
    UINT32,
    UINT64,
    Packer,
    Reader,
    Unsendable,
    is_double,
    lone_surrogate,
    refuse_inexact,
    text_key,
)

_SMALLEST_NORMAL = 2.2250738585072014e-308


class BinaryPacker(Packer):
    """Writes what plain PeerJS reads."""

    __slots__ = ()

    keys: ClassVar[dict[object, bytes]] = {}
    tiny_text = 0xB0

    def text(self, value: str) -> None:
        try:
            encoded = value.encode()
        except UnicodeEncodeError:
            raise lone_surrogate() from None
        size = len(encoded)
        out = self.out
        if size <= 0x0F:
            out.append(0xB0 | size)
        else:
            out += self.head(size, 0xB0, 0xD8, 0xD9)
        out += encoded

    def binary(self, value: bytes | bytearray) -> None:
        self.out += self.head(len(value), 0xA0, 0xDA, 0xDB)
        self.out += value

    def integer(self, value: int) -> None:
        if -0x20 <= value <= 0x7F:
            self.out.append(value & 0xFF)
        elif 0 <= value <= 0xFFFF:
            self.out += bytes((0xCC, value)) if value <= 0xFF else UINT16.pack(0xCD, value)
        elif 0 <= value <= 0xFFFFFFFF:
            self.out += UINT32.pack(0xCE, value)
        elif 0 <= value <= SAFE_INTEGER:
            self.out += UINT64.pack(0xCF, value)
        elif -0x8000 <= value < 0:
            self.out += INT16.pack(0xD1, value)
        elif -0x80000000 <= value < 0:
            self.out += INT32.pack(0xD2, value)
        else:
            self.large_integer(value)

    def large_integer(self, value: int) -> None:
        # PeerJS's reader is wrong about int64, and right about doubles.
        if not is_double(value):
            raise refuse_inexact(value)
        self.out += DOUBLE.pack(0xCB, value)

    def double(self, value: float) -> None:
        if value == 0.0:
            self.out.append(0)  # the reader takes a double's zero for 2**-1023
        elif math.isnan(value):
            raise Unsendable("NaN")
        elif abs(value) < _SMALLEST_NORMAL:
            raise Unsendable(f"the subnormal float {value!r}")
        else:
            self.out += DOUBLE.pack(0xCB, value)

    def check_key(self, key: str) -> None:
        if key == "__proto__":
            raise Unsendable("a key that JavaScript takes for an object's kind")


def pack(value: object) -> bytes:
    """Encode a value: str, int, float, bool, None, bytes-like, or a list, tuple or str-keyed dict
    of them.

    Raises:
        SerializationError: the value, or one inside it, cannot arrive as it is.
    """
    return packed(BinaryPacker(), value)


def packed(packer: Packer, value: object) -> bytes:
    """Encode a value with this packer.

    Raises:
        SerializationError: see `pack`.
    """
    try:
        packer.pack(value)
    except Unsendable as error:
        raise error.explained("binary") from None
    return bytes(packer.out)


class CautiousPacker(BinaryPacker):
    """Writes only what plain PeerJS and PeerScript read alike, and refuses the rest: used until it
    is known which of the two the other page is.
    """

    __slots__ = ()

    def large_integer(self, value: int) -> None:
        raise Unsendable("a large int")

    def double(self, value: float) -> None:
        if value == 0.0 and math.copysign(1, value) < 0:
            raise Unsendable("-0.0")
        super().double(value)

    def dataclass(self, name: str, value: object, depth: int) -> None:
        raise Unsendable("a dataclass")

    def buffer(self, view: memoryview, depth: int) -> None:
        raise Unsendable("an array")


class BinaryReader(Reader):
    """Reads what plain PeerJS writes."""

    __slots__ = ()

    def read(self, depth: int = 0) -> object:
        place = self.place
        kind = self.data[place]
        self.place = place = place + 1
        if kind < 0x80:
            return kind
        if 0xB0 <= kind <= 0xBF:
            self.place = end = place + kind - 0xB0
            if end > len(self.data):
                raise UnreadableMessage("less is there than announced")
            return self.data[place:end].decode()
        if kind == 0xCB:
            return self.number(NUMBERS[0xCB])
        if kind < 0xB0:
            return self._TINY[kind & 0xF0](self, kind & 0x0F, depth)
        if kind >= 0xE0:
            return kind - 0x100
        return self.rare(kind, depth)

    def mapping(self, size: int, depth: int) -> dict[str, object]:
        self.enter(size, depth)
        data, read, depth = self.data, self.read, depth + 1
        size_of_all = len(data)
        found: dict[str, object] = {}
        for _ in range(size):
            start = self.place + 1
            kind = data[start - 1]
            if 0xB0 <= kind <= 0xBF:  # a short key, which nearly all are
                self.place = end = start + kind - 0xB0
                key = data[start:end].decode()
            else:
                key = text_key(read(depth))
            # What most values are is read here: a call costs as much again.
            start = self.place + 1
            kind = data[start - 1]
            if kind < 0x80:
                self.place = start
                found[key] = kind
            elif kind < 0xB0:
                self.place = start
                found[key] = self._TINY[kind & 0xF0](self, kind & 0x0F, depth)
            elif kind <= 0xBF and (end := start + kind - 0xB0) <= size_of_all:
                self.place = end
                found[key] = data[start:end].decode()
            elif kind in NUMBERS:
                form = NUMBERS[kind]
                (found[key],) = form.unpack_from(data, start)
                self.place = start + form.size
            else:
                found[key] = read(depth)
        return found

    def rare(self, kind: int, depth: int) -> object:
        if kind in NUMBERS:
            return self.number(NUMBERS[kind])
        if kind in _CONSTANTS:
            return _CONSTANTS[kind]
        size = self.number(LONG_SIZE if kind & 1 else SHORT_SIZE)
        return self._SIZED[kind & 0xFE](self, size, depth)

    def _text(self, size: int, depth: int) -> str:
        return self.take(size).decode()

    def _binary(self, size: int, depth: int) -> bytes:
        return self.take(size)

    _TINY: ClassVar[dict[int, Callable[[Any, int, int], object]]] = {
        0x80: mapping,
        0x90: Reader.sequence,
        0xA0: _binary,
    }
    _SIZED: ClassVar[dict[int, Callable[[Any, int, int], object]]] = {
        0xD8: _text,
        0xDA: _binary,
        0xDC: Reader.sequence,
        0xDE: mapping,
    }


_CONSTANTS: dict[int, object] = {0xC0: None, 0xC1: None, 0xC2: False, 0xC3: True}


def unpack(data: bytes) -> Any:
    """Decode one value; bytes behind it are ignored, as PeerJS ignores them.

    Raises:
        UnreadableMessage: the bytes are not BinaryPack, or claim more than they hold.
    """
    return read_one(BinaryReader(data))


def read_one(reader: Reader) -> Any:
    """Decode the value at the reader's position.

    Raises:
        UnreadableMessage: see `unpack`.
    """
    try:
        return reader.read()
    except MALFORMED as error:
        raise UnreadableMessage(f"not BinaryPack: {error}") from error
