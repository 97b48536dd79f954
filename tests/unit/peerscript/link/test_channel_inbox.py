"""Values to bytes and back, and what was not read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from peerscript.errors import LinkMisused, SerializationError
from peerscript.link.channel_inbox import MESSAGE_COST, UNREAD_LIMIT, ChannelInbox, Message
from peerscript.protocol.link.channels import Mode
from peerscript.protocol.link.journal import Entry
from peerscript.protocol.values import pythonpack
from peerscript.protocol.values.sendable import sendable
from peerscript.protocol.vocabulary import Vocabulary, text


@dataclass(frozen=True)
class Turn:
    page: int
    title: str = text(5, default="")


@dataclass(frozen=True)
class Dance:
    how: str = text(5)


TURNS = Vocabulary[Any]({"turn": Turn})
NOBODY = frozenset[str]()


def inbox(vocabulary: Vocabulary[Any] | None = None, mode: Mode = Mode.KEPT) -> ChannelInbox[Any]:
    return ChannelInbox("chat", mode, vocabulary)


def take(box: ChannelInbox[Any], entry: Entry) -> None:
    """As a channel does it."""
    message = box.received(entry)
    assert message is not None
    box.take(message, len(entry.payload or b""))


def entry(value: Any, number: int = 1, *, mine: bool = False) -> Entry:
    return packed(pythonpack.pack(value), number, mine=mine)


def packed(payload: bytes | None, number: int = 1, *, mine: bool = False) -> Entry:
    return Entry(number, mine, payload, 7.0, delivered=True)


@pytest.mark.parametrize("value", [None, "", "text 😀", b"bytes", 2**70, [1, {"a": None}], 1.5])
async def test_a_value_comes_out_as_it_went_in(value: Any) -> None:
    box = inbox()
    take(box, packed(box.packed(value, NOBODY)))
    assert await box.get() == Message(1, False, value, 7.0, True)


async def test_typed_messages() -> None:
    box = inbox(TURNS)
    for message in (Turn(1), Turn(2**53 - 1, "12345")):
        take(box, packed(box.packed(message, NOBODY)))
        assert (await box.get()).value == message


@pytest.mark.parametrize(
    "message",
    [Turn(-1), Turn(2**53), Turn(1, "longer"), Turn(1, None), Turn(1, "\ud800"), Dance("on"), None],  # type: ignore[arg-type]
    ids=repr,
)
def test_a_typed_message_that_the_other_side_would_not_take_is_not_sent(message: Any) -> None:
    with pytest.raises(SerializationError, match="chat"):
        inbox(TURNS).packed(message, NOBODY)


@pytest.mark.parametrize(
    "value", [object(), "\ud800", {1, 2}, Turn(1)], ids=lambda value: type(value).__name__
)
def test_a_value_that_cannot_arrive_is_not_sent(value: Any) -> None:
    with pytest.raises(SerializationError):
        inbox().packed(value, NOBODY)


async def test_a_registered_dataclass_is_sent_to_who_knows_it() -> None:
    @sendable(name="test_channel_inbox.Move")
    @dataclass
    class Move:
        piece: str

    box = inbox()
    with pytest.raises(SerializationError, match="registered"):
        box.packed(Move("king"), NOBODY)
    payload = box.packed(Move("king"), frozenset({"test_channel_inbox.Move"}))
    take(box, packed(payload))
    assert (await box.get()).value == Move("king")


RUBBISH = [b"", b"rubbish", pythonpack.pack(1)[1:], pythonpack.pack(1) + b"\x01"]


@pytest.mark.parametrize("payload", RUBBISH, ids=repr)
def test_what_is_no_value(payload: bytes) -> None:
    box = inbox()
    with pytest.raises(LinkMisused, match="chat"):
        take(box, packed(payload))
    assert box.message(packed(payload)) is None  # kept by another version of this page
    assert box.unread == 0


@pytest.mark.parametrize("value", [7, {"kind": "turn"}, {"kind": "turn", "page": "one"}])
def test_what_is_no_message(value: Any) -> None:
    box = inbox(TURNS)
    with pytest.raises(LinkMisused, match="chat"):
        take(box, entry(value))
    assert box.message(entry(value)) is None


def test_a_kind_of_a_later_version_is_not_read() -> None:
    box = inbox(TURNS)
    later = entry({"kind": "dance", "how": "wild"})
    assert box.received(later) is None
    assert box.message(later) is None
    assert box.unread == 0


def test_the_message_of_an_entry() -> None:
    box = inbox()
    assert box.message(entry("mine", 3, mine=True)) == Message(3, True, "mine", 7.0, True)
    assert box.message(packed(None)) is None  # there was no room to keep it


def test_what_lies_unread_is_limited() -> None:
    for mode in (Mode.KEPT, Mode.RELIABLE, Mode.BULK):
        box = inbox(mode=mode)
        with pytest.raises(LinkMisused, match="unread"):
            for number in range(1, 20):
                take(box, entry(bytes(1024 * 1024), number))
        assert box.unread <= UNREAD_LIMIT


def test_every_message_costs_something() -> None:
    box = inbox()
    take(box, entry(None))
    assert box.unread > MESSAGE_COST


async def test_the_newest_alone_is_unread_on_a_live_channel() -> None:
    box = inbox(mode=Mode.LIVE)
    for number in range(1, 1000):
        take(box, entry(number, number))
    assert (await box.get()).value == 999
    assert box.unread == 0
