"""Messages of a channel in parts, and what no honest page sends."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from peerscript.errors import LinkMisused, MessageTooBig, OutboxFull, StorageFull
from peerscript.link.channel_session import PART_SIZE
from peerscript.protocol.link.channels import Mode
from peerscript.protocol.link.envelope import SMALLEST_PART, Envelope
from peerscript.protocol.link.messages import Ack
from peerscript.protocol.values import pythonpack
from tests.unit.peerscript.link.sides import ACKNOWLEDGED, IN_ORDER, Side, wrapped


@pytest.mark.parametrize("mode", IN_ORDER)
async def test_a_message_in_parts(mode: Mode) -> None:
    side, other = Side(mode), Side(mode)
    side.begin()
    other.begin()
    value = bytes(5 * PART_SIZE)
    await side.send(value)
    parts = side.path.take()
    assert [part.more for part in parts] == [True] * (len(parts) - 1) + [False]
    assert len(parts) == 6
    for part in parts[:-1]:
        other.session.on_envelope(part)
    other.attach()  # the path breaks: the parts come again from the first
    other.opened()
    for part in parts:
        other.session.on_envelope(part)
    assert await other.read() == value


async def test_the_largest_message_is_not_larger_than_what_is_taken() -> None:
    for mode in Mode:
        side, other = Side(mode), Side(mode)
        side.begin()
        other.begin()
        size = mode.max_message - (len(pythonpack.pack(bytes(60_000))) - 60_000)
        size -= len(pythonpack.pack(bytes(size))) - mode.max_message
        payload = pythonpack.pack(bytes(size))
        assert len(payload) == mode.max_message
        await side.session.send(payload)
        for part in side.path.take():
            assert len(part.encode()) <= 64 * 1024  # what every browser takes
            other.session.on_envelope(part)
        assert len(await other.read()) == size
        with pytest.raises(MessageTooBig):
            await side.session.send(payload + b"x")
        assert side.path.take() == []


def part(number: int, size: int, *, more: bool = True) -> Envelope:
    return Envelope("chat", number, bytes(size), more)


@pytest.mark.parametrize("mode", sorted(set(IN_ORDER) - {Mode.BULK}, key=str))
@pytest.mark.parametrize("numbers", [[2], [1, 3]])
async def test_numbers_that_jump(mode: Mode, numbers: list[int]) -> None:
    side = Side(mode)
    side.begin()
    with pytest.raises(LinkMisused, match="chat"):
        for number in numbers:
            side.session.on_envelope(wrapped(number, "text"))


async def test_messages_of_bulk_may_overtake_each_other() -> None:
    """They come over several stripes."""
    side = Side(Mode.BULK)
    side.begin()
    for number in (3, 1, 3, 1, 2, 5, 2):
        side.session.on_envelope(wrapped(number, number))
    assert [await side.read() for _ in range(3)] == [1, 2, 3]
    assert side.inbox.unread == 0


@pytest.mark.parametrize("mode", IN_ORDER)
@pytest.mark.parametrize(
    "said",
    [
        [part(1, SMALLEST_PART - 1)],
        [part(1, 0)],
        [part(1, PART_SIZE), part(2, 1, more=False)],
        [part(1, PART_SIZE), wrapped(2, "within another")],
        [part(1, 1024 * 1024)] * 9,
        [part(1, 0, more=False)],
        [Envelope("chat", 1, b"rubbish")],
        [Envelope("chat", 1, pythonpack.pack(1) + pythonpack.pack(2))],
        [Ack(1, "chat")],
    ],
    ids=lambda said: repr(said)[:40],
)
async def test_what_cannot_be(mode: Mode, said: list[Any]) -> None:
    side = Side(mode)
    side.begin()

    def hear() -> None:
        for word in said:
            if isinstance(word, Ack):
                side.session.on_ack(word.number)
            else:
                side.session.on_envelope(word)

    with pytest.raises(LinkMisused, match="chat"):
        hear()


async def test_a_channel_that_has_more_than_was_sent() -> None:
    for mode in Mode:
        side = Side(mode)
        side.attach()
        with pytest.raises(LinkMisused):
            side.opened(1)


async def test_what_comes_twice_is_taken_once() -> None:
    for mode in Mode:
        side = Side(mode)
        side.begin()
        for number in (1, 1, 2, 1, 2):
            side.hear(number, number)
        assert await side.read() == (2 if mode is Mode.LIVE else 1)
        assert side.inbox.unread == 0 if mode is Mode.LIVE else await side.read() == 2
        assert side.inbox.unread == 0


async def test_more_than_anybody_reads_is_misuse(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("peerscript.link.channel_inbox.UNREAD_LIMIT", 10_000)
    for value in ("", bytes(1000)):
        for mode in IN_ORDER:
            side = Side(mode)
            side.begin()
            with pytest.raises(LinkMisused):
                for number in range(1, 100):
                    side.hear(number, value)


async def test_no_room_to_keep() -> None:
    class Full(dict[str, str]):
        def __setitem__(self, name: str, value: str) -> None:
            raise OSError("full")

    side = Side(Mode.KEPT, Full())
    side.begin()
    with pytest.raises(OutboxFull):
        await side.send("mine")
    with pytest.raises(StorageFull):
        side.hear(1, "theirs")
    await asyncio.sleep(ACKNOWLEDGED)
    assert side.path.take() == []
    assert side.inbox.unread == 0
