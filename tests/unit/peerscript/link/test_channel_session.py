"""One channel over whatever path there is: numbers, parts, acknowledgements, room."""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from typing import Any

import pytest

from peerscript.aio.inbox import EndOfInbox
from peerscript.errors import (
    LinkClosed,
    LinkMisused,
    MessageTooBig,
    NoSuchChannel,
    OutboxFull,
    PeerScriptError,
    StorageFull,
)
from peerscript.link import channel_session
from peerscript.link.channel_inbox import ChannelInbox
from peerscript.link.channel_session import ACK_DELAY, PART_SIZE, ChannelSession
from peerscript.protocol.link.channels import Mode
from peerscript.protocol.link.envelope import SMALLEST_PART, Envelope
from peerscript.protocol.link.messages import Ack, NoChannel, Opened
from peerscript.protocol.values import pythonpack
from tests.clock import QuickLoop
from tests.unit.peerscript.link.recorded import RecordedPath

LOOP = QuickLoop
ACKNOWLEDGED = 2 * ACK_DELAY


class Side:
    """A channel with somebody who reads, or does not."""

    def __init__(
        self, mode: Mode = Mode.RELIABLE, storage: MutableMapping[str, str] | None = None
    ) -> None:
        self.events: list[tuple[Any, ...]] = []
        self.error: PeerScriptError | None = None
        self.session = ChannelSession(
            "chat", mode, {} if storage is None else storage, "", lambda _: self.error
        )
        self.inbox: ChannelInbox[Any] = ChannelInbox("chat", mode, None)
        self.session.bind(self.inbox, lambda *event: self.events.append(event))
        self.path = RecordedPath()

    def attach(self) -> Opened:
        self.path = RecordedPath()
        self.session.attach(self.path)  # type: ignore[arg-type]
        (opened,) = self.path.take()
        assert isinstance(opened, Opened)
        return opened

    def opened(self, received: int = 0, *, same_epoch: bool = True, mode: str = "") -> None:
        word = Opened(received, "chat", mode or self.session.mode.value)
        self.session.on_opened(word, same_epoch=same_epoch)

    def begin(self) -> None:
        self.attach()
        self.opened()

    async def send(self, value: Any) -> int:
        return (await self.session.send(pythonpack.pack(value))).number

    def hear(self, number: int, value: Any) -> None:
        self.session.on_envelope(wrapped(number, value))

    async def read(self) -> Any:
        message = await self.inbox.get()
        self.session.read(message.number)
        return message.value


def wrapped(number: int, value: Any) -> Envelope:
    return Envelope("chat", number, pythonpack.pack(value))


RESTARTING = [Mode.RELIABLE, Mode.BULK]
IN_ORDER = [Mode.KEPT, *RESTARTING]


# Numbers and acknowledgements


@pytest.mark.parametrize("mode", IN_ORDER)
async def test_nothing_is_sent_before_the_other_side_has_it_open(mode: Mode) -> None:
    side = Side(mode)
    await side.send("before")
    assert side.attach() == Opened(0, "chat", mode.value)
    await side.send("meanwhile")
    assert side.path.take() == []
    side.opened(1)
    assert side.path.take() == [wrapped(2, "meanwhile")]
    await side.send("after")
    assert side.path.take() == [wrapped(3, "after")]
    assert side.path.bulk == (2 if mode is Mode.BULK else 0)


async def test_what_was_delivered_is_told_on_a_kept_channel() -> None:
    for mode in (Mode.KEPT, Mode.RELIABLE):
        side = Side(mode)
        side.begin()
        for value in ("one", None, "three"):
            await side.send(value)
        side.session.on_ack(2)
        told = [(name, m.number, m.value, m.mine, m.delivered) for name, m in side.events]
        if mode is Mode.KEPT:
            assert told == [("delivered", 1, "one", True, True), ("delivered", 2, None, True, True)]
        else:
            assert told == []


@pytest.mark.parametrize("mode", IN_ORDER)
async def test_what_was_not_confirmed_goes_again_on_the_next_path(mode: Mode) -> None:
    side = Side(mode)
    side.begin()
    for value in ("one", "two", "three"):
        await side.send(value)
    side.session.on_ack(1)
    side.session.attach(None)
    await side.send("four")
    side.attach()
    assert side.path.take() == []
    side.opened(2)
    assert side.path.take() == [wrapped(3, "three"), wrapped(4, "four")]


@pytest.mark.parametrize("mode", RESTARTING)
async def test_a_new_page_there_begins_the_channel_anew(mode: Mode) -> None:
    side = Side(mode)
    side.begin()
    side.hear(1, "old and unread")
    await side.send("for the old page")
    side.attach()
    side.session.restart()
    side.opened(same_epoch=False)
    assert side.events == [("restart",)]
    assert side.path.take() == []
    side.hear(1, "new")
    assert await side.read() == "new"
    await asyncio.sleep(ACKNOWLEDGED)
    assert side.path.take() == [Ack(1, "chat")]
    await side.send("for the new page")
    assert side.path.take() == [wrapped(1, "for the new page")]


async def test_a_kept_channel_goes_on_over_a_new_page() -> None:
    side = Side(Mode.KEPT)
    side.begin()
    side.hear(1, "unread")
    for value in ("one", "two"):
        await side.send(value)
    assert side.attach().received == 1
    side.session.restart()
    assert side.events == [("restart",)]
    side.opened(1, same_epoch=False)
    assert side.path.take() == [wrapped(2, "two")]
    assert await side.read() == "unread"


@pytest.mark.parametrize("mode", RESTARTING)
async def test_the_numbers_of_another_page_load_confirm_nothing(mode: Mode) -> None:
    side = Side(mode)
    await side.send("one")
    side.attach()
    side.opened(7, same_epoch=False)
    assert side.path.take() == [wrapped(1, "one")]


async def test_acknowledgements_are_gathered_and_wait_for_the_reader() -> None:
    for mode in (Mode.KEPT, Mode.RELIABLE):
        side = Side(mode)
        side.begin()
        await asyncio.sleep(ACKNOWLEDGED)
        assert side.path.take() == []
        for number in (1, 2, 3):
            side.hear(number, number)
        assert side.path.take() == []
        await asyncio.sleep(ACKNOWLEDGED)
        assert side.path.take() == ([Ack(3, "chat")] if mode is Mode.KEPT else [])
        assert [await side.read(), await side.read()] == [1, 2]
        await asyncio.sleep(ACKNOWLEDGED)
        assert side.path.take() == ([] if mode is Mode.KEPT else [Ack(2, "chat")])
        assert side.attach().received == (3 if mode is Mode.KEPT else 2)


async def test_much_that_lies_unread_is_not_acknowledged(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who sends to a kept channel never waits, but its journal fills up: that is its limit."""
    monkeypatch.setattr(channel_session, "WINDOW", 3000)
    side = Side(Mode.KEPT)
    side.begin()
    for number in range(1, 6):
        side.hear(number, "x" * 1000)
    await asyncio.sleep(ACKNOWLEDGED)
    assert side.path.take() == []
    assert side.attach().received == 0
    side.opened()
    for _ in range(3):
        await side.read()
    await asyncio.sleep(ACKNOWLEDGED)
    assert side.path.take() == [Ack(5, "chat")]  # the rest is little, and it is saved


@pytest.mark.parametrize("mode", IN_ORDER)
async def test_what_is_read_while_there_is_no_path_is_acknowledged_on_the_next(mode: Mode) -> None:
    side = Side(mode)
    side.begin()
    side.hear(1, "one")
    side.hear(2, "two")
    await side.read()
    side.session.attach(None)
    await asyncio.sleep(ACKNOWLEDGED)
    side.attach()
    await side.read()
    await asyncio.sleep(ACKNOWLEDGED)  # not before the other side has it open, too
    assert side.path.take() == []
    side.opened()
    await asyncio.sleep(ACKNOWLEDGED)
    assert side.path.take() == [Ack(2, "chat")]


# Parts


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


# Whoever waits for room


async def fill(side: Side) -> asyncio.Task[int]:
    """Fill the window; return a `send` that waits."""
    for _ in range(3):
        await side.send(bytes(1000))
    sending = asyncio.create_task(side.send("waits"))
    await asyncio.sleep(1)
    assert not sending.done()
    return sending


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channel_session, "WINDOW", 3000)


@pytest.mark.usefixtures("narrow")
@pytest.mark.parametrize("mode", RESTARTING)
async def test_send_waits_until_something_was_read(mode: Mode) -> None:
    side = Side(mode)
    side.begin()
    sending = await fill(side)
    side.path.take()
    side.session.on_ack(1)
    assert await sending == 4
    assert side.path.take() == [wrapped(4, "waits")]


@pytest.mark.usefixtures("narrow")
@pytest.mark.parametrize("mode", RESTARTING)
async def test_what_must_not_wait_is_refused_where_it_would(mode: Mode) -> None:
    side = Side(mode)
    side.begin()
    assert side.session.send_nowait(b"first").number == 1
    side.session.on_ack(1)
    sending = await fill(side)
    with pytest.raises(OutboxFull):
        side.session.send_nowait(b"no room")
    side.session.on_ack(4)
    with pytest.raises(OutboxFull):
        side.session.send_nowait(b"and overtakes nobody")
    assert await sending == 5
    assert side.session.send_nowait(b"").number == 6


@pytest.mark.usefixtures("narrow")
@pytest.mark.parametrize("mode", RESTARTING)
async def test_drain_waits_as_send_does_and_sends_nothing(mode: Mode) -> None:
    side = Side(mode)
    side.begin()
    await side.session.drain()
    assert not side.session.full
    sending = await fill(side)
    assert side.session.full
    draining = asyncio.create_task(side.session.drain())
    await asyncio.sleep(1)
    assert not draining.done()
    side.session.on_ack(3)
    await draining
    assert await sending == 4


@pytest.mark.usefixtures("narrow")
@pytest.mark.parametrize("mode", RESTARTING)
async def test_a_limit_of_ones_own_overtakes_those_who_wait(mode: Mode) -> None:
    side = Side(mode)
    side.begin()
    sending = await fill(side)
    full = side.session._unread
    assert side.session.send_nowait(b"at once", full + 1).number == 4
    with pytest.raises(OutboxFull):
        side.session.send_nowait(b"no room", full + 1)
    side.session.on_ack(4)
    assert await sending == 5


@pytest.mark.usefixtures("narrow")
async def test_small_messages_take_room_too() -> None:
    side = Side()
    side.begin()

    async def send_all() -> None:
        for number in range(100):
            await side.send(number)

    sending = asyncio.create_task(send_all())
    await asyncio.sleep(1)
    assert len(side.path.take()) == 12
    side.session.on_ack(12)
    await asyncio.sleep(1)
    assert len(side.path.take()) == 12
    sending.cancel()


@pytest.mark.usefixtures("narrow")
async def test_no_send_overtakes_one_that_waits() -> None:
    side = Side()
    side.begin()
    first = await fill(side)
    second = asyncio.create_task(side.send("second"))
    await asyncio.sleep(0)
    side.session.on_ack(3)
    third = asyncio.create_task(side.send("third"))
    assert [await first, await second, await third] == [4, 5, 6]


@pytest.mark.usefixtures("narrow")
async def test_a_send_that_is_cancelled_sends_nothing_and_holds_nobody_up() -> None:
    side = Side()
    side.begin()
    first = await fill(side)
    second, third = (asyncio.create_task(side.send(text)) for text in ("second", "third"))
    await asyncio.sleep(0)
    first.cancel()
    second.cancel()
    await asyncio.sleep(1)
    assert first.cancelled()
    assert second.cancelled()
    side.path.take()
    side.session.on_ack(3)
    assert await third == 4
    assert side.path.take() == [wrapped(4, "third")]


@pytest.mark.usefixtures("narrow")
async def test_everybody_who_waits_hears_of_the_end() -> None:
    side = Side()
    side.begin()
    sending = [await fill(side), *(asyncio.create_task(side.send(each)) for each in range(3))]
    await asyncio.sleep(1)
    side.error = LinkClosed("over")
    side.session.close()
    async with asyncio.timeout(5):
        ends = await asyncio.gather(*sending, return_exceptions=True)
    assert ends == [side.error] * 4
    assert len(side.path.take()) == 3


@pytest.mark.usefixtures("narrow")
async def test_everybody_who_waits_hears_that_there_is_no_such_channel() -> None:
    side = Side()
    side.begin()
    sending = [await fill(side), *(asyncio.create_task(side.send(each)) for each in range(3))]
    flushing = asyncio.create_task(side.session.flush())
    await asyncio.sleep(1)
    side.session.on_missing()
    async with asyncio.timeout(5):
        ends = await asyncio.gather(*sending, flushing, return_exceptions=True)
    assert {type(end) for end in ends} == {NoSuchChannel}
    assert side.events == [("missing",)]


@pytest.mark.usefixtures("narrow")
async def test_whoever_waits_goes_on_with_a_new_page() -> None:
    side = Side()
    side.begin()
    sending = await fill(side)
    side.attach()
    side.session.restart()
    assert await sending == 1
    side.opened(same_epoch=False)
    assert side.path.take() == [wrapped(1, "waits")]


# Flushing


async def test_flush_returns_when_all_that_was_sent_by_then_has_arrived() -> None:
    for mode in Mode:
        side = Side(mode)
        side.begin()
        await side.session.flush()
        for number in range(3):
            await side.send(number)
        flushing = asyncio.create_task(side.session.flush())
        await asyncio.sleep(0)
        assert not flushing.done()
        await side.send("more")
        side.session.on_ack(2)
        await asyncio.sleep(0)
        assert flushing.done() is (mode is Mode.LIVE)  # whose newest alone counts
        side.session.on_ack(3)
        async with asyncio.timeout(5):
            await flushing


async def test_flush_says_when_it_will_not_be() -> None:
    for mode in RESTARTING:
        side = Side(mode)
        side.begin()
        await side.send("for the old page")
        flushing = asyncio.create_task(side.session.flush())
        await asyncio.sleep(0)
        side.session.restart()
        await side.send("for the new page")
        with pytest.raises(LinkClosed):
            await flushing
        side.error = LinkClosed("over")
        flushing = asyncio.create_task(side.session.flush())
        with pytest.raises(LinkClosed):
            await flushing


# The newest alone


async def test_a_live_channel_sends_the_newest_when_its_turn_comes() -> None:
    side = Side(Mode.LIVE)
    await side.send("before")
    side.begin()
    for number in range(100):
        await side.send(number)
    assert side.path.take() == [wrapped(101, 99)]
    await side.send("next")
    await side.send("and next")
    assert side.path.take() == [wrapped(103, "and next")]
    side.session.on_ack(101)
    await side.send("last")
    side.session.on_ack(103)
    side.session.on_ack(104)
    assert side.path.take() == []  # it has arrived, they say


async def test_a_live_channel_goes_on_with_the_newest() -> None:
    side = Side(Mode.LIVE)
    side.begin()
    await side.send("old")
    await side.send("new")
    before = side.path
    side.session.attach(None)
    await side.send("newest")
    side.attach()
    await side.send("newest of all")
    assert before.take() == []
    side.opened(0)
    assert side.path.take() == [wrapped(4, "newest of all")]
    side.attach()
    side.opened(4)
    assert side.path.take() == []


async def test_what_an_old_path_did_not_come_to_send_is_left_to_the_new_one() -> None:
    side = Side(Mode.LIVE)
    side.begin()
    await side.send("one")
    before = side.path
    side.begin()
    assert before.take() == []
    await side.send("two")
    assert side.path.take() == [wrapped(2, "two")]


async def test_what_was_live_last_is_sent_though_the_link_ends() -> None:
    side = Side(Mode.LIVE)
    side.begin()
    await side.send("the last word")
    side.session.close()
    assert side.path.take() == [wrapped(1, "the last word")]


async def test_a_live_channel_keeps_the_newest_for_whoever_reads() -> None:
    side = Side(Mode.LIVE)
    side.begin()
    for number in (1, 2, 7, 5):
        side.hear(number, number)
    assert await side.read() == 7
    await asyncio.sleep(ACKNOWLEDGED)
    assert side.path.take() == [Ack(7, "chat")]
    side.attach()
    side.session.restart()
    side.opened(same_epoch=False)
    side.hear(1, "anew")
    assert await side.read() == "anew"


async def test_a_live_channel_of_a_new_page_begins_with_nothing() -> None:
    side = Side(Mode.LIVE)
    side.begin()
    await side.send("for the old page")
    side.hear(3, "of the old page")
    side.attach()
    side.session.restart()
    side.opened(same_epoch=False)
    assert side.path.take() == []
    assert side.inbox.unread == 0


# No such channel


async def test_another_kind_of_channel_there() -> None:
    side = Side(Mode.RELIABLE)
    side.attach()
    await side.send("one")
    side.opened(mode="live")
    assert side.path.take() == [NoChannel("chat")]
    side.session.on_missing()  # the other side says so, too
    assert side.events == [("missing",)]
    with pytest.raises(NoSuchChannel):
        await side.send("two")
    with pytest.raises(NoSuchChannel):
        await side.session.flush()
    side.attach()  # the other page is another one, perhaps
    await side.send("two")
    side.opened()
    assert side.path.take() == [wrapped(1, "one"), wrapped(2, "two")]


async def test_a_channel_that_is_opened_there_later() -> None:
    side = Side(Mode.KEPT)
    side.attach()
    await side.send("one")
    side.session.on_missing()
    with pytest.raises(NoSuchChannel):
        await side.send("two")
    side.opened()
    await side.send("two")
    assert side.path.take() == [wrapped(1, "one"), wrapped(2, "two")]
    side.session.on_missing()
    assert side.events == [("missing",), ("opened",), ("missing",)]


# The end, and what nobody reads


async def test_what_has_come_can_be_read_after_the_end() -> None:
    for mode in Mode:
        side = Side(mode)
        side.begin()
        side.hear(1, "one")
        side.session.close()
        assert await side.read() == "one"
        with pytest.raises(EndOfInbox):
            await side.read()
        await asyncio.sleep(ACKNOWLEDGED)
        assert side.path.take() == []


async def test_what_is_for_nobody_is_read_with_what_is_before_it() -> None:
    """A kind of a later version is not waited for, and confirms nothing that lies unread."""
    side = Side()
    side.begin()
    received = side.inbox.received
    side.inbox.received = lambda entry: (  # type: ignore[method-assign]
        received(entry) if entry.number in (2, 4) else None
    )
    for number in (1, 2, 3):
        side.hear(number, number)
    await asyncio.sleep(ACKNOWLEDGED)
    assert side.path.take() == [Ack(1, "chat")]
    assert await side.read() == 2
    await asyncio.sleep(ACKNOWLEDGED)
    assert side.path.take() == [Ack(3, "chat")]
    side.hear(4, 4)
    side.hear(5, 5)
    await asyncio.sleep(ACKNOWLEDGED)
    assert side.path.take() == []
    assert await side.read() == 4
    assert side.attach().received == 5


async def test_what_is_said_of_a_channel_without_a_path_goes_nowhere() -> None:
    side = Side()
    side.opened(mode="live")
    assert side.events == [("missing",)]
    side.opened()
    await side.send("one")
    assert side.path.take() == []


async def test_nobody_listens_yet() -> None:
    session = ChannelSession("chat", Mode.RELIABLE, {}, "", lambda _: None)
    assert session.entries == []
    session.attach(None)
    session.restart()
    session.on_envelope(wrapped(1, "for nobody"))
    session.close()
