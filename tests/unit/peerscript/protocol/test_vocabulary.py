"""Messages come out as they went in; everything else is Malformed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest

from peerscript.protocol.values.pythonpack import unpack_one
from peerscript.protocol.vocabulary import MAX_NUMBER, Malformed, Vocabulary, data, text


@dataclass(frozen=True)
class Order:
    count: int
    what: str = text(5)
    gift: bool = False
    note: str = text(3, default="-")


@dataclass(frozen=True)
class Stop:
    pass


@dataclass(frozen=True)
class Piece:
    number: int
    content: bytes = data(5)
    rest: bytes = data(3, default=b"-")


WORDS = Vocabulary[Order | Stop]({"order": Order, "stop": Stop})
VALUES = Vocabulary[Order | Piece]({"order": Order, "piece": Piece})


@pytest.mark.parametrize(
    "message",
    [Order(0, ""), Order(MAX_NUMBER, "tulip", True, "שלו"), Order(1, 'a"\\\n\0'), Stop()],
)
def test_what_goes_in_comes_out(message: Any) -> None:
    assert WORDS.decode(WORDS.encode(message)) == message


def test_a_frame_is_readable_json() -> None:
    assert json.loads(WORDS.encode(Order(2, "é😀"))) == {
        "kind": "order",
        "count": 2,
        "what": "é😀",
        "gift": False,
        "note": "-",
    }
    assert "é😀" in WORDS.encode(Order(2, "é😀"))


def test_defaults_and_fields_of_a_later_version() -> None:
    frame = '{"kind": "order", "count": 1, "what": "a", "colour": {"r": [1]}}'
    assert WORDS.decode(frame) == Order(1, "a")


def test_kinds_of_a_later_version() -> None:
    assert WORDS.decode('{"kind": "dance", "count": "many"}') is None


def _order(**changes: Any) -> str:
    return json.dumps({"kind": "order", "count": 1, "what": "a", **changes})


@pytest.mark.parametrize(
    "frame",
    [
        _order(count=-1), _order(count=MAX_NUMBER + 1), _order(count=1.0), _order(count=True),
        _order(count="1"), _order(count=None), _order(count=10**300), _order(count=[1]),
        _order(what="longer"), _order(what=7), _order(what=None), _order(what=["a"]),
        _order(gift=1), _order(gift="true"), _order(gift=None), _order(note="long"),
        '{"kind": "order", "count": 1}', '{"kind": "order", "what": "a"}',
    ],
)  # fmt: skip
def test_a_field_that_is_wrong(frame: str) -> None:
    with pytest.raises(Malformed, match="order: "):
        WORDS.decode(frame)


@pytest.mark.parametrize(
    "frame", ["[]", "7", "null", '"order"', "{}", '{"kind": 7}', '{"kind":[]}']
)
def test_what_has_no_kind(frame: str) -> None:
    with pytest.raises(Malformed, match="without a kind"):
        WORDS.decode(frame)


@pytest.mark.parametrize(
    "frame",
    ["", "{", "nonsense", "[" * 100_000, '{"kind": NaN}', "1" * 9999],
    ids=lambda text: text[:12],
)
def test_what_is_no_json(frame: str) -> None:
    with pytest.raises(Malformed):
        WORDS.decode(frame)


@pytest.mark.parametrize(
    "frame",
    [
        '{"kind": "order", "count": 1, "what": "\\ud800"}',
        '{"kind": "order", "count": 1, "what": "\ud800"}',
        '{"kind": "stop", "besides": "\udfff"}',
    ],
    ids=lambda text: ascii(text)[:20],
)
def test_text_that_cannot_be_written_as_utf8(frame: str) -> None:
    with pytest.raises(Malformed):
        WORDS.decode(frame)


def test_the_complaint_is_short() -> None:
    with pytest.raises(Malformed) as caught:
        WORDS.decode(_order(what="x" * 100_000))
    assert len(str(caught.value)) < 80


# As values, which have bytes


@pytest.mark.parametrize(
    "message", [Piece(0, b""), Piece(MAX_NUMBER, bytes(5), b"\xff"), Order(1, "é", True)]
)
def test_a_value_comes_out_as_it_went_in(message: Any) -> None:
    assert VALUES.from_value(VALUES.to_value(message)) == message


def test_a_value_is_a_table() -> None:
    assert VALUES.to_value(Piece(1, b"a")) == {
        "kind": "piece",
        "number": 1,
        "content": b"a",
        "rest": b"-",
    }
    assert VALUES.from_value({"kind": "piece", "number": 1, "content": b"a", 7: None}) == Piece(
        1, b"a"
    )
    assert VALUES.from_value({"kind": "dance"}) is None


@pytest.mark.parametrize(
    "value",
    [
        {"kind": "piece", "number": 1}, {"kind": "piece", "number": 1, "content": b"longer"},
        {"kind": "piece", "number": 1, "content": "text"},
        {"kind": "piece", "number": 1, "content": None},
        {"kind": "piece", "number": 1, "content": [1]},
        {"kind": "piece", "number": 1, "content": bytearray(3)},
        {"kind": "piece", "number": 1.0, "content": b""},
        {"kind": "order", "count": 1, "what": b"a"},
        {"kind": "order", "count": 1, "what": "\ud800"},
        {"kind": 7}, {"kind": None}, {}, [], None, "order", 7, b"order", [("kind", "order")],
    ],
    ids=repr,
)  # fmt: skip
def test_a_value_that_is_wrong(value: object) -> None:
    with pytest.raises(Malformed):
        VALUES.from_value(value)


def test_a_number_that_is_not_hashable_as_a_kind() -> None:
    with pytest.raises(Malformed, match="without a kind"):
        VALUES.from_value({"kind": ["order"]})


def test_what_goes_to_many_is_encoded_once() -> None:
    order, other = Order(1, "tulip"), Order(2, "tulip")
    packed = WORDS.pack(order)
    assert WORDS.pack(order) is packed
    assert WORDS.from_value(unpack_one(WORDS.pack(other))) == other
    assert WORDS.from_value(unpack_one(WORDS.pack(order))) == order
    with pytest.raises(Malformed):
        WORDS.pack(Order(-1, "tulip"))


@dataclass
class Count:
    number: int


def test_one_that_may_change_is_encoded_each_time() -> None:
    counts = Vocabulary[Count]({"count": Count})
    message = Count(1)
    for number in (1, 2):
        message.number = number
        assert counts.from_value(unpack_one(counts.pack(message))) == Count(number)


def test_what_is_of_no_kind_is_not_encoded() -> None:
    fresh = Vocabulary[Any]({"stop": Stop})
    with pytest.raises(KeyError):
        fresh.pack(None)
