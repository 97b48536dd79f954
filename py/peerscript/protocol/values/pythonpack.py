"""BinaryPack between two PeerScript pages: the same bytes, and what plain PeerJS cannot carry.

A type byte that BinaryPack does not use (0xC4) is followed by a tag number and an ordinary value to
build the Python value from. Every float is written as eight bytes, so NaN, -0.0 and subnormal
numbers are exact. A frame begins with another unused byte (0xC5) and holds one or several values.
Two PeerScript pages recognize each other by a hello that PeerJS ignores (see `codecs`).
"""

from __future__ import annotations

import datetime
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from peerscript.errors import UnreadableMessage
from peerscript.protocol.values import sendable
from peerscript.protocol.values.binarypack import BinaryPacker, BinaryReader, packed, read_one
from peerscript.protocol.values.packing import DOUBLE, INT64, Unsendable

TAG = 0xC4
FRAME = 0xC5
_FRAME = bytes((FRAME,))

_DATACLASS = 0
_BUFFER = 1
_INTEGER = 2


class PythonPacker(BinaryPacker):
    """Writes what a PeerScript page reads.

    Args:
        known: the dataclasses that the other page has registered.
    """

    __slots__ = ("_known",)

    keys: ClassVar[dict[object, bytes]] = {}

    def __init__(self, known: frozenset[str]) -> None:
        self.out = bytearray(_FRAME)
        self.values = 0
        self._known = known

    def large_integer(self, value: int) -> None:
        if -(2**63) <= value < 2**63:
            self.out += INT64.pack(0xD3, value)
        else:
            size = value.bit_length() // 8 + 1
            self._tagged(_INTEGER, value.to_bytes(size, "little", signed=True), 0)

    def double(self, value: float) -> None:
        self.out += DOUBLE.pack(0xCB, value)

    def check_key(self, key: str) -> None:
        """Every str is an ordinary key in Python."""

    def rare(self, value: object, depth: int) -> None:
        tag = _TAGS_BY_TYPE.get(type(value))
        if tag is None:
            super().rare(value, depth)
        else:
            self._tagged(tag.number, tag.plain(value), depth)

    def dataclass(self, name: str, value: object, depth: int) -> None:
        if name not in self._known:
            raise Unsendable(f"the other page has not registered the dataclass {name}")
        self._tagged(_DATACLASS, {name: sendable.fields_of(value)}, depth)

    def buffer(self, view: memoryview, depth: int) -> None:
        if view.format == "B" and view.ndim == 1:
            self.binary(view.tobytes())
        else:
            self._tagged(_BUFFER, [_kind(view), list(view.shape or ()), view.tobytes()], depth)

    def _tagged(self, number: int, plain: object, depth: int) -> None:
        self.out.append(TAG)
        self.out.append(number)
        self.pack(plain, depth + 1)


class PythonReader(BinaryReader):
    """Reads what a PeerScript page writes."""

    __slots__ = ()

    def rare(self, kind: int, depth: int) -> object:
        if kind != TAG:
            return super().rare(kind, depth)
        number = self.data[self.place]
        self.place += 1
        return _TAGS[number].made(self.read(depth + 1))


# An array's element type is written as kind and size, as in NumPy, since "l" is 4 bytes in a
# browser and 8 elsewhere.
_KINDS = {"b": "i", "h": "i", "i": "i", "l": "i", "q": "i", "n": "i",
          "B": "u", "H": "u", "I": "u", "L": "u", "Q": "u", "N": "u",
          "e": "f", "f": "f", "d": "f", "?": "b", "c": "S"}  # fmt: skip
_FORMATS = {"i1": "b", "i2": "h", "i4": "i", "i8": "q", "u1": "B", "u2": "H", "u4": "I",
            "u8": "Q", "f2": "e", "f4": "f", "f8": "d", "b1": "?", "S1": "c"}  # fmt: skip


def _kind(view: memoryview) -> str:
    letter = view.format.lstrip("@" + ("<" if sys.byteorder == "little" else ">") + "=")
    name = f"{_KINDS.get(letter, '')}{view.itemsize}"
    if name not in _FORMATS or (0 in (view.shape or ()) and view.ndim > 1):
        raise Unsendable(f"an array of format {view.format!r} and shape {view.shape} has no place")
    return name


def _array(plain: Any) -> memoryview:
    kind, shape, data = plain
    if not isinstance(data, bytes):
        raise UnreadableMessage("an array without its bytes")
    flat: Any = memoryview(data)
    array: memoryview = flat.cast(_FORMATS[kind], *([shape] if len(shape) > 1 else []))
    return array


def _dataclass(plain: Any) -> object:
    ((name, fields),) = plain.items()
    return sendable.make(name, fields)


def _duration(plain: Any) -> datetime.timedelta:
    days, seconds, microseconds = plain
    return datetime.timedelta(days, seconds, microseconds)


def _unfolded(kind: Any, plain: Any) -> object:
    text, fold = plain  # fold tells apart the repeated hour at the end of summer time
    return kind.fromisoformat(text).replace(fold=fold)


def _complex(plain: Any) -> complex:
    real, imaginary = plain
    return complex(real, imaginary)


@dataclass(frozen=True)
class _Tag:
    """A type beyond BinaryPack's, with the functions to a plain value and back."""

    number: int
    kind: type | None
    plain: Callable[[Any], object]
    made: Callable[[Any], object]


def _written_elsewhere(value: object) -> object:
    raise NotImplementedError(f"{value!r} has a method of its own in PythonPacker")


_ALL_TAGS = (
    _Tag(_DATACLASS, None, _written_elsewhere, _dataclass),
    _Tag(_BUFFER, None, _written_elsewhere, _array),
    _Tag(
        _INTEGER,
        None,
        _written_elsewhere,
        lambda plain: int.from_bytes(plain, "little", signed=True),
    ),
    _Tag(
        3,
        datetime.datetime,
        lambda moment: [moment.isoformat(), moment.fold],
        lambda plain: _unfolded(datetime.datetime, plain),
    ),
    _Tag(4, datetime.date, datetime.date.isoformat, datetime.date.fromisoformat),
    _Tag(
        5,
        datetime.time,
        lambda time: [time.isoformat(), time.fold],
        lambda plain: _unfolded(datetime.time, plain),
    ),
    _Tag(
        6, datetime.timedelta, lambda span: [span.days, span.seconds, span.microseconds], _duration
    ),
    _Tag(7, complex, lambda value: [value.real, value.imag], _complex),
)
_TAGS = {tag.number: tag for tag in _ALL_TAGS}
_TAGS_BY_TYPE = {tag.kind: tag for tag in _ALL_TAGS if tag.kind is not None}


def pack(value: object, known: frozenset[str] = frozenset()) -> bytes:
    """Encode a value as one frame.

    Args:
        known: the dataclasses that the other page has registered.

    Raises:
        SerializationError: the value, or one inside it, cannot be carried.
    """
    return packed(PythonPacker(known), value)


def join(frames: Iterable[bytes]) -> bytes:
    """Join several frames into one."""
    return _FRAME + b"".join([frame[1:] for frame in frames])


def unpack(frame: bytes) -> Iterable[Any]:
    """Decode the values of a frame, lazily.

    Raises:
        UnreadableMessage: the next value cannot be read; those before it were yielded.
    """
    reader = PythonReader(frame, 1)
    first = read_one(reader)
    return (first,) if reader.place == len(frame) else _all(first, reader)


def unpack_one(frame: bytes) -> Any:
    """Decode a frame that holds one value.

    Raises:
        UnreadableMessage: it holds none, or more than one.
    """
    if frame[:1] != _FRAME:
        raise UnreadableMessage("a value that does not begin as one")
    reader = PythonReader(frame, 1)
    value = read_one(reader)
    if reader.place != len(frame):
        raise UnreadableMessage(f"{len(frame) - reader.place} bytes too many behind a value")
    return value


def _all(first: Any, reader: PythonReader) -> Iterator[Any]:
    yield first
    while reader.place < len(reader.data):
        yield read_one(reader)
