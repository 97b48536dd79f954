"""Offers are made again when the other page has forgotten them, and go on where they were."""

from __future__ import annotations

import asyncio

import pytest

from peerscript.errors import TransferCancelled, TransferFailed, TransferLost
from peerscript.protocol.transfer.sending import ARRIVED, CHANGED
from peerscript.protocol.transfer.transfer import FileState
from peerscript.testing import MemoryNetwork, MemorySource
from peerscript.transfer.offering import MAX_UNHEARD
from tests.clock import until
from tests.unit.peerscript.pages import Page
from tests.unit.peerscript.transfer.conftest import SlowStore
from tests.unit.peerscript.transfer.pairs import CONTENT, Counting, Pair

OTHER = bytes(len(CONTENT))


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
