"""The receiver keeps what is whole, where it was told to, and nothing else."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from peerscript.errors import TransferCancelled, TransferFailed
from peerscript.link.link import Link
from peerscript.protocol.transfer.manifest import FileInfo
from peerscript.protocol.transfer.messages import Done
from peerscript.protocol.transfer.transfer import FileState
from peerscript.testing import MemorySource
from tests.clock import until
from tests.unit.peerscript.transfer.conftest import Send, SlowStore, heard

CONTENT = bytes(range(256)) * 20_000


async def test_some_now_and_some_later(send: Send, store: SlowStore) -> None:
    sending, offer = await send(b"a", b"b", b"c", b"d")
    other = SlowStore()
    await offer.accept(into=store, only=[2], decline_others=False)
    await until(lambda: sending.files[2].state is FileState.DONE)
    assert not offer.answered
    await offer.accept(into=other, only=[0], decline_others=False)
    offer.decline([1])
    await offer.accept(into=store, only=[0, 3])  # the first is answered
    await sending.finished()
    assert (store.files, other.files) == ({"2": b"c", "3": b"d"}, {"0": b"a"})
    assert [file.info.path for file in await offer.finished()] == ["0", "2", "3"]


async def test_nothing_is_written_before_it_is_accepted(send: Send, store: SlowStore) -> None:
    sending, offer = await send(b"a")
    await offer.accept(into=store, only=[])
    assert sending.files[0].state is FileState.OFFERED
    await until(lambda: sending.settled)
    assert store.begun == []


async def test_no_room(send: Send) -> None:
    sending, offer = await send(b"12345", b"12345")
    store = SlowStore(room=7)
    with pytest.raises(OSError, match="room for 7"):
        await offer.accept(into=store)
    assert not offer.answered
    await offer.accept(into=store, only=[1])
    await sending.finished()
    assert store.files == {"1": b"12345"}


async def test_a_disk_that_fills(send: Send) -> None:
    sending, offer = await send(CONTENT, b"1")
    store = SlowStore(room=len(CONTENT) + 1)
    await offer.accept(into=store)
    store.room = 100
    for side in (sending, offer):
        with pytest.raises(TransferFailed, match="0: The file could not be kept: .* room for 100"):
            await side.finished()
    assert store.files == {"1": b"1"}
    await until(lambda: store.discarded == ["0"])
    assert list(offer.received) == [1]


async def test_a_file_that_cannot_be_begun(send: Send, store: SlowStore) -> None:
    class Denied(SlowStore):
        async def open(self, key: str, index: int, file: FileInfo) -> Any:
            raise OSError("denied")

    sending, offer = await send(b"", b"x")
    await offer.accept(into=Denied())
    with pytest.raises(TransferFailed, match="denied"):
        await sending.finished()


async def test_cancelled_while_it_is_closed(send: Send) -> None:
    closing: list[bool] = []

    class Closing(SlowStore):
        async def open(self, key: str, index: int, file: FileInfo) -> Any:
            sink = await super().open(key, index, file)

            async def for_ever(sha256: str) -> bytes:
                closing.append(True)
                await asyncio.Event().wait()
                raise AssertionError

            sink.finish = for_ever  # type: ignore[method-assign]
            return sink

    store = Closing()
    sending, offer = await send(b"x")
    await offer.accept(into=store)
    await until(lambda: closing)
    sending.cancel()
    await until(lambda: store.discarded == ["0"])
    assert offer.settled
    with pytest.raises(TransferCancelled):
        await offer.finished()
    assert offer.received == {}


async def test_a_file_that_is_paused_in_the_middle_is_written_that_far(
    send: Send, alice: Link, store: SlowStore
) -> None:
    sending, offer = await send(b"0123456789", b"other")
    sending.pause()  # what is sent below is sent by hand
    await offer.accept(into=store)
    await until(lambda: sending.files[1].state is FileState.PAUSED)
    data, machine = alice._files()._data, sending._machine
    await data.send(machine.piece(0, b"01234"))
    await data.send(machine.piece(1, b"ot"))
    await until(lambda: sending.files[0].moved == 5)
    await data.send(machine.piece(0, b"56789"))
    await until(lambda: sending.files[0].moved == 10)
    assert sending.files[1].moved == 2
    await data.send(machine.done(0))
    await until(lambda: store.files == {"0": b"0123456789"})


async def test_a_sum_that_does_not_fit(send: Send, alice: Link, store: SlowStore) -> None:
    sending, offer = await send(b"01234")
    sending.pause()  # what is sent below is sent by hand
    await offer.accept(into=store)
    await until(lambda: sending.files[0].state is FileState.PAUSED)
    await alice._files()._data.send(sending._machine.piece(0, b"01234"))
    await alice._files()._data.send(Done(sending._machine.id, 0, "0" * 64))
    for side in (sending, offer):
        with pytest.raises(TransferFailed, match="not what was sent"):
            await side.finished()
    await until(lambda: store.discarded == ["0"])
    assert store.files == {}


async def test_a_store_with_a_fault_of_its_own_holds_up_no_other_file(
    send: Send, store: SlowStore
) -> None:
    class Faulty(SlowStore):
        async def open(self, key: str, index: int, file: FileInfo) -> Any:
            if file.name == "0":
                raise KeyError(file.name)
            return await super().open(key, index, file)

    reported = heard()
    faulty = Faulty()
    sending, offer = await send(b"x", b"y")
    await offer.accept(into=faulty)
    with pytest.raises(TransferFailed, match="could not be kept"):
        await sending.finished()
    assert faulty.files == {"1": b"y"}
    assert isinstance(reported[0]["exception"], KeyError)


async def test_accepted_again_while_the_earlier_offer_is_closed(
    send: Send, alice: Link, bob: Link
) -> None:
    gate = asyncio.Event()

    class Closing(SlowStore):
        async def open(self, key: str, index: int, file: FileInfo) -> Any:
            sink = await super().open(key, index, file)
            discard = sink.discard

            async def slow() -> None:
                await gate.wait()
                await discard()

            sink.discard = slow  # type: ignore[method-assign]
            return sink

    store = Closing()
    sending, offer = await send(CONTENT)
    await offer.accept(into=store)
    await until(lambda: sending.files[0].moved)
    sending.cancel()
    await until(lambda: offer.settled)
    offers = bob.offers()
    second = await alice.send_files([MemorySource("0", CONTENT)], key=offer.key)
    again = await anext(offers)
    accepting = asyncio.create_task(again.accept(into=store))
    await asyncio.sleep(1)  # of the virtual clock
    assert not accepting.done()
    gate.set()
    await accepting
    await second.finished()
    assert store.files == {"0": CONTENT}
