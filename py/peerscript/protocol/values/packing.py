"""What BinaryPack and MessagePack share: a type byte, then the value itself.

`Packer` and `Reader` have a method for each kind of value; the two formats override what differs.
All memory that a message can make us use is bounded.
"""

from __future__ import annotations

import json
import operator
import struct
from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar

from peerscript.errors import SerializationError, UnreadableMessage
from peerscript.protocol.values import sendable

MAX_DEPTH = 100  # nested lists and dicts; protects the stack from a hostile message
MAX_VALUES = 2_000_000  # values in one message; an empty dict takes a byte there and 64 bytes here

SAFE_INTEGER = 2**53  # beyond it a JavaScript number has gaps

DOUBLE = struct.Struct(">Bd")
UINT8 = struct.Struct(">BB")
UINT16 = struct.Struct(">BH")
UINT32 = struct.Struct(">BI")
UINT64 = struct.Struct(">BQ")
INT8 = struct.Struct(">Bb")
INT16 = struct.Struct(">Bh")
INT32 = struct.Struct(">Bi")
INT64 = struct.Struct(">Bq")

NULL, FALSE, TRUE = 0xC0, 0xC2, 0xC3


class Unsendable(Exception):
    """The value cannot be encoded. Each enclosing list or dict adds its key to the path."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self._path: list[object] = []

    def within(self, place: object) -> Unsendable:
        """Add the key or index under which the value stands."""
        self._path.append(place)
        return self

    def explained(self, serialization: str, root: str = "message") -> SerializationError:
        """Return the error for the caller: `message["a"][3]: NaN in "binary"`."""
        path = path_to(reversed(self._path), root)
        return SerializationError(f'{path}: {self.reason} in "{serialization}"')


def path_to(places: Iterable[object], root: str = "message") -> str:
    """Return how an error names what stands under these keys: `message["a"][3]`."""
    path = root + "".join(f"[{_place(place)}]" for place in places)
    return path if len(path) <= 200 else f"{path[:100]} … {path[-80:]}"


def _place(place: object) -> str:
    return json.dumps(place) if isinstance(place, str) else repr(place)


def is_double(value: int) -> bool:
    """Whether a JavaScript number can hold exactly this int."""
    try:
        return int(float(value)) == value
    except OverflowError:
        return False


def refuse_inexact(value: int) -> Unsendable:
    """The error for an int that no JavaScript number can be."""
    return Unsendable(f"an int that a JavaScript number cannot hold ({value.bit_length()} bits)")


class Packer:
    """Writes one message into `out`. Methods raise Unsendable."""

    __slots__ = ("out", "values")

    keys: ClassVar[dict[object, bytes]]  # packed keys seen before; a subclass has its own
    tiny_text: ClassVar[int]  # the type byte of a str of no bytes

    def __init__(self) -> None:
        self.out = bytearray()
        self.values = 0

    def pack(self, value: Any, depth: int = 0) -> None:
        kind = type(value)
        if kind is str:
            self.text(value)
        elif kind is int:
            if 0 <= value <= 0x7F:
                self.out.append(value)
            else:
                self.integer(value)
        elif kind is dict:
            self.mapping(value, depth)
        elif kind is float:
            self.double(value)
        elif kind is list or kind is tuple:
            self.sequence(value, depth)
        elif value is None:
            self.out.append(NULL)
        elif kind is bool:
            self.out.append(TRUE if value else FALSE)
        elif kind is bytes:
            self.binary(value)
        else:
            self.rare(value, depth)

    def rare(self, value: Any, depth: int) -> None:
        """Write a subclass as its base class, and a NumPy scalar as a plain number."""
        for kind, write in self._KINDS:
            if isinstance(value, kind):
                write(self, value)
                return
        if isinstance(value, dict):
            self.mapping(value, depth)
        elif isinstance(value, (list, tuple)):
            self.sequence(value, depth)
        elif (name := sendable.name_of(value)) is not None:
            self.dataclass(name, value, depth)
        elif (view := buffer_of(value)) is not None:
            self.scalar_or_buffer(view, depth)
        elif hasattr(type(value), "__index__"):  # of the value, it may run JavaScript
            self.pack(operator.index(value), depth)
        else:
            raise Unsendable(f"{type(value).__name__} has no place")

    def scalar_or_buffer(self, view: memoryview, depth: int) -> None:
        if view.ndim == 0:
            self.pack(_scalar(view), depth)
        else:
            self.buffer(view, depth)

    def dataclass(self, name: str, value: object, depth: int) -> None:
        """Write it as a dict of its fields, which plain PeerJS reads as an object."""
        self.mapping(sendable.fields_of(value), depth)

    def buffer(self, view: memoryview, depth: int) -> None:
        """Write its bytes in C order, which plain PeerJS reads as an ArrayBuffer."""
        self.binary(view.tobytes())

    def mapping(self, items: dict[object, Any], depth: int) -> None:
        size = len(items)
        out, keys = self.out, self.keys
        self.values += size
        if depth >= MAX_DEPTH or self.values > MAX_VALUES:
            raise self._too_much(depth)
        if size <= 0x0F:
            out.append(0x80 | size)
        else:
            out += self.head(size, 0x80, 0xDE, 0xDF)
        key: object = None
        try:
            for key, item in items.items():
                # `get` finds True under 1, but no int is ever put in.
                out += keys.get(key) or self._key(key)
                kind = type(item)  # what most are is written here: a call costs as much again
                if kind is str and len(item) <= 0x0F and item.isascii():
                    out.append(self.tiny_text | len(item))
                    out += item.encode()
                elif kind is int:
                    self.integer(item)
                else:
                    self.pack(item, depth + 1)
        except Unsendable as error:
            raise error.within(key) from None

    def _key(self, key: object) -> bytes:
        if not isinstance(key, str):
            raise Unsendable("a dict key that is no str")
        self.check_key(key)
        place = len(self.out)
        self.text(key)
        packed = bytes(self.out[place:])
        del self.out[place:]
        if len(self.keys) < 1024 and len(packed) <= 32:
            self.keys[key] = packed
        return packed

    def check_key(self, key: str) -> None:
        """Refuse a key that the other side would lose."""

    def sequence(self, items: Sequence[object], depth: int) -> None:
        self.values += len(items)
        if depth >= MAX_DEPTH or self.values > MAX_VALUES:
            raise self._too_much(depth)
        self.out += self.head(len(items), 0x90, 0xDC, 0xDD)
        index = 0
        try:
            for index, item in enumerate(items):  # noqa: B007  # the error names it
                self.pack(item, depth + 1)
        except Unsendable as error:
            raise error.within(index) from None

    def _too_much(self, depth: int) -> Unsendable:
        if depth >= MAX_DEPTH:
            return Unsendable(f"nesting deeper than {MAX_DEPTH}")
        return Unsendable(f"more than {MAX_VALUES} values in one message")

    @staticmethod
    def head(size: int, tiny: int, short: int, long: int, tiny_limit: int = 0x0F) -> bytes:
        if size <= tiny_limit:
            return bytes((tiny + size,))
        if size <= 0xFFFF:
            return UINT16.pack(short, size)
        return UINT32.pack(long, size)

    def text(self, value: str) -> None:
        raise NotImplementedError

    def integer(self, value: int) -> None:
        raise NotImplementedError

    def double(self, value: float) -> None:
        raise NotImplementedError

    def binary(self, value: bytes | bytearray) -> None:
        raise NotImplementedError

    _KINDS: ClassVar[tuple[tuple[type, Callable[[Any, Any], None]], ...]] = (
        (str, lambda packer, value: packer.text(str.__str__(value))),
        (int, lambda packer, value: packer.integer(int(value))),
        (float, lambda packer, value: packer.double(float(value))),
        (bytes, lambda packer, value: packer.binary(bytes(value))),
        (bytearray, lambda packer, value: packer.binary(value)),
    )


def lone_surrogate() -> Unsendable:
    """The error for a str that has no UTF-8."""
    return Unsendable("a str with a lone surrogate")


def encoded_text(value: str) -> bytes:
    """UTF-8; raises Unsendable for what has none."""
    try:
        return value.encode()
    except UnicodeEncodeError:
        raise lone_surrogate() from None


def buffer_of(value: object) -> memoryview | None:
    """A view of anything with the buffer protocol; None for anything else."""
    try:
        return memoryview(value)  # type: ignore[arg-type]
    except TypeError:
        return None


def _scalar(view: memoryview) -> object:
    try:
        return view.tolist()
    except NotImplementedError:
        raise Unsendable(f"a number of format {view.format!r} has no place") from None


class Reader:
    """Reads a message from a position on. Methods raise UnreadableMessage."""

    __slots__ = ("data", "place", "values")

    def __init__(self, data: bytes, place: int = 0) -> None:
        self.data = data
        self.place = place
        self.values = 0

    def read(self, depth: int = 0) -> object:
        raise NotImplementedError

    def number(self, form: struct.Struct) -> Any:
        (number,) = form.unpack_from(self.data, self.place)
        self.place += form.size
        return number

    def take(self, size: int) -> bytes:
        start = self.place
        self.place = end = start + size
        if end > len(self.data):
            raise UnreadableMessage(f"{size} bytes announced, {len(self.data) - start} are there")
        return self.data[start:end]

    def sequence(self, size: int, depth: int) -> list[object]:
        self.enter(size, depth)
        read, depth = self.read, depth + 1
        return [read(depth) for _ in range(size)]

    def mapping(self, size: int, depth: int) -> dict[str, object]:
        self.enter(size, depth)
        read, depth = self.read, depth + 1
        found: dict[str, object] = {}
        for _ in range(size):
            key = text_key(read(depth))
            found[key] = read(depth)
        return found

    def enter(self, size: int, depth: int) -> None:
        """Check the limits before reading a list or dict of so many items."""
        self.values += size
        # Every item takes a byte at least, so a size beyond the end is invalid.
        if size > len(self.data) - self.place:
            raise UnreadableMessage(f"{size} values announced, less is there")
        if depth >= MAX_DEPTH:
            raise UnreadableMessage(f"nested deeper than {MAX_DEPTH}")
        if self.values > MAX_VALUES:
            raise UnreadableMessage(f"more than {MAX_VALUES} values in one message")


def text_key(key: object) -> str:
    """Keys of JavaScript objects are strings, whatever was written."""
    if isinstance(key, str):
        return key
    if isinstance(key, (int, float)):
        return str(key)
    raise UnreadableMessage(f"a {type(key).__name__} as a key")


NUMBERS: dict[int, struct.Struct] = {
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
# What decoding may raise for bytes that are not of its format.
MALFORMED = (
    AttributeError,
    IndexError,
    KeyError,
    OverflowError,
    TypeError,
    ValueError,
    struct.error,
)

SHORT_SIZE = struct.Struct(">H")
LONG_SIZE = struct.Struct(">I")
