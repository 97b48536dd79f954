"""Whoever waits until a channel has room, or until all has arrived."""

from __future__ import annotations

import asyncio

import pytest

from peerscript.errors import LinkClosed, NoSuchChannel, OutboxFull
from peerscript.link import channel_session
from peerscript.protocol.link.channels import Mode
from tests.unit.peerscript.link.sides import RESTARTING, Side, wrapped

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
