"""Offers are made again when the other page has forgotten them, and go on where they were."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from peerscript.errors import (
    LinkClosed,
    NoSuchChannel,
    OfferDeclined,
    TransferCancelled,
    TransferFailed,
    TransferLost,
)
from peerscript.link.link import Link
from peerscript.protocol.link.state import LinkState
from peerscript.protocol.transfer.messages import CHANNEL, FILES, Accept, Again
from peerscript.protocol.transfer.sending import ARRIVED, CHANGED
from peerscript.protocol.transfer.transfer import FileState
from peerscript.testing import MemoryNetwork, MemorySource, MemoryStore
from peerscript.transfer import IncomingOffer, OutgoingOffer
from peerscript.transfer.offering import MAX_UNHEARD, PATIENCE
from tests.clock import until
from tests.unit.peerscript.pages import Page
from tests.unit.peerscript.transfer.conftest import SlowStore

CONTENT = bytes(range(256)) * 40_000  # 10 MB: more than the window
OTHER = bytes(len(CONTENT))
KEY = "0123456789abcdef" * 2


class Counting(MemorySource):
    """Notes what is read of it."""

    def __init__(self, name: str, content: bytes) -> None:
        super().__init__(name, content)
        self.reads: list[int] = []

    async def read(self, offset: int, size: int) -> bytes:
        self.reads.append(offset)
        return await super().read(offset, size)


class Pair:
    """Alice sends to Bob; either page can be loaded again."""

    def __init__(self, host: Page, guest: Page) -> None:
        self.host, self.guest = host, guest
        self.offers: AsyncIterator[IncomingOffer] = self.bob.offers()

    @property
    def alice(self) -> Link:
        return self.host.link("bob")

    @property
    def bob(self) -> Link:
        return self.guest.link("alice")

    async def send(self, *contents: bytes, key: str = "") -> tuple[OutgoingOffer, IncomingOffer]:
        sources = [Counting(f"{n}", content) for n, content in enumerate(contents)]
        sending = await self.alice.send_files(sources, key=key)
        return sending, await anext(self.offers)

    async def begin(
        self, *contents: bytes, store: MemoryStore
    ) -> tuple[OutgoingOffer, IncomingOffer]:
        """Both sides of an offer whose first file is on its way."""
        sending, offer = await self.send(*contents)
        await offer.accept(into=store)
        await until(lambda: sending.files[0].moved > 1_000_000)
        return sending, offer

    async def reload_bob(self) -> None:
        await self.guest.reload()
        self.offers = self.bob.offers()

    async def lose(self, network: MemoryNetwork, monkeypatch: pytest.MonkeyPatch) -> None:
        """Bob gives up, and Alice does not notice."""
        with monkeypatch.context() as patch:
            patch.setattr("peerscript.link.reconnection.GONE_AFTER", -1.0)
            page = network.pages.pop("alice")
            network.cut()
            await until(lambda: self.bob.state is LinkState.LOST)
        network.pages["alice"] = page


@pytest.fixture
async def pair(host: Page, guest: Page) -> Pair:
    return Pair(host, guest)


# Made again after a reload, or when a side has given up


async def test_the_receiver_is_loaded_again(pair: Pair, store: SlowStore) -> None:
    sending, offer = await pair.begin(CONTENT, b"last", store=store)
    await pair.reload_bob()
    again = await anext(pair.offers)
    assert again.key == sending.key == offer.key
    assert [file.state for file in sending.files] == [FileState.OFFERED] * 2
    assert sending._progress().moved == 0
    kept = len(store.parts[again.key, 0])
    seen: list[int] = []
    sending.on("change", lambda _: seen.append(sending.files[0].moved))
    await again.accept(into=store)
    assert again._progress().moved == kept > 1_000_000  # at once
    received = await again.finished()
    await sending.finished()
    assert [each.file for each in received] == [CONTENT, b"last"]
    assert min(seen) == kept
    assert store.discarded == []


async def test_the_sender_is_loaded_again(pair: Pair, store: SlowStore) -> None:
    _, offer = await pair.begin(CONTENT, b"last", store=store)
    _, waiting = await pair.send(b"x")
    await pair.host.reload()
    for lost in (offer, waiting):
        with pytest.raises(TransferLost, match="loaded again"):
            await lost.finished()
    sending, again = await pair.send(CONTENT, b"last", key=offer.key)
    await again.accept(into=store)
    assert again._progress().moved > 1_000_000
    await sending.finished()
    assert store.files == {"0": CONTENT, "1": b"last"}
    assert store.discarded == []


async def test_a_file_that_is_whole_there_is_not_sent_again(pair: Pair, store: SlowStore) -> None:
    sending, offer = await pair.send(b"whole", CONTENT, b"")
    await offer.accept(into=store)
    await until(lambda: sending.files[1].moved > 1_000_000)
    done = sending.files[0]
    for _ in range(2):  # the sender knows that it has arrived; after its own reload it does not
        await pair.reload_bob()
        again = await anext(pair.offers)
        assert done.state is FileState.DONE
        await again.accept(into=store, only=[0], decline_others=False)
        await until(lambda: again.received)  # noqa: B023
        assert again.received[0].file == b"whole"
    await pair.host.reload()
    sending, again = await pair.send(b"whole", CONTENT, b"", key=again.key)
    await again.accept(into=store)
    assert again.files[0].moved == 5
    await sending.finished()
    assert [each.file for each in await again.finished()] == [b"whole", CONTENT, b""]
    assert store.begun.count("0") == 1


async def test_it_has_arrived_in_a_store_that_does_not_keep(pair: Pair) -> None:
    first, second = SlowStore(), SlowStore()
    sending, offer = await pair.send(b"whole", CONTENT, b"declined")
    await offer.accept(into=first, only=[0, 1])
    await until(lambda: sending.files[1].moved > 1_000_000)
    await pair.reload_bob()
    again = await anext(pair.offers)
    await again.accept(into=second)
    assert [each.file for each in await again.finished()] == [CONTENT]
    assert [file.problem for file in again.files] == [ARRIVED, "", "It was declined."]
    await sending.finished()


async def test_whole_and_the_sender_does_not_know_it(pair: Pair, store: SlowStore) -> None:
    source = Counting("0", CONTENT[:3_000_000])
    sending = await pair.alice.send_files([source])
    offer = await anext(pair.offers)
    offer._machine.finish = lambda index: None  # type: ignore[method-assign]
    await offer.accept(into=store)
    await until(lambda: store.files)
    assert not sending.settled
    await pair.reload_bob()
    reads = list(source.reads)
    again = await anext(pair.offers)
    await again.accept(into=store)
    await again.finished()
    await sending.finished()
    assert source.reads == reads  # its checksum is known


@pytest.mark.parametrize("content", [OTHER, OTHER[:-1], OTHER + b"x", CONTENT[:1000]])
async def test_another_file_under_the_same_key(
    pair: Pair, store: SlowStore, content: bytes
) -> None:
    _, offer = await pair.begin(CONTENT, b"fine", store=store)
    await pair.host.reload()
    sending, again = await pair.send(content, b"fine", key=offer.key)
    await again.accept(into=store)
    if len(content) > 1000:
        for side in (sending, again):
            with pytest.raises(TransferFailed, match="not the file that it was"):
                await side.finished()
        await until(lambda: "0" in store.discarded)
        assert store.files == {"1": b"fine"}
        assert sending.files[0].problem == CHANGED
    else:  # more is kept than it has: it begins anew
        await sending.finished()
        assert store.files == {"0": content, "1": b"fine"}


@pytest.mark.parametrize("content", [b"other", b"others", b""])
async def test_another_file_instead_of_a_whole_one(
    pair: Pair, store: SlowStore, content: bytes
) -> None:
    _, offer = await pair.send(b"whole")
    await offer.accept(into=store)
    await offer.finished()
    await pair.host.reload()
    sending, again = await pair.send(content, key=offer.key)
    await again.accept(into=store)
    if len(content) == 5:
        for side in (sending, again):
            with pytest.raises(TransferFailed, match="not the file that it was"):
                await side.finished()
        assert store.files == {"0": b"whole"}  # what it was
    else:
        await sending.finished()
        assert store.files == {"0": content}


async def test_the_receiver_gives_up_and_comes_back(
    pair: Pair, store: SlowStore, network: MemoryNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    sending, offer = await pair.begin(CONTENT, store=store)
    await pair.lose(network, monkeypatch)
    with pytest.raises(TransferLost):
        await offer.finished()
    assert not sending.settled
    pair.bob.reconnect()
    again = await anext(pair.offers)
    await again.accept(into=store)
    await sending.finished()
    assert store.files == {"0": CONTENT}


async def test_the_sender_gives_up_and_comes_back(
    pair: Pair, store: SlowStore, network: MemoryNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    offers = pair.alice.offers()  # Bob is the one that gives up
    sending = await pair.bob.send_files([MemorySource("x", CONTENT)])
    offer = await anext(offers)
    await offer.accept(into=store)
    await until(lambda: sending.files[0].moved > 1_000_000)
    await pair.lose(network, monkeypatch)
    await until(lambda: sending.files[0].state is FileState.OFFERED)
    sending.pause()
    pair.bob.reconnect()
    again = await anext(offers)
    with pytest.raises(TransferLost, match="offered again"):
        await offer.finished()
    await until(lambda: again.files[0]._paused)
    await again.accept(into=store)
    assert again.files[0].state is FileState.PAUSED
    sending.resume()
    await sending.finished()
    assert store.files == {"x": CONTENT}


# What was decided while the other page was away


async def test_what_was_paused_by_the_sender_stays_paused(pair: Pair, store: SlowStore) -> None:
    sending, _ = await pair.begin(CONTENT, store=store)
    sending.pause()
    await pair.reload_bob()
    again = await anext(pair.offers)
    await again.accept(into=store)
    await until(lambda: again.files[0].state is FileState.PAUSED)
    sending.resume()
    await sending.finished()


async def test_what_was_paused_by_the_receiver_stays_paused(pair: Pair, store: SlowStore) -> None:
    _, offer = await pair.begin(CONTENT, store=store)
    offer.pause()
    await pair.host.reload()
    sending, again = await pair.send(CONTENT, key=offer.key)
    await again.accept(into=store)
    await until(lambda: sending.files[0].state is FileState.PAUSED)
    again.resume()
    await sending.finished()


async def test_what_the_receiver_has_ended_does_not_come_back(pair: Pair, store: SlowStore) -> None:
    _, offer = await pair.send(CONTENT, b"cancelled", b"declined")
    store.gate.clear()
    await offer.accept(into=store, only=[0, 1])
    await pair.host.unload()
    offer.cancel([1], reason="Not that one.")
    store.gate.set()
    await pair.host.load()
    sending, again = await pair.send(CONTENT, b"cancelled", b"declined", key=offer.key)
    await until(lambda: sending.files[1].ended)
    assert sending.files[2].state is FileState.DECLINED
    assert sending.files[1].problem == again.files[1].problem == "Not that one."
    await again.accept(into=store)
    await sending.finished()
    assert store.files == {"0": CONTENT}


async def test_all_that_was_cancelled_is_not_given_again(pair: Pair, store: SlowStore) -> None:
    _, offer = await pair.begin(CONTENT, store=store)
    await pair.host.unload()
    offer.cancel()
    await pair.host.load()
    again = await pair.alice.send_files([MemorySource("0", CONTENT)], key=offer.key)
    with pytest.raises(TransferCancelled):
        await again.finished()
    _, other = await pair.send(b"x")
    assert other.files[0].info.size == 1
    await until(lambda: not store.parts)


async def test_the_sender_cancels_while_the_receiver_is_away(pair: Pair, store: SlowStore) -> None:
    sending, _ = await pair.begin(CONTENT, b"x", store=store)
    await pair.guest.unload()
    sending.cancel(reason="Changed my mind.")
    await pair.guest.load()
    pair.offers = pair.bob.offers()
    again = await anext(pair.offers)
    await again.accept(into=store)
    with pytest.raises(TransferCancelled, match="Changed my mind"):
        await again.finished()
    await until(lambda: not store.parts)
    await until(lambda: not pair.alice._files()._offering._unheard)
    assert not pair.alice._files()._offering._offers


async def test_what_has_ended_unheard_is_limited(pair: Pair) -> None:
    await pair.guest.unload()
    offering = pair.alice._files()._offering
    for number in range(MAX_UNHEARD + 5):
        sending = await pair.alice.send_files([MemorySource(f"{number}", b"")])
        sending.cancel()
    assert len(offering._unheard) == MAX_UNHEARD
    await pair.guest.load()


async def test_cancelled_while_it_is_listed_again(pair: Pair, store: SlowStore) -> None:
    sending, _ = await pair.begin(CONTENT, *[b"x"] * 200, store=store)
    await pair.guest.unload()
    await pair.guest.load()
    offers = pair.bob.offers()
    await until(lambda: sending._made_again)
    sending.cancel([0])
    sending.pause([1])
    again = await anext(offers)
    await until(lambda: again.files[0].ended)
    await again.accept(into=store)
    await until(lambda: again.files[1].state is FileState.PAUSED)
    sending.cancel()
    await until(lambda: again.settled)


# The same files, offered twice


async def test_a_newer_offer_of_the_same_files_wins(pair: Pair, store: SlowStore) -> None:
    first, offer = await pair.begin(CONTENT, store=store)
    second, newer = await pair.send(CONTENT, key=first.key)
    for older in (first, offer):
        with pytest.raises(TransferLost, match="offered again"):
            await older.finished()
    third, newest = await pair.send(CONTENT, key=first.key)
    accepting = [asyncio.create_task(each.accept(into=store)) for each in (newer, newest)]
    await asyncio.gather(*accepting)
    await third.finished()
    assert second.settled
    assert store.files == {"0": CONTENT}
    assert store.discarded == []


async def test_the_same_key_over_another_link(
    pair: Pair, store: SlowStore, open_page: object
) -> None:
    sending, offer = await pair.begin(CONTENT, store=store)
    carol: Page = await open_page("carol")  # type: ignore[operator]
    await carol.links.connect("bob", pair.guest.links.invites.issue().secret)
    await until(lambda: pair.guest.has_link("carol"))
    there = pair.guest.link("carol").offers()
    newer = await carol.link("bob").send_files([MemorySource("0", CONTENT)], key=sending.key)
    again = await anext(there)
    await again.accept(into=store)
    with pytest.raises(TransferLost, match="offered again"):
        await offer.finished()
    with pytest.raises(TransferFailed, match="offered again"):
        await sending.finished()
    await newer.finished()
    assert store.files == {"0": CONTENT}


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
