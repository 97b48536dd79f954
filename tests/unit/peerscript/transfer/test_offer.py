"""Both sides of an offer see how far it is, and may stop it."""

from __future__ import annotations

import asyncio

import pytest

from peerscript.errors import OfferDeclined, TransferCancelled, TransferFailed, TransferLost
from peerscript.protocol.transfer.transfer import FileState
from peerscript.transfer import IncomingOffer, OutgoingOffer, Progress
from tests.clock import until
from tests.unit.peerscript.transfer.conftest import Send, SlowStore

CONTENT = bytes(10_000_000)


async def seen(offer: OutgoingOffer | IncomingOffer) -> list[Progress]:
    return [progress async for progress in offer.progress()]


async def test_progress_goes_from_nothing_to_all(send: Send, store: SlowStore) -> None:
    sending, offer = await send(CONTENT, b"declined")
    both = [asyncio.create_task(seen(side)) for side in (sending, offer)]
    await until(lambda: sending._changes._waiting and offer._changes._waiting)
    await offer.accept(into=store, only=[0])
    await sending.finished()
    for found in [await each for each in both]:
        assert (found[0].moved, found[0].total) == (0, len(CONTENT) + 8)
        assert found[-1].moved == found[-1].total == len(CONTENT)
        assert found[-1].files[0].state is FileState.DONE
        moved = [progress.moved for progress in found]
        assert moved == sorted(moved)
        assert len(set(moved)) > 5


async def test_the_rate_and_the_time_left(send: Send, store: SlowStore) -> None:
    store.gate.clear()
    sending, offer = await send(CONTENT)
    await offer.accept(into=store)
    assert offer._progress().rate == 0
    assert offer._progress().seconds_left is None
    await until(lambda: offer._machine._waiting)
    store.gate.set()
    await until(lambda: 0 < offer._machine.moved < len(CONTENT))
    progress = offer._progress()
    assert progress.rate > 0
    assert progress.seconds_left is not None
    await sending.finished()


@pytest.mark.parametrize("side", [0, 1])
async def test_either_side_pauses_and_goes_on(send: Send, store: SlowStore, side: int) -> None:
    store.gate.clear()
    offers = await send(CONTENT, CONTENT[:100])
    await offers[1].accept(into=store)
    await until(lambda: offers[1]._machine._arrived)
    offers[side].pause([0])
    store.gate.set()
    await until(lambda: offers[0].files[1].state is FileState.DONE)
    assert [each.files[0].state for each in offers] == [FileState.PAUSED] * 2
    assert offers[0].files[0].moved < len(CONTENT)
    paused = [(each.files[0].paused_here, each.files[0].paused_there) for each in offers]
    assert paused == (
        [(True, False), (False, True)] if side == 0 else [(False, True), (True, False)]
    )
    offers[1 - side].resume()  # that is not who has paused it
    offers[side].resume()
    await offers[0].finished()
    assert store.files == {"0": CONTENT, "1": CONTENT[:100]}


@pytest.mark.parametrize("side", [0, 1])
async def test_either_side_cancels(send: Send, store: SlowStore, side: int) -> None:
    store.gate.clear()
    offers = await send(CONTENT, b"other")
    await offers[1].accept(into=store)
    await until(lambda: store.begun)
    offers[side].cancel([0])
    store.gate.set()
    await offers[0].finished()  # the other file has arrived
    assert store.files == {"1": b"other"}
    assert store.discarded == ["0"]
    assert [each.files[0].problem for each in offers] == ["Cancelled."] * 2
    assert [each.files[0].told for each in offers] == [side == 1, side == 0]


async def test_all_is_cancelled(send: Send, store: SlowStore) -> None:
    sending, offer = await send(b"x", b"y")
    await offer.accept(into=store)
    sending.cancel(reason="Another time.")
    for side in (sending, offer):
        with pytest.raises(TransferCancelled, match="Another time"):
            await side.finished()


async def test_declined(send: Send) -> None:
    sending, offer = await send(b"x", b"y")
    assert not offer.answered
    offer.decline([0])
    offer.decline()
    assert offer.answered
    for side in (sending, offer):
        with pytest.raises(OfferDeclined, match="no file"):
            await side.finished()


async def test_what_has_failed_is_named(send: Send) -> None:
    sending, offer = await send(b"x", b"y", b"z")
    sending.cancel([1, 2], reason="It caught fire.", failed=True)
    offer.decline([0])
    for side in (sending, offer):
        with pytest.raises(TransferFailed, match=r"1: It caught fire \(and 1 more\)"):
            await side.finished()
    assert not offer._machine.outgoing


async def test_changes_are_told(send: Send, store: SlowStore) -> None:
    sending, offer = await send(b"x", b"y")
    told: list[int] = []

    @sending.on("change")
    def changed(index: int) -> None:
        told.append(index)

    await offer.accept(into=store, only=[1])
    await sending.finished()
    assert set(told) == {0, 1}


async def test_there_is_no_such_file(send: Send) -> None:
    sending, offer = await send(b"x")
    for side in (sending, offer):
        with pytest.raises(IndexError, match="file 1 of an offer of 1"):
            side.cancel([1])
        with pytest.raises(IndexError):
            side.pause([-1])


async def test_what_is_settled_is_not_lost(send: Send, store: SlowStore) -> None:
    sending, offer = await send(b"x", name="one")
    await offer.accept(into=store)
    await sending.finished()
    sending._lose(TransferLost("too late"))
    await sending.finished()
    assert repr(sending) == "<OutgoingOffer 'one' of 1 files>"


async def test_a_slow_reader_of_the_progress_comes_to_the_end(send: Send, store: SlowStore) -> None:
    sending, offer = await send(b"small")
    progress = sending.progress()
    await anext(progress)
    await offer.accept(into=store)
    await sending.finished()  # nothing changes after this
    found = [each async for each in progress]
    assert [each.moved for each in found] == [5]
