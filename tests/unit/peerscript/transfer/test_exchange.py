"""Offers go both ways over a Link, and end with it."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

import pytest

from peerscript.errors import (
    LinkMisused,
    NoSuchChannel,
    OfferDeclined,
    TransferLost,
)
from peerscript.link.link import Link
from peerscript.protocol.link.state import LinkState
from peerscript.protocol.transfer.inbound import MAX_OFFERS
from peerscript.protocol.transfer.manifest import FileInfo, Manifest, listed
from peerscript.protocol.transfer.messages import (
    Accept,
    Cancel,
    Decline,
    Offered,
    Pause,
    Piece,
    Received,
    Written,
)
from peerscript.testing import MemoryNetwork, MemorySource
from peerscript.transfer import OutgoingOffer
from peerscript.transfer.offering import PATIENCE
from tests.clock import until
from tests.unit.peerscript.transfer.conftest import Send, SlowStore

KEY = "0123456789abcdef" * 2

CONTENT = bytes(range(256)) * 40_000  # 10 MB: more than the window


async def test_a_folder_arrives_whole(send: Send, store: SlowStore) -> None:
    files = [
        MemorySource("a.txt", b"a", "text/plain", folder="x/y", modified=1.5),
        MemorySource("../b", CONTENT),
        MemorySource("b", b""),
    ]
    sending, offer = await send(sources=files, name="holiday")
    assert offer.name == sending.name == "holiday"
    assert offer.size == sending.size == 1 + len(CONTENT)
    receiving = await offer.accept(into=store)
    assert receiving is offer
    await sending.finished()
    received = await receiving.finished()
    assert store.files == {"x/y/a.txt": b"a", "b": CONTENT, "b (2)": b""}
    assert [each.info.path for each in received] == list(store.files)
    assert received[0].info == FileInfo("a.txt", 1, "text/plain", "x/y", 1.5)
    assert received[1].file == CONTENT
    assert [each.sha256 for each in received] == [file.sha256 for file in sending.files]
    assert store.discarded == []


async def test_both_pages_offer_at_once(alice: Link, bob: Link) -> None:
    async def take(link: Link, store: SlowStore) -> None:
        async for offer in link.offers():
            await (await offer.accept(into=store)).finished()
            return

    stores = SlowStore(), SlowStore()
    tasks = [asyncio.create_task(take(*pair)) for pair in zip((alice, bob), stores, strict=True)]
    for link in (alice, bob):
        for number in range(3):
            source = MemorySource(f"{number}", CONTENT[: 1_000_000 * (number + 1)])
            tasks.append(asyncio.create_task(_wait_for(link, source)))
    await asyncio.gather(*tasks[:2])
    assert [list(store.files) for store in stores] == [["0"], ["0"]]
    for task in tasks[2:]:
        task.cancel()


async def _wait_for(link: Link, source: Any) -> None:
    await (await link.send_files([source])).finished()


async def test_two_thousand_small_files(send: Send, store: SlowStore) -> None:
    contents = [b"%d" % number for number in range(2_000)]
    sending, offer = await send(*contents)
    await offer.accept(into=store)
    await sending.finished()
    assert store.files == {f"{n}": content for n, content in enumerate(contents)}


async def test_the_path_breaks_again_and_again(
    send: Send, store: SlowStore, network: MemoryNetwork, alice: Link
) -> None:
    sending, offer = await send(CONTENT)
    await offer.accept(into=store)
    for moved in range(1_000_000, 10_000_000, 3_000_000):
        await until(partial(_has_moved, sending, moved))
        network.cut()
        await until(lambda: not alice.connected)
    await sending.finished()
    assert store.files == {"0": CONTENT}


def _has_moved(offer: OutgoingOffer, moved: int) -> bool:
    return offer.files[0].moved >= moved


@pytest.mark.parametrize("closes", ["alice", "bob"])
async def test_the_link_ends(
    send: Send, store: SlowStore, alice: Link, bob: Link, closes: str
) -> None:
    sending, offer = await send(CONTENT)
    await offer.accept(into=store)
    await until(lambda: sending.files[0].moved > 1_000_000)
    await (alice if closes == "alice" else bob).close()
    for side in (sending, offer):
        with pytest.raises(TransferLost):
            await side.finished()
    await until(lambda: store.parts)
    assert store.discarded == []
    assert [each async for each in bob.offers()] == []


async def test_a_page_that_takes_no_files(alice: Link, bob: Link) -> None:
    sending = await alice.send_files([MemorySource("x", b"x")])
    with pytest.raises(TransferLost, match="takes no files"):
        await sending.finished()
    with pytest.raises(NoSuchChannel, match="takes no files"):
        await alice.send_files([MemorySource("y", b"y")])
    offers = bob.offers()
    await alice.send_files([MemorySource("z", b"z")])
    assert (await anext(offers)).files[0].info.name == "z"  # the other one was taken back


async def test_a_page_that_takes_files_a_moment_later(alice: Link, bob: Link) -> None:
    first = await alice.send_files([MemorySource("x", b"x")])
    await until(lambda: alice._files()._messages.missing)
    second = asyncio.create_task(alice.send_files([MemorySource("y", b"y")]))
    await asyncio.sleep(PATIENCE / 2)  # of the virtual clock
    offers = bob.offers()
    for name in "xy":
        offer = await anext(offers)
        assert offer.files[0].info.name == name
    assert not first.settled
    assert not (await second).settled


async def test_what_cannot_be_offered(alice: Link) -> None:
    with pytest.raises(ValueError, match="0 files"):
        await alice.send_files([])
    assert alice._files()._offering._offers == {}


async def test_an_offer_that_is_taken_back_while_it_is_listed(
    alice: Link, bob: Link, network: MemoryNetwork
) -> None:
    offers = bob.offers()
    sources = [MemorySource("x" * 1000, b"")] * 20_000
    sending = asyncio.create_task(alice.send_files(sources))
    await until(lambda: bob._files()._inbound._waiting)
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    await until(lambda: not bob._files()._inbound._waiting)
    await alice.send_files([MemorySource("y", b"")])
    assert (await anext(offers)).files[0].info.name == "y"


async def test_an_offer_that_is_taken_back_is_not_given(alice: Link, bob: Link) -> None:
    offers = bob.offers()
    sending = await alice.send_files([MemorySource("x", b"")])
    await until(lambda: bob._files()._incoming)
    sending.cancel()
    await until(lambda: not bob._files()._incoming)
    await alice.send_files([MemorySource("y", b"")])
    assert (await anext(offers)).files[0].info.name == "y"


async def test_too_many_offers(alice: Link, bob: Link) -> None:
    offers = bob.offers()
    for _ in range(MAX_OFFERS):
        await alice.send_files([MemorySource("x", b"")])
    sending = await alice.send_files([MemorySource("x", b"")])
    with pytest.raises(OfferDeclined, match="too many"):
        await sending.finished()
    for _ in range(MAX_OFFERS):
        (await anext(offers)).decline()
    assert not bob._files()._inbound._waiting


ONE = Manifest("", (FileInfo("x", 10),), KEY)


@pytest.mark.parametrize(
    "message",
    [
        Offered(1, 0, 0, "", KEY),
        Offered(1, 1_000_000, 0, "", KEY),
        next(listed(1, ONE)),
        Cancel(1, True, False, 0, 2, ""),
        Pause(1, True, True, 1, 2),
    ],
)
async def test_only_a_hostile_page_says_that(alice: Link, bob: Link, message: Any) -> None:
    bob.offers()
    channel = alice._files()._messages
    for honest in listed(1, ONE):
        await channel.send(honest)
    await channel.send(message)
    await until(lambda: bob.state is LinkState.CLOSED)
    assert isinstance(bob.error, LinkMisused)


async def test_what_was_not_accepted_is_not_taken(alice: Link, send: Send, bob: Link) -> None:
    _, offer = await send(b"x")
    await alice._files()._data.send(Piece(offer._machine.id, 0, 0, b"x"))
    await until(lambda: bob.state is LinkState.CLOSED)
    assert isinstance(bob.error, LinkMisused)


async def test_what_is_about_no_offer_is_passed_over(alice: Link, bob: Link, send: Send) -> None:
    bob.offers()
    exchange = alice._files()
    for message in (
        Accept(1, 0, 1),
        Decline(1, 0, 1),
        Written(1, 0, 1),
        Received(1, 0, ""),
        Pause(1, False, True, 0, 1),
        Cancel(1, False, False, 0, 1, ""),
        Pause(1, True, True, 0, 1),
    ):
        await exchange._messages.send(message)
    await exchange._data.send(Piece(1, 0, 0, b"x"))
    await send(b"x")
    assert bob.connected


async def test_a_page_that_reads_no_answers_is_dropped(
    alice: Link, bob: Link, monkeypatch: pytest.MonkeyPatch, send: Send
) -> None:
    monkeypatch.setattr("peerscript.transfer.exchange.ANSWERS_LIMIT", 0)
    _, offer = await send(b"x")
    offer._machine.outgoing.extend([Decline(1, 0, 1)] * 3)
    offer.pause()
    await until(lambda: bob.state is LinkState.CLOSED)
    assert isinstance(bob.error, LinkMisused)
