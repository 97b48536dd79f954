"""Bulk goes over further connections where that is worth it; nothing is lost with them."""

from __future__ import annotations

import asyncio
import random
from functools import partial
from typing import Any

import pytest

from peerscript.errors import ConnectionLost, LinkMisused
from peerscript.link.stripes import OPEN_TIMEOUT
from peerscript.protocol.link import striping
from peerscript.protocol.link.messages import (
    BulkRead,
    StripeCandidate,
    StripeClosed,
    StripeDescription,
    StripesWanted,
)
from peerscript.protocol.link.striping import IDLE, PAUSE, STALLED, STRIPES
from peerscript.testing import MemoryNetwork
from peerscript.testing.datapath import MemoryDataPath
from tests.clock import until
from tests.unit.peerscript.pages import Page

SIZE = 100_000  # bytes of a message


@pytest.fixture(autouse=True)
def worth_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Messages take no time in memory."""
    monkeypatch.setattr(striping, "SLOW", 0.0)
    monkeypatch.setattr(striping, "LONG", 1)


def stripes(page: Page, peer_id: str) -> Any:
    """Those of a page's path."""
    path = page.link(peer_id)._session._path
    assert path is not None
    return path.stripes


def live(network: MemoryNetwork) -> list[MemoryDataPath]:
    return [path for path in network.data_paths if not path.closed]


def are_open(network: MemoryNetwork, count: int = STRIPES) -> bool:
    """Whether there are so many stripes, with two ends each, that carry something."""
    found = live(network)
    return len(found) == 2 * count and all(path.fingerprints() for path in found)


class Flow:
    """Numbered messages from one page to the other, which reads them."""

    def __init__(self, sender: Page, reader: Page) -> None:
        self.near = sender.link(reader.id).channel("load", bulk=True)
        self.far = reader.link(sender.id).channel("load", bulk=True)
        self.sent = 0
        self.read: list[int] = []

    async def send(self, count: int) -> None:
        for _ in range(count):
            self.sent += 1
            await self.near.send([self.sent, bytes(SIZE)])

    async def listen(self) -> None:
        async for number, _ in self.far:
            self.read.append(number)

    @property
    def whole(self) -> bool:
        return self.read == list(range(1, self.sent + 1))


async def begin(network: MemoryNetwork, flow: Flow, tasks: asyncio.TaskGroup) -> list[Any]:
    """Send so much at once that stripes are made; return the tasks that run on."""
    running = [tasks.create_task(flow.listen())]
    await flow.send(10)
    await asyncio.sleep(0.5)
    network.hold()
    await flow.send(15)
    await asyncio.sleep(1)
    network.release()
    await until(lambda: are_open(network))
    return running


@pytest.mark.parametrize("dialled", [True, False])
async def test_they_are_made_used_and_closed(
    network: MemoryNetwork, host: Page, guest: Page, dialled: bool
) -> None:
    flow = Flow(guest, host) if dialled else Flow(host, guest)
    async with asyncio.TaskGroup() as tasks:
        running = await begin(network, flow, tasks)
        await flow.send(200)
        await until(lambda: flow.whole)
        sender = stripes(guest, host.id) if dialled else stripes(host, guest.id)
        assert sorted(sender._live) == [1, 2, 3, 4]
        assert all(path.stripe.sent > SIZE for path in sender._live.values())
        await guest.write(host.id, "they hurry, so that this need not wait")
        await until(lambda: not live(network), IDLE + 10)
        assert not sender._live
        for task in running:
            task.cancel()


@pytest.mark.parametrize("seed", range(8))
async def test_stripes_that_are_lost_lose_nothing(
    network: MemoryNetwork, host: Page, guest: Page, seed: int
) -> None:
    chance = random.Random(seed)
    flow, other = Flow(guest, host), Flow(host, guest)
    async with asyncio.TaskGroup() as tasks:
        running = await begin(network, flow, tasks)
        running.append(tasks.create_task(other.listen()))
        for _ in range(40):
            sending = tasks.create_task(flow.send(10))
            await other.send(chance.randrange(5))
            for _ in range(chance.randrange(60)):
                await asyncio.sleep(0)
            if paths := live(network):
                chance.choice(paths).lose()
            if chance.random() < 0.1:
                network.cut()
            await sending
            if chance.random() < 0.3:
                network.hold()
                await asyncio.sleep(1.2)
                network.release()
        await until(lambda: flow.whole and other.whole)
        for task in running:
            task.cancel()


async def test_a_page_without_them_is_sent_everything_over_one(
    network: MemoryNetwork, host: Page, guest: Page
) -> None:
    for one, other in ((host, guest), (guest, host)):
        stripes(one, other.id).allow(0, b"", guest=one is guest)
        flow = Flow(one, other)
        async with asyncio.TaskGroup() as tasks:
            listening = tasks.create_task(flow.listen())
            network.hold()
            await flow.send(15)
            await asyncio.sleep(2)
            network.release()
            await until(partial(getattr, flow, "whole"))
            listening.cancel()
        assert not network.data_paths


async def test_one_that_leads_elsewhere_is_not_used(
    network: MemoryNetwork, host: Page, guest: Page
) -> None:
    mine = stripes(guest, host.id)
    mine.allow(STRIPES, b"another's", guest=True)
    flow = Flow(guest, host)
    async with asyncio.TaskGroup() as tasks:
        listening = tasks.create_task(flow.listen())
        mine._want()
        await until(lambda: len(network.data_paths) == 2 * STRIPES and not live(network))
        await flow.send(30)
        await until(lambda: flow.whole)
        assert mine._ended[0] == 0
        mine._want()  # not so soon
        assert not mine._live
        await asyncio.sleep(PAUSE)
        mine._want()
        assert len(mine._live) == STRIPES
        listening.cancel()


async def test_one_that_does_not_open_is_given_up(
    network: MemoryNetwork, host: Page, guest: Page
) -> None:
    mine = stripes(guest, host.id)
    stripes(host, guest.id)._limit = 0  # and so does not answer
    mine._begin(1)
    with pytest.raises(LinkMisused):
        stripes(host, guest.id).on_message(StripeDescription(7, "offer", ""))
    stripes(host, guest.id)._last = 10
    await asyncio.sleep(OPEN_TIMEOUT / 2)
    assert live(network)
    await until(lambda: not mine._live, OPEN_TIMEOUT)
    assert not live(network)


async def test_one_that_stalls_is_given_up(
    network: MemoryNetwork, host: Page, guest: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    flow = Flow(guest, host)
    async with asyncio.TaskGroup() as tasks:
        running = await begin(network, flow, tasks)
        mine = stripes(guest, host.id)
        deaf = mine._live[2].stripe
        monkeypatch.setattr(deaf, "on_read", lambda total: None)
        for _ in range(20):
            await flow.send(10)
        await until(lambda: flow.whole)
        await until(lambda: 2 not in mine._live, STALLED + 5)
        for task in running:
            task.cancel()


async def test_words_about_none(host: Page, guest: Page) -> None:
    mine, theirs = stripes(guest, host.id), stripes(host, guest.id)
    for each in (mine, theirs):
        each.on_read(9, 100)
        each.on_message(StripeClosed(9))
        each.on_message(StripeCandidate(9, ""))
    mine.on_message(StripeDescription(9, "offer", ""))
    theirs.on_message(StripesWanted())
    assert not mine._live
    assert not theirs._live


@pytest.mark.parametrize(
    "word", [StripeDescription(1, "offer", "rubbish"), StripeDescription(1, "dance", "")], ids=repr
)
async def test_rubbish_makes_none(host: Page, guest: Page, word: StripeDescription) -> None:
    theirs = stripes(host, guest.id)
    theirs.on_message(word)
    assert theirs._live
    await until(lambda: not theirs._live)
    assert host.link(guest.id).connected


async def test_reading_what_was_not_sent_ends_the_link(
    network: MemoryNetwork, host: Page, guest: Page
) -> None:
    stripes(guest, host.id)._want()
    await until(lambda: are_open(network))
    session: Any = guest.link(host.id)._session
    link = host.link(guest.id)
    session._path.send_message(BulkRead(10, 3))
    await until(lambda: isinstance(link.error, LinkMisused))


async def test_rubbish_over_a_stripe_ends_the_link(
    network: MemoryNetwork, host: Page, guest: Page
) -> None:
    mine = stripes(guest, host.id)
    mine._want()
    await until(lambda: are_open(network))
    await mine._live[2]._side.send(b"rubbish")
    link = host.link(guest.id)
    await until(lambda: isinstance(link.error, LinkMisused))
    await until(lambda: not live(network))


async def test_they_end_with_the_path(network: MemoryNetwork, host: Page, guest: Page) -> None:
    stripes(guest, host.id)._want()
    await until(lambda: are_open(network))
    guest.link(host.id)._session._lose_path(ConnectionLost("as if"))
    await until(lambda: not live(network))
