"""One channel over whatever path there is: numbers, acknowledgements, and its end."""

from __future__ import annotations

import asyncio

import pytest

from peerscript.aio.inbox import EndOfInbox
from peerscript.errors import NoSuchChannel
from peerscript.link import channel_session
from peerscript.link.channel_session import ChannelSession
from peerscript.protocol.link.channels import Mode
from peerscript.protocol.link.messages import Ack, NoChannel, Opened
from tests.unit.peerscript.link.sides import ACKNOWLEDGED, IN_ORDER, RESTARTING, Side, wrapped

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
