"""BinaryPack, the format behind PeerJS's default serialization "binary".

It is MessagePack of 2012 with the type bytes of strings and bytes swapped (peerjs-js-binarypack
2.1.0, lib/binarypack.ts). We write only what its reader reads exactly, and refuse the rest:
its numbers are doubles, and its reader knows neither NaN nor subnormal numbers.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable

from peerscript.errors import SerializationError, UnreadableMessage

MAX_DEPTH = 100  # lists and dicts inside each other; keeps a hostile message off Python's stack

_SAFE_INTEGER = 2**53  # beyond it a JavaScript number has gaps
_SMALLEST_NORMAL = 2.2250738585072014e-308

_DOUBLE = struct.Struct(">Bd")
_UINT16 = struct.Struct(">BH")
_UINT32 = struct.Struct(">BI")
_UINT64 = struct.Struct(">BQ")
_INT16 = struct.Struct(">Bh")
_INT32 = struct.Struct(">Bi")


def pack(value: object) -> bytes:
    """Encode a value.

    Args:
        value: str, int, float, bool, None, bytes-like, or a list, tuple or str-keyed dict of them.

    Raises:
        SerializationError: the value, or one inside it, cannot arrive as it is.
    """
    out = bytearray()
    _pack(value, out, "message", 0)
    return bytes(out)


def _pack(value: object, out: bytearray, path: str, depth: int) -> None:
    packer = _PACKERS.get(type(value))
    if packer is not None:
        packer(value, out, path)
    elif isinstance(value, dict):
        _pack_dict(value, out, path, depth)
    elif isinstance(value, (list, tuple)):
        _pack_list(value, out, path, depth)
    else:
        _pack_subclass(value, out, path)


def _pack_subclass(value: object, out: bytearray, path: str) -> None:
    """A subclass (an IntEnum, say) travels as what it is a kind of."""
    for kind, packer in _PACKERS.items():
        if isinstance(value, kind):
            packer(value, out, path)
            return
    raise _refusal(path, f"{type(value).__name__} has no place")


def _refusal(path: str, reason: str) -> SerializationError:
    return SerializationError(f'{path}: {reason} in "binary"')


def _pack_none(value: object, out: bytearray, path: str) -> None:
    out.append(0xC0)


def _pack_bool(value: object, out: bytearray, path: str) -> None:
    out.append(0xC3 if value else 0xC2)


def _pack_int(value: int, out: bytearray, path: str) -> None:
    if -0x20 <= value <= 0x7F:
        out.append(value & 0xFF)
    elif 0 <= value <= 0xFFFF:
        out += bytes((0xCC, value)) if value <= 0xFF else _UINT16.pack(0xCD, value)
    elif 0 <= value <= 0xFFFFFFFF:
        out += _UINT32.pack(0xCE, value)
    elif 0 <= value <= _SAFE_INTEGER:
        out += _UINT64.pack(0xCF, value)
    elif -0x8000 <= value < 0:
        out += _INT16.pack(0xD1, value)
    elif -0x80000000 <= value < 0:
        out += _INT32.pack(0xD2, value)
    elif abs(value) <= _SAFE_INTEGER or _is_double(value):
        out += _DOUBLE.pack(0xCB, value)
    else:
        bits = value.bit_length()
        raise _refusal(path, f"an int that a JavaScript number cannot hold ({bits} bits)")


def _is_double(value: int) -> bool:
    try:
        return int(float(value)) == value
    except OverflowError:
        return False


def _pack_float(value: float, out: bytearray, path: str) -> None:
    if value == 0.0:
        out.append(0)  # the reader takes a double's zero for 2**-1023
    elif math.isnan(value):
        raise _refusal(path, "NaN")
    elif abs(value) < _SMALLEST_NORMAL:
        raise _refusal(path, f"the subnormal float {value!r}")
    else:
        out += _DOUBLE.pack(0xCB, value)


def _pack_str(value: str, out: bytearray, path: str) -> None:
    try:
        encoded = value.encode()
    except UnicodeEncodeError as error:
        raise _refusal(path, "a str with a lone surrogate") from error
    _pack_sized(0xB0, 0xD8, 0xD9, encoded, out)


def _pack_bytes(value: bytes | bytearray | memoryview, out: bytearray, path: str) -> None:
    _pack_sized(0xA0, 0xDA, 0xDB, bytes(value), out)


def _pack_sized(tiny: int, short: int, long: int, encoded: bytes, out: bytearray) -> None:
    out += _head(len(encoded), tiny, short, long)
    out += encoded


def _head(size: int, tiny: int, short: int, long: int) -> bytes:
    if size <= 0x0F:
        return bytes((tiny + size,))
    if size <= 0xFFFF:
        return _UINT16.pack(short, size)
    return _UINT32.pack(long, size)


def _pack_list(
    items: list[object] | tuple[object, ...], out: bytearray, path: str, depth: int
) -> None:
    _check_depth(path, depth)
    out += _head(len(items), 0x90, 0xDC, 0xDD)
    for index, item in enumerate(items):
        _pack(item, out, f"{path}[{index}]", depth + 1)


def _pack_dict(items: dict[object, object], out: bytearray, path: str, depth: int) -> None:
    _check_depth(path, depth)
    out += _head(len(items), 0x80, 0xDE, 0xDF)
    for key, item in items.items():
        if not isinstance(key, str):
            raise _refusal(path, f"a dict key that is no str ({key!r})")
        _pack_str(key, out, path)
        _pack(item, out, f"{path}[{key!r}]", depth + 1)


def _check_depth(path: str, depth: int) -> None:
    if depth >= MAX_DEPTH:
        raise _refusal(path[:60] + "…", f"nesting deeper than {MAX_DEPTH}")


_PACKERS: dict[type, Callable[..., None]] = {
    str: _pack_str,
    bool: _pack_bool,
    int: _pack_int,
    float: _pack_float,
    type(None): _pack_none,
    bytes: _pack_bytes,
    bytearray: _pack_bytes,
    memoryview: _pack_bytes,
}


def unpack(data: bytes) -> object:
    """Decode one value; bytes behind it are ignored, as PeerJS ignores them.

    Raises:
        UnreadableMessage: the bytes are not BinaryPack, or claim more than they hold.
    """
    try:
        return _Reader(data).read(0)
    except (IndexError, struct.error, UnicodeDecodeError, KeyError, TypeError) as error:
        raise UnreadableMessage(f"not BinaryPack: {error}") from error


_NUMBERS: dict[int, struct.Struct] = {
    0xCA: struct.Struct(">f"),
    0xCB: struct.Struct(">d"),
    0xCC: struct.Struct(">B"),
    0xCD: struct.Struct(">H"),
    0xCE: struct.Struct(">I"),
    0xCF: struct.Struct(">Q"),
    0xD0: struct.Struct(">b"),
    0xD1: struct.Struct(">h"),
    0xD2: struct.Struct(">i"),
    0xD3: struct.Struct(">q"),
}
_SIZES = {0: struct.Struct(">H"), 1: struct.Struct(">I")}
_CONSTANTS: dict[int, object] = {0xC0: None, 0xC1: None, 0xC2: False, 0xC3: True}


class _Reader:
    """A place in a message."""

    __slots__ = ("data", "place")

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.place = 0

    def read(self, depth: int) -> object:
        kind = self.data[self.place]
        self.place += 1
        if kind < 0x80:
            return kind
        if kind >= 0xE0:
            return kind - 0x100
        if kind < 0xC0:
            return self._collection(kind & 0xF0, kind & 0x0F, depth)
        if kind in _CONSTANTS:
            return _CONSTANTS[kind]
        if kind >= 0xD8:
            size = self._number(_SIZES[kind & 1])
            return self._collection(_SIZED[kind & 0xFE], size, depth)
        return self._number(_NUMBERS[kind])

    def _number(self, form: struct.Struct) -> int:
        (number,) = form.unpack_from(self.data, self.place)
        self.place += form.size
        return number  # type: ignore[no-any-return]  # struct's results have no type

    def _collection(self, kind: int, size: int, depth: int) -> object:
        # Every item takes a byte at least, so a size beyond the end is a lie.
        if size > len(self.data) - self.place:
            raise UnreadableMessage(f"not BinaryPack: {size} announced, less is there")
        if kind == 0xB0:
            return self._take(size).decode()
        if kind == 0xA0:
            return self._take(size)
        if depth >= MAX_DEPTH:
            raise UnreadableMessage(f"nested deeper than {MAX_DEPTH}")
        if kind == 0x90:
            return [self.read(depth + 1) for _ in range(size)]
        return {self._key(depth): self.read(depth + 1) for _ in range(size)}

    def _take(self, size: int) -> bytes:
        self.place += size
        return self.data[self.place - size : self.place]

    def _key(self, depth: int) -> str:
        key = self.read(depth + 1)
        if isinstance(key, (str, int, float)):
            return str(key)
        raise UnreadableMessage(f"not BinaryPack: a {type(key).__name__} as a key")


# The type bytes with a size behind them, and what they hold.
_SIZED = {0xD8: 0xB0, 0xDA: 0xA0, 0xDC: 0x90, 0xDE: 0x80}
