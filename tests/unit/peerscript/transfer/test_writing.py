"""Several files are closed at once, and confirmed in the order in which that is done."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from peerscript.aio.turns import Turns
from peerscript.errors import TransferLost
from peerscript.link.link import Link
from peerscript.protocol.transfer.manifest import FileInfo
from peerscript.protocol.transfer.transfer import FileState
from peerscript.testing import MemorySource
from peerscript.transfer.writing import CLOSING
from tests.clock import until
from tests.unit.peerscript.transfer.conftest import Send, SlowStore


class Closing(SlowStore):
    """Closes a file when it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.closing: dict[str, asyncio.Event] = {}

    async def open(self, key: str, index: int, file: FileInfo) -> Any:
        sink = await super().open(key, index, file)
        finish = sink.finish

        async def slow(sha256: str) -> bytes:
            self.closing[file.name] = asyncio.Event()
            await self.closing[file.name].wait()
            return await finish(sha256)

        sink.finish = slow  # type: ignore[method-assign]
        return sink


async def test_the_next_files_do_not_wait(send: Send) -> None:
    store = Closing()
    sending, offer = await send(b"a", b"b", b"")
    await offer.accept(into=store)
    await until(lambda: len(store.closing) == 3)
    for name in ("2", "0"):
        store.closing[name].set()
    await until(lambda: len(offer.received) == 2)
    await until(lambda: sending.files[0].state is FileState.DONE)
    assert sending.files[1].state is FileState.ACTIVE
    assert store.files == {"0": b"a", "2": b""}
    store.closing["1"].set()
    await sending.finished()
    assert [each.file for each in await offer.finished()] == [b"a", b"b", b""]


async def test_not_any_number_is_closed_at_once(send: Send) -> None:
    store = Closing()
    sending, offer = await send(*[b"x"] * (CLOSING + 2))
    await offer.accept(into=store)
    await until(lambda: len(store.closing) == CLOSING)
    await asyncio.sleep(1)  # of the virtual clock
    assert len(store.closing) == CLOSING
    store.closing["5"].set()
    await until(lambda: len(store.closing) == CLOSING + 1)
    store.gate.set()
    sending.cancel()
    await until(lambda: offer.settled)
    for each in store.closing.values():
        each.set()
    await until(lambda: len(store.discarded) == CLOSING)
    assert list(offer.received) == [5]


async def test_one_is_cancelled_while_it_is_closed(send: Send) -> None:
    store = Closing()
    sending, offer = await send(b"a", b"b")
    await offer.accept(into=store)
    await until(lambda: len(store.closing) == 2)
    offer.cancel([0])
    for each in store.closing.values():
        each.set()
    await offer.finished()
    await until(lambda: store.discarded == ["0"])
    assert list(offer.received) == [1]
    await sending.finished()


async def test_the_link_ends_while_files_are_closed(send: Send, alice: Link, bob: Link) -> None:
    store = Closing()
    _, offer = await send(b"a", b"b")
    await offer.accept(into=store)
    await until(lambda: len(store.closing) == 2)
    store.closing["0"].set()
    await until(lambda: 0 in offer.received)
    await alice.close()
    await until(lambda: offer.settled)
    store.closing["1"].set()
    kept = {0, 1}
    await until(lambda: set(store.files) == {"0", "1"})
    assert set(await store.kept(offer.key)) == kept  # what was closed then is not lost
    assert isinstance(offer._lost, TransferLost)
    assert list(offer.received) == [0]


async def test_a_disk_that_fails_when_a_file_is_closed(send: Send, store: SlowStore) -> None:
    class Full(SlowStore):
        async def open(self, key: str, index: int, file: FileInfo) -> Any:
            sink = await super().open(key, index, file)

            async def full(sha256: str) -> bytes:
                raise OSError("the disk is full")

            if index == 0:
                sink.finish = full  # type: ignore[method-assign]
            return sink

    full = Full()
    sending, offer = await send(b"a", sources=[MemorySource("1", b"b")])
    await offer.accept(into=full)
    await until(lambda: sending.settled)
    assert [file.state for file in offer.files] == [FileState.FAILED, FileState.DONE]
    assert offer.files[0].problem == "The file could not be kept: the disk is full"
    assert (full.files, full.discarded) == ({"1": b"b"}, ["0"])


async def test_it_is_lost_while_others_have_their_turn(
    send: Send, store: SlowStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, offer = await send(bytes(10_000_000))

    async def give(_: Turns) -> None:
        if offer.files[0].moved:
            offer._lose(TransferLost("the link is over"))

    monkeypatch.setattr(Turns, "give", give)
    await offer.accept(into=store)
    await until(lambda: offer.settled)
    await until(lambda: not offer._writes)
    assert store.parts
