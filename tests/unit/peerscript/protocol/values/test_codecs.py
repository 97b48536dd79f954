"""Each serialization: what it takes, what it refuses, what it makes of others' frames."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import pytest

from peerscript.errors import MessageTooBig, SerializationError, UnreadableMessage
from peerscript.protocol.values import binarypack, chunks, jsontext, msgpack, pythonpack, sendable
from peerscript.protocol.values.binarypack import pack
from peerscript.protocol.values.codecs import (
    SERIALIZATIONS,
    BinaryCodec,
    Codec,
    Signal,
    Undecided,
    codec_for,
)

LIMIT = 1000


def settled(name: str = "binary") -> Codec:
    """A codec that talks to plain PeerJS."""
    codec = codec_for(name)
    codec.assume_peerjs()
    return codec


def introduced() -> tuple[Codec, Codec]:
    """The codecs of two PeerScript pages that have greeted each other."""
    near, far = BinaryCodec(), BinaryCodec()
    for one, other in ((near, far), (far, near)):
        assert list(other.decode(one.hello)) == []
    return near, far


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(ValueError, match="choose one of binary, binary-utf8, json, raw, msgpack"):
        codec_for("none")


class Shout(Codec):
    def encode(self, value: object, max_frame_size: int) -> list[str]:
        return [str(value).upper()]

    def decode(self, frame: Any) -> list[object]:
        return [frame.lower()]


def test_a_serialization_of_ones_own() -> None:
    codec = codec_for("shout", {"shout": Shout})
    assert codec.encode("hi", LIMIT) == ["HI"]
    assert codec.hello is None


@pytest.mark.parametrize("name", SERIALIZATIONS)
@pytest.mark.parametrize("text", ["", "hello", "😀 שלום", '{"looks": "like JSON"}'])
def test_text_survives_everywhere(name: str, text: str) -> None:
    codec = codec_for(name)
    (frame,) = codec.encode(text, LIMIT)
    assert list(codec.decode(frame)) == [text]


@pytest.mark.parametrize("name", ["binary", "json", "msgpack"])
def test_what_peerjs_would_lose_is_refused(name: str) -> None:
    codec = settled(name)
    with pytest.raises(SerializationError, match="None at top level"):
        codec.encode(None, LIMIT)
    with pytest.raises(SerializationError, match="__peerData"):
        codec.encode({"__peerData": 1}, LIMIT)


@pytest.mark.parametrize(
    ("name", "frame"),
    [
        ("binary", pack({"__peerData": {"type": "close"}})),
        ("json", '{"__peerData":{"type":"close"}}'),
        ("msgpack", b"\x81\xaa__peerData\x81\xa4type\xa5close"),
    ],
)
def test_peerjs_asks_to_close(name: str, frame: Any) -> None:
    assert list(codec_for(name).decode(frame)) == [Signal.CLOSE]


@pytest.mark.parametrize(
    ("name", "frame"),
    [("binary", pack({"__peerData": {"type": "new"}})), ("json", '{"__peerData":{"type":"new"}}')],
)
def test_what_peerjs_may_say_one_day_is_not_for_the_user(name: str, frame: Any) -> None:
    assert list(codec_for(name).decode(frame)) == []


def test_binary_cuts_up_what_is_larger_than_a_frame() -> None:
    value = b"x" * chunks.CHUNK_SIZE * 3
    frames = codec_for("binary").encode(value, chunks.CHUNK_SIZE * 2)
    assert len(frames) == 4
    receiver = codec_for("binary")
    assert [value for frame in frames for value in receiver.decode(frame)] == [value]


def test_msgpack_is_a_stream() -> None:
    value = {"data": b"x" * 100_000}
    frames = codec_for("msgpack").encode(value, 65_536)
    assert [len(frame) for frame in frames[:-1]] == [32_768] * 3
    receiver = codec_for("msgpack")
    assert [found for frame in frames for found in receiver.decode(frame)] == [value]


def test_a_message_without_its_end_does_not_take_the_next_one_for_it() -> None:
    receiver = codec_for("msgpack")
    with pytest.raises(UnreadableMessage, match="the end of a message is missing"):
        list(receiver.decode(b"\xda\xff\xff"))
    assert list(receiver.decode(b"\xa5hello")) == ["hello"]


@pytest.mark.parametrize(("name", "module"), [("binary", chunks), ("msgpack", msgpack)])
def test_there_is_a_largest_message(
    name: str, module: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_MESSAGE_SIZE", 10)
    with pytest.raises(MessageTooBig):
        codec_for(name).encode("x" * 20, 5)


@pytest.mark.parametrize("name", ["json", "raw"])
def test_one_frame_or_none(name: str) -> None:
    with pytest.raises(MessageTooBig, match="the other side takes 1000"):
        codec_for(name).encode("é" * LIMIT, LIMIT)


def test_raw_is_text_and_bytes_alone() -> None:
    codec = codec_for("raw")
    assert codec.encode(bytearray(b"x"), LIMIT) == (b"x",)
    assert codec.encode(memoryview(b"abcd").cast("H"), LIMIT) == (b"abcd",)
    assert list(codec.decode(b"x")) == [b"x"]
    with pytest.raises(SerializationError, match='dict in "raw"'):
        codec.encode({}, LIMIT)
    with pytest.raises(SerializationError, match="lone surrogate"):
        codec.encode("\ud800", LIMIT)


@pytest.mark.parametrize(
    ("name", "frame"),
    [
        ("binary", "text"),
        ("binary", b"\xc7"),
        ("binary", b"\xc5\xc7"),
        ("binary", b"\xc5\xc4\x63\x00"),
        ("msgpack", "text"),
        ("msgpack", b"\xc1"),
        ("json", "{"),
        ("json", "NaN"),
        ("json", b"\xff"),
        ("json", "[" * 9999),
    ],
)
def test_rubbish_is_unreadable(name: str, frame: Any) -> None:
    codec = codec_for(name)
    with pytest.raises(UnreadableMessage):
        list(codec.decode(frame))
    (good,) = codec.encode("the next one", LIMIT)
    assert list(codec.decode(good)) == ["the next one"]


ONLY_IN_PYTHON = [None, {"__peerData": 1}, {"a": math.nan}, 2**70, -0.0, {"__proto__": 1}]


@pytest.mark.parametrize("value", ONLY_IN_PYTHON, ids=repr)
def test_what_depends_on_the_other_page_waits_for_it(value: Any) -> None:
    with pytest.raises(Undecided):
        BinaryCodec().encode(value, LIMIT)
    near, far = introduced()
    (frame,) = near.encode(value, LIMIT)
    (arrived,) = far.decode(frame)
    assert repr(arrived) == repr(value)


def test_plain_peerjs_is_known_by_its_first_message() -> None:
    codec = BinaryCodec()
    assert list(codec.decode(pack("hi"))) == ["hi"]
    with pytest.raises(SerializationError, match=r'message\["a"\]: NaN in "binary"'):
        codec.encode({"a": math.nan}, LIMIT)


def test_a_greeting_that_comes_late_still_counts() -> None:
    codec = settled()
    assert list(codec.decode(BinaryCodec().hello)) == []
    assert codec.encode(None, LIMIT)


@pytest.mark.parametrize(
    "hello",
    [
        {"type": "hello"},
        {"type": "hello", "peerscript": 2, "sendable": []},
        {"type": "hello", "peerscript": 1, "sendable": "all"},
    ],
)
def test_a_greeting_that_is_none_changes_nothing(hello: dict[str, object]) -> None:
    codec = settled()
    assert list(codec.decode(pack({"__peerData": hello}))) == []
    with pytest.raises(SerializationError):
        codec.encode(None, LIMIT)


def test_small_frames_share_one() -> None:
    near, far = introduced()
    values: list[Any] = ["a", {"b": 1}, None]
    frames = [near.encode(value, LIMIT)[0] for value in values]
    (joined,) = near.join(frames)
    assert list(far.decode(joined)) == values


def test_only_frames_of_ours_share_one() -> None:
    near, far = introduced()
    (plain,) = settled().encode("plain", LIMIT)
    values: list[Any] = [1, 2, "plain", 3, 4]
    frames = [plain if value == "plain" else near.encode(value, LIMIT)[0] for value in values]
    joined = near.join(frames)
    assert len(joined) == 3
    assert [value for frame in joined for value in far.decode(frame)] == values


@pytest.mark.parametrize("name", SERIALIZATIONS)
def test_plain_frames_never_share(name: str) -> None:
    codec = settled(name)
    frames = [codec.encode(text, LIMIT)[0] for text in "abc"]
    assert codec.join(frames) == frames


def test_a_large_value_between_two_pages_of_ours() -> None:
    near, far = introduced()
    frames = near.encode([None, "x" * 100_000], LIMIT)
    assert len(frames) > 1
    assert [value for frame in frames for value in far.decode(frame)] == [[None, "x" * 100_000]]


def test_a_greeting_is_binarypack_that_peerjs_reads() -> None:
    hello = binarypack.unpack(BinaryCodec().hello)
    assert hello["__peerData"]["type"] == "hello"
    assert BinaryCodec().hello[0] != pythonpack.FRAME


def test_json_names_the_place() -> None:
    with pytest.raises(SerializationError, match=r'message\["a"\]\[1\]: NaN in "json"'):
        codec_for("json").encode({"a": [0, math.nan]}, LIMIT)
    with pytest.raises(SerializationError, match=r"metadata\[0\]: set has no place"):
        jsontext.text([{1}], "metadata")


@pytest.mark.parametrize("name", ["binary", "msgpack"])
def test_what_peerjs_says_to_itself_is_not_for_us(name: str) -> None:
    codec = settled(name)
    whole = {"binary": pack, "msgpack": msgpack.pack}[name]
    assert list(codec.decode(whole({"__peerData": {"type": "news"}}))) == []
    assert list(codec.decode(whole("after"))) == ["after"]


@sendable.sendable(name="test_codecs")
@dataclass
class Early:
    name: str


@pytest.mark.parametrize("value", [Early("x"), memoryview(b"abcdef").cast("B", (2, 3))])
def test_what_only_python_has_waits_until_it_is_known_who_is_there(value: Any) -> None:
    with pytest.raises(Undecided):
        BinaryCodec().encode(value, LIMIT)
