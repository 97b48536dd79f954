"""Values to frames and back: one codec for each serialization of a DataConnection.

A frame is what one `RTCDataChannel.send` carries: bytes, or str for text. PeerJS is given its own
`Raw` class under every serializer name, so frames pass it untouched and the work is done here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from enum import Enum
from typing import Protocol

from peerscript.errors import MessageTooBig, SerializationError, UnreadableMessage
from peerscript.protocol import binarypack, chunks, jsontext

Frame = bytes | str


class Signal(Enum):
    """What a frame can mean besides a value."""

    PENDING = "the message is not whole yet"
    CLOSE = "the other side has flushed and asks us to close"


class Codec(Protocol):
    """One connection's codec; it may keep state between frames."""

    def encode(self, value: object, max_frame_size: int) -> Sequence[Frame]:
        """Turn a value into frames.

        Raises:
            SerializationError: the value cannot arrive as it is.
            MessageTooBig: it takes more than one frame and this serialization has no pieces.
        """

    def decode(self, frame: Frame) -> object:
        """Turn a frame into a value or a `Signal`.

        Raises:
            UnreadableMessage: the frame is not of this serialization.
        """


class BinaryCodec:
    """PeerJS's default, "binary" (and its synonym "binary-utf8")."""

    def __init__(self) -> None:
        self._reassembly = chunks.Reassembly()

    def encode(self, value: object, max_frame_size: int) -> Sequence[Frame]:
        _refuse_what_peerjs_takes_for_its_own(value, "binary")
        packed = binarypack.pack(value)
        # An unmodified PeerJS reads a frame of any size; it cuts only what it sends itself.
        if len(packed) <= max_frame_size:
            return (packed,)
        if len(packed) > chunks.MAX_MESSAGE_SIZE:
            raise MessageTooBig(f"{len(packed)} bytes; at most {chunks.MAX_MESSAGE_SIZE}")
        return tuple(chunks.split(packed))

    def decode(self, frame: Frame) -> object:
        value = binarypack.unpack(_as_bytes(frame))
        if type(value) is dict and "__peerData" in value:
            if isinstance(value["__peerData"], dict):
                return _peerjs_signal(value["__peerData"])
            whole = self._reassembly.add(value)
            return Signal.PENDING if whole is None else binarypack.unpack(whole)
        return value


class JsonCodec:
    """PeerJS's "json": one UTF-8 frame, always."""

    def encode(self, value: object, max_frame_size: int) -> Sequence[Frame]:
        _refuse_what_peerjs_takes_for_its_own(value, "json")
        try:
            encoded = json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
        except (TypeError, ValueError, RecursionError) as error:
            raise SerializationError(f'message: {error} in "json"') from error
        return (_within(encoded, max_frame_size, "json"),)

    def decode(self, frame: Frame) -> object:
        value = jsontext.parse(frame)
        if type(value) is dict and isinstance(value.get("__peerData"), dict):
            return _peerjs_signal(value["__peerData"])
        return value


class RawCodec:
    """PeerJS's "raw": str and bytes as they are, one frame each."""

    def encode(self, value: object, max_frame_size: int) -> Sequence[Frame]:
        if isinstance(value, str):
            try:
                size = len(value.encode())
            except UnicodeEncodeError as error:
                raise SerializationError('message: a lone surrogate in "raw"') from error
            if size > max_frame_size:
                raise _too_big(size, max_frame_size, "raw")
            return (value,)
        if isinstance(value, (bytes, bytearray, memoryview)):
            return (_within(bytes(value), max_frame_size, "raw"),)
        raise SerializationError(
            f'message: {type(value).__name__} in "raw", which takes str and bytes-likes'
        )

    def decode(self, frame: Frame) -> object:
        return frame


_CODECS: dict[str, Callable[[], Codec]] = {
    "binary": BinaryCodec,
    "binary-utf8": BinaryCodec,
    "json": JsonCodec,
    "raw": RawCodec,
}
SERIALIZATIONS = tuple(_CODECS)


def codec_for(serialization: str) -> Codec:
    """Return a new codec.

    Raises:
        ValueError: there is no serialization of that name.
    """
    if serialization not in _CODECS:
        raise ValueError(f"serialization {serialization!r}: choose one of {', '.join(_CODECS)}")
    return _CODECS[serialization]()


def _as_bytes(frame: Frame) -> bytes:
    if isinstance(frame, str):
        raise UnreadableMessage("text, where bytes are spoken")
    return frame


def _within(encoded: bytes, max_frame_size: int, serialization: str) -> bytes:
    if len(encoded) > max_frame_size:
        raise _too_big(len(encoded), max_frame_size, serialization)
    return encoded


def _too_big(size: int, limit: int, serialization: str) -> MessageTooBig:
    return MessageTooBig(
        f'{size} bytes in one "{serialization}" message; the other side takes {limit}'
    )


def _refuse_what_peerjs_takes_for_its_own(value: object, serialization: str) -> None:
    """An unmodified PeerJS loses a top-level null and takes `__peerData` for its own messages."""
    if value is None:
        raise SerializationError(f'message: None at top level in "{serialization}"')
    if isinstance(value, dict) and "__peerData" in value:
        raise SerializationError(f'message["__peerData"]: PeerJS\'s own key in "{serialization}"')


def _peerjs_signal(control: dict[str, object]) -> Signal:
    """PeerJS's `close({flush: true})` says {type: "close"}; what else it may say is not for us."""
    return Signal.CLOSE if control.get("type") == "close" else Signal.PENDING
