"""Values to frames and back: one codec for each serialization of a DataConnection.

A frame is what one `RTCDataChannel.send` carries: bytes, or str for text. PeerJS is given its own
`Raw` class under every serializer name, so frames pass it untouched; encoding is done here.
"""

from __future__ import annotations

import itertools
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import Enum
from typing import Any, Literal, NewType

from peerscript.errors import MessageTooBig, SerializationError, UnreadableMessage
from peerscript.protocol.values import (
    binarypack,
    chunks,
    flattext,
    jsontext,
    msgpack,
    pythonpack,
    sendable,
)
from peerscript.protocol.values.binarypack import BinaryPacker, CautiousPacker, packed
from peerscript.protocol.values.packing import buffer_of

Frame = bytes | str

_CLOSE = {"__peerData": {"type": "close"}}  # what PeerJS's `close({flush: true})` sends
STREAM_PIECE = 32_768  # bytes; how PeerJS's own stream is cut


class Signal(Enum):
    """What `decode` can give besides values."""

    CLOSE = "the other side has flushed and asks this side to close"


class Undecided(Exception):
    """The encoding of this value depends on whether the other page is PeerScript: not known yet."""


class Codec(ABC):
    """One connection's codec; it may keep state between frames.

    Attributes:
        hello: the first frame, which says that this page is PeerScript; None for none.
        close_request: a last frame that makes the other side close; None where there is none.
        carries_bytes: whether a value may have bytes in it.
    """

    hello: Frame | None = None
    close_request: Frame | None = None
    carries_bytes = True

    @abstractmethod
    def encode(self, value: object, max_frame_size: int) -> Sequence[Frame]:
        """Turn a value into frames.

        Raises:
            SerializationError: the value cannot arrive as it is.
            MessageTooBig: it takes more than one frame and this serialization has no pieces.
            Undecided: call it again after the other side's first frame, or after `assume_peerjs`.
        """

    @abstractmethod
    def decode(self, frame: Frame) -> Iterable[object]:
        """Return the values that a frame completes: none, one or several; a `Signal` is the last.

        Raises:
            UnreadableMessage: the frame is not of this serialization. May come after values.
        """

    def check_size(self, size: int, max_frame_size: int) -> None:  # noqa: B027  # may be any
        """Raise MessageTooBig if no message can have so many bytes in it."""

    def assume_peerjs(self) -> None:  # noqa: B027  # most need not know
        """Stop waiting for a hello: the other page is plain PeerJS."""

    def join(self, frames: Sequence[Frame]) -> Sequence[Frame]:
        """Join these into fewer frames, where the other side can read that."""
        return frames


class _Remote(Enum):
    """Which library the other page runs."""

    UNKNOWN = "not known yet"
    PEERJS = "plain PeerJS"
    PEERSCRIPT = "PeerScript"


class BinaryCodec(Codec):
    """PeerJS's default, "binary" (and its synonym "binary-utf8").

    A PeerScript page sends a hello first, which plain PeerJS ignores. Two pages that have each
    other's hello go on in `flattext`'s and `pythonpack`'s frames.
    """

    hello: bytes
    close_request = binarypack.pack(_CLOSE)

    def __init__(self) -> None:
        self._reassembly = chunks.Reassembly()
        self._remote = _Remote.UNKNOWN
        self._known: frozenset[str] = frozenset()
        self.hello = binarypack.pack(
            {"__peerData": {"type": "hello", "peerscript": 1, "sendable": sendable.names()}}
        )

    def encode(self, value: object, max_frame_size: int) -> Sequence[Frame]:
        if self._remote is _Remote.PEERSCRIPT:
            text = flattext.text(value)
            if text is not None and len(text) <= max_frame_size:
                return (text,)
        whole = self._pack(value)
        # An unmodified PeerJS reads a frame of any size; it splits only what it sends itself.
        if len(whole) <= max_frame_size:
            return (whole,)
        self.check_size(len(whole), max_frame_size)
        return tuple(chunks.split(whole))

    def check_size(self, size: int, max_frame_size: int) -> None:
        if size > chunks.MAX_MESSAGE_SIZE:
            raise MessageTooBig(f"{size} bytes; at most {chunks.MAX_MESSAGE_SIZE}")

    def _pack(self, value: object) -> bytes:
        if self._remote is _Remote.PEERSCRIPT:
            return pythonpack.pack(value, self._known)
        if self._remote is _Remote.PEERJS:
            _refuse_what_peerjs_takes_for_its_own(value, "binary")
            return packed(BinaryPacker(), value)
        try:
            _refuse_what_peerjs_takes_for_its_own(value, "binary")
            return packed(CautiousPacker(), value)
        except SerializationError as error:
            raise Undecided from error

    def decode(self, frame: Frame) -> Iterable[object]:
        if isinstance(frame, str):
            return flattext.values(frame)
        if frame[:1] == _PEERSCRIPT_FRAME:
            return pythonpack.unpack(frame)
        value = binarypack.unpack(frame)
        if type(value) is dict and "__peerData" in value:
            return self._control(value)
        if self._remote is _Remote.UNKNOWN:
            self.assume_peerjs()  # a PeerScript page sends its hello first
        return (value,)

    def _control(self, value: dict[str, object]) -> Iterable[object]:
        control = value["__peerData"]
        if isinstance(control, dict):
            if control.get("type") == "hello":
                self._on_hello(control)
            return _signals(control)
        self.assume_peerjs()
        whole = self._reassembly.add(value)
        if whole is None:
            return ()
        return pythonpack.unpack(whole) if whole[:1] == _PEERSCRIPT_FRAME else _unpacked(whole)

    def _on_hello(self, hello: dict[str, object]) -> None:
        if hello.get("peerscript") == 1 and isinstance(names := hello.get("sendable"), list):
            self._known = frozenset(name for name in names if isinstance(name, str))
            self._remote = _Remote.PEERSCRIPT

    def assume_peerjs(self) -> None:
        if self._remote is _Remote.UNKNOWN:
            self._remote = _Remote.PEERJS

    def join(self, frames: Sequence[Frame]) -> Sequence[Frame]:
        if self._remote is not _Remote.PEERSCRIPT:
            return frames
        return [
            joined
            for kind, run in itertools.groupby(frames, _kind)
            for joined in _JOINED.get(kind, list)(run)
        ]


_PEERSCRIPT_FRAME = bytes((pythonpack.FRAME,))
_JOINED: dict[object, Callable[[Any], list[Any]]] = {
    str: lambda run: [flattext.join(run)],
    pythonpack.FRAME: lambda run: [pythonpack.join(run)],
}


def _kind(frame: Frame) -> object:
    """The key for `join`: neighbours of the same kind may share a frame."""
    return str if isinstance(frame, str) else frame[0]


def _unpacked(whole: bytes) -> tuple[object]:
    return (binarypack.unpack(whole),)


class JsonCodec(Codec):
    """PeerJS's "json": one UTF-8 frame, always."""

    close_request = jsontext.text(_CLOSE).encode()
    carries_bytes = False

    def encode(self, value: object, max_frame_size: int) -> Sequence[Frame]:
        _refuse_what_peerjs_takes_for_its_own(value, "json")
        whole = jsontext.text(value).encode()
        _require_one_frame(len(whole), max_frame_size, "json")
        return (whole,)

    def decode(self, frame: Frame) -> Iterable[object]:
        value = jsontext.parse(frame)
        if type(value) is dict and isinstance(value.get("__peerData"), dict):
            return _signals(value["__peerData"])
        return (value,)


class RawCodec(Codec):
    """PeerJS's "raw": str and bytes as they are, one frame each."""

    def encode(self, value: object, max_frame_size: int) -> Sequence[Frame]:
        if isinstance(value, str):
            self.check_size(_utf8_size(value), max_frame_size)
            return (str(value),)
        view = buffer_of(value)
        if view is None:
            raise SerializationError(
                f'message: {type(value).__name__} in "raw", which takes str and bytes-likes'
            )
        self.check_size(view.nbytes, max_frame_size)
        return (view.tobytes(),)

    def check_size(self, size: int, max_frame_size: int) -> None:
        _require_one_frame(size, max_frame_size, "raw")

    def decode(self, frame: Frame) -> Iterable[object]:
        return (frame,)


def _utf8_size(value: str) -> int:
    try:
        return len(value.encode())
    except UnicodeEncodeError as error:
        raise SerializationError('message: a str with a lone surrogate in "raw"') from error


class MessagePackCodec(Codec):
    """PeerJS's MsgPack, "msgpack": a stream of values."""

    close_request = msgpack.pack(_CLOSE)

    def __init__(self) -> None:
        self._stream = msgpack.Stream()

    def encode(self, value: object, max_frame_size: int) -> Sequence[Frame]:
        _refuse_what_peerjs_takes_for_its_own(value, "msgpack")
        whole = msgpack.pack(value)
        self.check_size(len(whole), max_frame_size)
        places = range(0, len(whole), STREAM_PIECE)
        return tuple(whole[place : place + STREAM_PIECE] for place in places)

    def check_size(self, size: int, max_frame_size: int) -> None:
        if size > msgpack.MAX_MESSAGE_SIZE:
            raise MessageTooBig(f"{size} bytes; at most {msgpack.MAX_MESSAGE_SIZE}")

    def decode(self, frame: Frame) -> Iterator[object]:
        if isinstance(frame, str):
            raise UnreadableMessage("text, where bytes are spoken")
        for value in self._stream.feed(frame):
            if type(value) is dict and isinstance(value.get("__peerData"), dict):
                yield from (signals := _signals(value["__peerData"]))
                if signals:
                    return
            else:
                yield value
        # Both PeerJS and we fill every piece of a message but its last.
        if len(frame) < STREAM_PIECE and not self._stream.is_between_messages:
            self._stream.forget()
            raise UnreadableMessage("the end of a message is missing")


_CODECS: dict[str, Callable[[], Codec]] = {
    "binary": BinaryCodec,
    "binary-utf8": BinaryCodec,
    "json": JsonCodec,
    "raw": RawCodec,
    "msgpack": MessagePackCodec,
}
Serialization = Literal["binary", "binary-utf8", "json", "msgpack", "raw"]
OwnSerialization = NewType("OwnSerialization", str)  # a name in `Peer(serializers=…)`
SERIALIZATIONS = tuple(_CODECS)
ORDERED = frozenset({"msgpack"})  # a stream; it needs `reliable`

Codecs = Mapping[str, Callable[[], Codec]]


def codec_for(serialization: str, own: Codecs | None = None) -> Codec:
    """Return a new codec.

    Args:
        own: serializations of the user's own, by name.

    Raises:
        ValueError: there is no serialization of that name.
    """
    known = {**_CODECS, **(own or {})}
    if serialization not in known:
        raise ValueError(f"serialization {serialization!r}: choose one of {', '.join(known)}")
    return known[serialization]()


def _require_one_frame(size: int, limit: int, serialization: str) -> None:
    if size > limit:
        raise MessageTooBig(
            f'{size} bytes in one "{serialization}" message; the other side takes {limit}'
        )


def _refuse_what_peerjs_takes_for_its_own(value: object, serialization: str) -> None:
    """An unmodified PeerJS loses a top-level null and takes `__peerData` for its own messages."""
    if value is None:
        raise SerializationError(f'message: None at top level in "{serialization}"')
    if isinstance(value, dict) and "__peerData" in value:
        raise SerializationError(f'message["__peerData"]: PeerJS\'s own key in "{serialization}"')


def _signals(control: dict[str, object]) -> tuple[Signal, ...]:
    """PeerJS's `close({flush: true})` sends {type: "close"}; all else it sends is ignored."""
    return (Signal.CLOSE,) if control.get("type") == "close" else ()
