"""Each serialization: what it takes, what it refuses, what it makes of others' frames."""

from __future__ import annotations

from typing import Any

import pytest

from peerscript.errors import MessageTooBig, SerializationError, UnreadableMessage
from peerscript.protocol import chunks
from peerscript.protocol.binarypack import pack
from peerscript.protocol.codecs import SERIALIZATIONS, Signal, codec_for

LIMIT = 1000


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(ValueError, match="choose one of binary, binary-utf8, json, raw"):
        codec_for("none")


@pytest.mark.parametrize("name", SERIALIZATIONS)
@pytest.mark.parametrize("text", ["", "hello", "😀 שלום", '{"looks": "like JSON"}'])
def test_text_survives_everywhere(name: str, text: str) -> None:
    codec = codec_for(name)
    (frame,) = codec.encode(text, LIMIT)
    assert codec.decode(frame) == text


@pytest.mark.parametrize("name", ["binary", "json"])
def test_what_peerjs_would_lose_is_refused(name: str) -> None:
    codec = codec_for(name)
    with pytest.raises(SerializationError, match="None at top level"):
        codec.encode(None, LIMIT)
    with pytest.raises(SerializationError, match="__peerData"):
        codec.encode({"__peerData": 1}, LIMIT)


@pytest.mark.parametrize(
    ("name", "frame"),
    [
        ("binary", pack({"__peerData": {"type": "close"}})),
        ("json", '{"__peerData":{"type":"close"}}'),
    ],
)
def test_peerjs_asks_to_close(name: str, frame: Any) -> None:
    assert codec_for(name).decode(frame) is Signal.CLOSE


@pytest.mark.parametrize(
    ("name", "frame"),
    [("binary", pack({"__peerData": {"type": "new"}})), ("json", '{"__peerData":{"type":"new"}}')],
)
def test_what_peerjs_may_say_one_day_is_not_for_the_user(name: str, frame: Any) -> None:
    assert codec_for(name).decode(frame) is Signal.PENDING


def test_binary_cuts_up_what_is_larger_than_a_frame() -> None:
    value = b"x" * chunks.CHUNK_SIZE * 3
    frames = codec_for("binary").encode(value, chunks.CHUNK_SIZE * 2)
    assert len(frames) == 4
    receiver = codec_for("binary")
    assert [receiver.decode(frame) for frame in frames[:-1]] == [Signal.PENDING] * 3
    assert receiver.decode(frames[-1]) == value


def test_binary_has_a_largest_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "MAX_MESSAGE_SIZE", 10)
    with pytest.raises(MessageTooBig):
        codec_for("binary").encode("x" * 20, 5)


@pytest.mark.parametrize("name", ["json", "raw"])
def test_one_frame_or_none(name: str) -> None:
    with pytest.raises(MessageTooBig, match="the other side takes 1000"):
        codec_for(name).encode("é" * LIMIT, LIMIT)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), b"bytes", {1, 2}, object()])
def test_json_refuses_what_json_has_no_words_for(value: object) -> None:
    with pytest.raises(SerializationError, match='in "json"'):
        codec_for("json").encode({"a": value}, LIMIT)


def test_raw_is_bytes_and_text_alone() -> None:
    codec = codec_for("raw")
    assert codec.encode(bytearray(b"x"), LIMIT) == (b"x",)
    assert codec.decode(b"x") == b"x"
    with pytest.raises(SerializationError, match='dict in "raw"'):
        codec.encode({}, LIMIT)
    with pytest.raises(SerializationError, match="lone surrogate"):
        codec.encode("\ud800", LIMIT)


@pytest.mark.parametrize(
    ("name", "frame"),
    [
        ("binary", "text"),
        ("binary", b"\xc7"),
        ("json", "{"),
        ("json", b"\xff"),
        ("json", "[" * 9999),
    ],
)
def test_rubbish_is_unreadable(name: str, frame: Any) -> None:
    with pytest.raises(UnreadableMessage):
        codec_for(name).decode(frame)
