"""The sender reads no more than it must, and says what it cannot read."""

from __future__ import annotations

import asyncio

import pytest

from peerscript.errors import TransferFailed
from peerscript.protocol.transfer.messages import MAX_PIECE, WINDOW, Received
from peerscript.protocol.transfer.transfer import FileState
from peerscript.testing import MemorySource
from peerscript.transfer.outgoing import BLOCK_SIZE
from tests.clock import until
from tests.unit.peerscript.transfer.conftest import Send, SlowStore, heard

CONTENT = bytes(WINDOW * 3)


class Shrinking(MemorySource):
    async def read(self, offset: int, size: int) -> bytes:
        return (await super().read(offset, size))[:100]


class Gone(MemorySource):
    async def read(self, offset: int, size: int) -> bytes:
        if offset:
            raise OSError("it was moved")
        return await super().read(offset, size)


class Slow(MemorySource):
    def __init__(self, name: str, content: bytes) -> None:
        super().__init__(name, content)
        self.asked, self.gate = 0, asyncio.Event()

    async def read(self, offset: int, size: int) -> bytes:
        self.asked += 1
        await self.gate.wait()
        return await super().read(offset, size)


async def test_it_stays_within_the_window(send: Send, store: SlowStore) -> None:
    store.gate.clear()  # the disk stands still
    sending, offer = await send(CONTENT)
    await offer.accept(into=store)
    await until(lambda: sending._machine.next() is None)
    await until(lambda: offer._machine._arrived.get(0) == sending._machine.offset(0))
    assert WINDOW - MAX_PIECE < sending._machine.offset(0) <= WINDOW
    store.gate.set()
    await sending.finished()


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (Shrinking("x", CONTENT), "became shorter"),
        (Gone("x", CONTENT), "it was moved"),
    ],
)
async def test_a_file_that_changes(
    send: Send, store: SlowStore, source: MemorySource, words: str
) -> None:
    sending, offer = await send(sources=[source])
    await offer.accept(into=store)
    for side in (sending, offer):
        with pytest.raises(TransferFailed, match=words):
            await side.finished()
    await until(lambda: store.discarded == store.begun)
    assert store.files == {}


async def test_a_source_with_a_fault_of_its_own_holds_up_no_other_file(
    send: Send, store: SlowStore
) -> None:
    class Faulty(MemorySource):
        async def read(self, offset: int, size: int) -> bytes:
            raise KeyError(offset)

    reported = heard()
    sending, offer = await send(sources=[Faulty("x", b"x"), MemorySource("y", b"y")])
    await offer.accept(into=store)
    with pytest.raises(TransferFailed, match="could not be read"):
        await sending.finished()
    assert store.files == {"y": b"y"}
    assert isinstance(reported[0]["exception"], KeyError)


async def test_another_checksum(send: Send, store: SlowStore) -> None:
    store.gate.clear()
    sending, offer = await send(b"content")
    await offer.accept(into=store)
    await until(lambda: sending.files[0].sha256 and store.begun)
    sending._on_answer(Received(sending._machine.id, 0, "0" * 64))
    with pytest.raises(TransferFailed, match="not what was sent"):
        await sending.finished()
    await until(lambda: offer.settled)
    store.gate.set()
    await until(lambda: store.discarded == ["0"])


async def test_paused_while_it_is_read(send: Send, store: SlowStore) -> None:
    source = Slow("x", CONTENT[:BLOCK_SIZE])
    sending, offer = await send(sources=[source])
    await offer.accept(into=store)
    await until(lambda: source.asked)
    sending.pause()
    source.gate.set()
    await until(lambda: offer.files[0].state is FileState.PAUSED)
    assert sending._machine.offset(0) == 0
    sending.resume()
    await sending.finished()
    assert source.asked == 1  # what was read is not read again


async def test_what_may_not_be_sent_is_not_sent(send: Send) -> None:
    sending, _ = await send(b"x")
    channel = object()
    await sending._send_next(channel)  # type: ignore[arg-type]
    assert sending.files[0].state is FileState.OFFERED


async def test_what_a_file_grows_by_is_not_sent(send: Send, store: SlowStore) -> None:
    class Growing(MemorySource):
        async def read(self, offset: int, size: int) -> bytes:
            self.content += b"more"
            return self.content[offset:]  # and that is more than was asked for

    sending, offer = await send(sources=[Growing("x", CONTENT)])
    await offer.accept(into=store)
    await sending.finished()
    assert store.files == {"x": CONTENT}
