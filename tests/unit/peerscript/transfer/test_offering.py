"""Offers to pages that take files later or no more, several at once, and long lists of files."""

from __future__ import annotations

import asyncio

import pytest

from peerscript.errors import LinkClosed, NoSuchChannel, OfferDeclined, TransferLost
from peerscript.protocol.transfer.messages import CHANNEL, FILES, Accept, Again
from peerscript.testing import MemoryNetwork, MemorySource, MemoryStore
from peerscript.transfer.offering import PATIENCE
from tests.clock import until
from tests.unit.peerscript.pages import Page
from tests.unit.peerscript.transfer.conftest import SlowStore
from tests.unit.peerscript.transfer.pairs import CONTENT, Pair

KEY = "0123456789abcdef" * 2


# Pages that take files later, or no more


async def test_a_page_that_takes_files_only_later(pair: Pair, store: SlowStore) -> None:
    sending, _ = await pair.begin(CONTENT, store=store)
    for _ in range(2):  # the second page has its own time
        await pair.guest.reload()
        await until(lambda: pair.alice._files()._messages.missing)
        await asyncio.sleep(PATIENCE * 0.8)  # of the virtual clock
    assert not sending.settled
    again = await anext(pair.bob.offers())
    await again.accept(into=store)
    await sending.finished()


async def test_a_page_that_takes_files_no_more(pair: Pair, store: SlowStore) -> None:
    sending, _ = await pair.begin(CONTENT, store=store)
    sources = [MemorySource("x" * 1000, b"")] * 3_000
    long = await pair.alice.send_files(sources)
    await pair.guest.reload()
    for each in (sending, long):
        with pytest.raises(TransferLost, match="takes no files"):
            await each.finished()
    await asyncio.sleep(PATIENCE)  # of the virtual clock
    offering = pair.alice._files()._offering
    assert not offering._offers
    assert not offering._unlisted


async def test_the_link_is_closed_while_the_other_page_is_away(
    pair: Pair, store: SlowStore
) -> None:
    sending, _ = await pair.begin(CONTENT, store=store)
    long = await pair.alice.send_files([MemorySource("x" * 1000, b"")] * 3_000)
    await pair.guest.reload()
    await until(lambda: pair.alice.connected and long._waits)
    await pair.alice.close()
    for each in (sending, long):
        with pytest.raises(TransferLost):
            await each.finished()


async def test_a_page_asks_for_what_has_ended(pair: Pair) -> None:
    sending, offer = await pair.send(b"x")
    await offer.accept(into=MemoryStore())
    await sending.finished()
    pair.alice._files()._on_message(Again(sending._machine.id))
    assert sending._machine.id not in pair.alice._files()._offering._offers


async def test_a_key_is_32_hex_digits(pair: Pair) -> None:
    with pytest.raises(ValueError, match="32 hex digits"):
        await pair.alice.send_files([MemorySource("x", b"")], key="../../x")
    sending, offer = await pair.send(b"", key=KEY)
    assert sending.key == offer.key == KEY
    offer.decline()
    with pytest.raises(OfferDeclined):
        await sending.finished()


# Several offers, and late words of them


async def test_a_small_offer_does_not_wait_for_a_large_one(pair: Pair, store: SlowStore) -> None:
    large, _ = await pair.begin(CONTENT * 3, store=store)
    before = large.files[0].moved
    small, offer = await pair.send(b"small")
    await offer.accept(into=store)
    await small.finished()
    assert large.files[0].moved - before < 8_000_000
    await large.finished()


async def test_large_offers_share_the_link(pair: Pair, store: SlowStore) -> None:
    both = [await pair.send(CONTENT) for _ in range(2)]
    for _, offer in both:
        await offer.accept(into=store)
    first, second = (sending for sending, _ in both)
    await first.finished()  # it was the first to be accepted
    assert second.files[0].moved > len(CONTENT) // 2
    await second.finished()


async def test_what_has_arrived_is_confirmed_though_the_rest_was_cancelled(
    pair: Pair, store: SlowStore
) -> None:
    sending, offer = await pair.send(b"whole", CONTENT, b"x", b"y")
    await offer.accept(into=store)
    await until(lambda: sending.files[1].moved > 1_000_000)
    await pair.reload_bob()
    again = await anext(pair.offers)
    sending.cancel()
    await until(lambda: again.files[1].ended)
    await again.accept(into=store)
    assert [each.file for each in await again.finished()] == [b"whole"]
    await until(lambda: not pair.alice._files()._offering._offers)


@pytest.mark.parametrize("answer", ["decline", "cancel"])
async def test_what_has_arrived_is_not_wanted_again(
    pair: Pair, store: SlowStore, answer: str
) -> None:
    sending, offer = await pair.send(b"whole", CONTENT)
    await offer.accept(into=store)
    await until(lambda: sending.files[1].moved > 1_000_000)
    await pair.reload_bob()
    again = await anext(pair.offers)
    getattr(again, answer)()
    await sending.finished()
    await until(lambda: not pair.alice._files()._offering._offers)


# Lists that are interrupted


async def test_lost_while_it_is_listed_again(
    pair: Pair, network: MemoryNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    offers = pair.alice.offers()
    offering = pair.bob._files()._offering
    sending = await pair.bob.send_files([MemorySource("x" * 1000, b"")] * 3_000)
    for _ in range(2):
        await pair.lose(network, monkeypatch)
        await until(lambda: sending in offering._unlisted)
        pair.bob.reconnect()
        await until(lambda: pair.bob.connected and sending not in offering._unlisted)
        assert not sending._listed

    async def accept_all() -> None:
        async for offer in offers:
            await offer.accept(into=MemoryStore())

    accepting = asyncio.create_task(accept_all())
    await sending.finished()
    accepting.cancel()


async def test_a_long_list_for_a_page_that_takes_files_later(pair: Pair) -> None:
    sending, _ = await pair.send(b"x")
    sources = [MemorySource("x" * 1000, b"")] * 3_000
    long = await pair.alice.send_files(sources)
    await pair.guest.reload()
    await until(lambda: pair.alice._files()._messages.missing)
    await asyncio.sleep(PATIENCE / 2)  # of the virtual clock
    offers = pair.bob.offers()
    found = [await anext(offers), await anext(offers)]
    assert {offer.key for offer in found} == {sending.key, long.key}


async def test_offered_while_the_other_page_takes_no_files(host: Page, guest: Page) -> None:
    alice, source = host.link("bob"), MemorySource("x", b"x")
    await alice.send_files([source])
    await until(lambda: alice._files()._messages.missing)
    first, second = (asyncio.create_task(alice.send_files([source], key=KEY)) for _ in range(2))
    for each in (first, second):
        with pytest.raises(NoSuchChannel):
            await each
    third = asyncio.create_task(alice.send_files([source], key=KEY))
    await asyncio.sleep(PATIENCE - 1)  # of the virtual clock
    await guest.reload()
    await third  # to the new page, which may take files yet
    assert (await anext(guest.link("alice").offers())).key == KEY


async def test_a_page_that_takes_no_contents(host: Page, guest: Page) -> None:
    there = guest.link("alice").channel(CHANNEL, kept=False, vocabulary=FILES)
    sending = await host.link("bob").send_files([MemorySource("x", CONTENT)])
    offered = await there.receive()
    await until(lambda: host.link("bob")._files()._data.missing)
    await there.send(Accept(offered.id, 0, 1))
    with pytest.raises(TransferLost, match="no channel"):
        await sending.finished()


async def test_offered_by_hand_and_lost_while_it_is_listed_again(
    pair: Pair, network: MemoryNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair.alice.offers()
    sources = [MemorySource("x" * 1000, b"")] * 3_000
    long = await pair.bob.send_files(sources)
    await pair.host.reload()
    await until(lambda: pair.bob.connected and long._waits)
    newer = asyncio.create_task(pair.bob.send_files(sources, key=long.key))
    await until(lambda: long.settled)
    await pair.lose(network, monkeypatch)
    with pytest.raises(LinkClosed):
        await newer
    assert not pair.bob._files()._offering._unlisted
