"""What both binary formats bound."""

from __future__ import annotations

import ctypes
from collections import namedtuple
from dataclasses import dataclass
from typing import Any

import pytest

from peerscript.errors import SerializationError, UnreadableMessage
from peerscript.protocol.values import msgpack, packing, sendable
from peerscript.protocol.values.binarypack import BinaryPacker, pack, unpack
from peerscript.protocol.values.packing import Unsendable, is_double


def test_the_path_is_written_as_python_would() -> None:
    refused = Unsendable("no").within(3).within('say "a"').within("b")
    assert str(refused.explained("json")) == 'message["b"]["say \\"a\\""][3]: no in "json"'


def test_a_long_path_is_shortened() -> None:
    refused = Unsendable("no")
    for _ in range(100):
        refused.within("key")
    assert len(str(refused.explained("json"))) < 220


@pytest.mark.parametrize(
    ("value", "is_one"),
    [(2**53, True), (2**53 + 1, False), (2**1000, True), (10**400, False), (-(2**60), True)],
)
def test_what_a_javascript_number_can_be(value: int, is_one: bool) -> None:
    assert is_double(value) is is_one


class Touchy:
    """As some JavaScript objects: a Symbol, a revoked Proxy."""

    def __getattr__(self, name: str) -> object:
        raise RuntimeError(name)


def test_a_value_is_not_asked_for_its_attributes() -> None:
    with pytest.raises(SerializationError, match=r"message\[0\]: Touchy has no place"):
        pack([Touchy()])


def test_a_message_holds_so_many_values(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "MAX_VALUES", 10)
    assert unpack(pack([[1] * 4] * 2)) == [[1] * 4] * 2
    with pytest.raises(SerializationError, match="more than 10 values"):
        pack([[1] * 4] * 3)
    with pytest.raises(UnreadableMessage, match="more than 10 values"):
        unpack(b"\x9b" + bytes(11))


def test_a_key_is_remembered_but_not_every_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BinaryPacker, "keys", {})
    for number in range(3000):
        for _ in range(2):
            assert unpack(pack({f"key {number}": 1})) == {f"key {number}": 1}
        assert (f"key {number}" in BinaryPacker.keys) is (number < 1024)
    assert len(BinaryPacker.keys) == 1024


class Text(str):
    __slots__ = ()


@pytest.mark.parametrize(
    ("value", "arrives"),
    [(Text("a"), "a"), ({Text("a"): 1}, {"a": 1}), ((1, (2,)), [1, [2]]), (bytearray(b"x"), b"x")],
)
def test_kinds_of_a_kind(value: Any, arrives: Any) -> None:
    assert unpack(pack(value)) == arrives


class Index:
    def __index__(self) -> int:
        return 7


def test_what_is_an_index_is_an_int() -> None:
    assert unpack(pack(Index())) == 7


class Sorted(dict[str, int]):
    """A kind of dict."""


Pair = namedtuple("Pair", "first second")  # as people have them


@sendable.sendable(name="test_packing")
@dataclass
class Place:
    name: str


def test_a_kind_of_dict_or_list_travels_as_one() -> None:
    assert unpack(pack(Sorted(a=1))) == {"a": 1}
    assert unpack(pack(Pair(1, 2))) == [1, 2]


def test_a_dataclass_is_an_object_to_a_page_without_python() -> None:
    assert unpack(pack(Place("here"))) == {"name": "here"}


@pytest.mark.parametrize("value", ["\ud800", {"\ud800": 1}])
def test_half_a_character(value: Any) -> None:
    with pytest.raises(SerializationError, match="lone surrogate"):
        pack(value)
    with pytest.raises(SerializationError, match="lone surrogate"):
        msgpack.pack(value)


@pytest.mark.parametrize("value", [{}, []])
def test_nesting_has_an_end(value: Any) -> None:
    for _ in range(packing.MAX_DEPTH):
        value = {"a": value} if isinstance(value, dict) else [value]
    with pytest.raises(SerializationError, match="nesting deeper"):
        pack(value)


def test_a_number_of_a_format_that_python_cannot_read() -> None:
    with pytest.raises(SerializationError, match="a number of format"):
        pack(ctypes.c_longdouble(1.5))
