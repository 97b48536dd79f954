"""What a store has kept is used as far as it can be."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from typing import Any

import pytest

from peerscript.ports.files import Kept, Sink, Store
from peerscript.protocol.transfer.manifest import FileInfo
from peerscript.testing import MemoryNetwork, MemoryStore
from peerscript.transfer import IncomingOffer, OutgoingOffer
from peerscript.transfer.sinks import BLOCK_SIZE
from tests.clock import until
from tests.unit.peerscript.transfer.conftest import Send, heard

CONTENT = bytes(range(256)) * 10_000


class Keeping(MemoryStore):
    """Has kept something of the first file; what it says of that can be another thing."""

    def __init__(self, part: bytes = b"", whole: str = "", says: Kept | None = None) -> None:
        super().__init__()
        self.part, self.whole, self.says = part, whole, says
        self.opened: list[Any] = []

    async def kept(self, key: str) -> dict[int, Kept]:
        return {0: self.says or Kept(len(self.part), self.whole)} | await super().kept(key)

    async def open(self, key: str, index: int, file: FileInfo) -> Any:
        if index == 0 and not self.opened:
            self.parts[key, 0] = self.part
        self.opened.append(index)
        return await super().open(key, index, file)


async def take(send: Send, store: Store) -> tuple[OutgoingOffer, IncomingOffer]:
    sending, offer = await send(CONTENT, b"x")
    await offer.accept(into=store)
    await sending.finished()
    return sending, offer


@pytest.mark.parametrize("size", [1, BLOCK_SIZE, BLOCK_SIZE + 1, len(CONTENT)])
async def test_a_part_is_used(send: Send, size: int) -> None:
    store = Keeping(CONTENT[:size])
    _, offer = await take(send, store)
    assert store.files == {"0": CONTENT, "1": b"x"}
    assert store.discarded == []
    assert offer.received[0].sha256 == offer.files[0].sha256


@pytest.mark.parametrize(
    "store",
    [
        Keeping(),
        Keeping(CONTENT + b"x"),
        Keeping(CONTENT, says=Kept(len(CONTENT) + 1)),
        Keeping(CONTENT, whole="nonsense"),
        Keeping(CONTENT, whole="a" * 64, says=Kept(1, "a" * 64)),
        Keeping(CONTENT, whole="a" * 64),  # but it cannot give it
        Keeping(b"", says=Kept(3)),
    ],
)
async def test_what_does_not_fit_is_dropped(send: Send, store: Keeping) -> None:
    await take(send, store)
    assert store.files == {"0": CONTENT, "1": b"x"}
    assert store.discarded == ["0"]


@pytest.mark.parametrize("found", [OSError("torn"), b""])
async def test_what_cannot_be_read_is_dropped(send: Send, found: Any) -> None:
    class Torn(Keeping):
        async def open(self, key: str, index: int, file: FileInfo) -> Any:
            sink = await super().open(key, index, file)

            async def read(offset: int, size: int) -> bytes:
                if isinstance(found, OSError):
                    raise found
                return bytes(found)

            sink.read = read
            return sink

    store = Torn(CONTENT[:100])
    await take(send, store)
    assert store.files == {"0": CONTENT, "1": b"x"}
    assert store.discarded == ["0"]


async def test_what_cannot_be_read_may_have_its_digest(send: Send) -> None:
    class Streaming(Keeping):
        async def open(self, key: str, index: int, file: FileInfo) -> Any:
            sink = await super().open(key, index, file)
            if sink.kept:
                sink.digest = hashlib.sha256(self.part)
                sink.read = None  # it is in a stream of the browser's
            return sink

    store = Streaming(CONTENT[:1000])
    _, offer = await take(send, store)
    assert store.files == {"0": CONTENT, "1": b"x"}
    assert offer.received[0].sha256 == hashlib.sha256(CONTENT).hexdigest()


async def test_another_page_has_it_open(send: Send) -> None:
    class Elsewhere(Keeping):
        async def open(self, key: str, index: int, file: FileInfo) -> Any:
            if self.opened:
                return await super().open(key, index, file)
            self.opened.append(index)
            raise OSError("it is open in another tab")

    sending, offer = await send(CONTENT)
    store = Elsewhere(CONTENT[:100])
    with pytest.raises(OSError, match="another tab"):
        await offer.accept(into=store)
    assert not offer.answered
    assert not sending.answered
    await offer.accept(into=store)  # it was closed there
    await sending.finished()
    assert store.files == {"0": CONTENT}


async def test_room_is_needed_for_the_rest_alone(send: Send) -> None:
    asked: list[int] = []

    class Asked(Keeping):
        async def check_room(self, size: int) -> None:
            asked.append(size)

    await take(send, Asked(CONTENT[:-7]))
    assert asked[0] == 7 + 1


class Slow(Keeping):
    """Waits while it is read."""

    def __init__(self, part: bytes) -> None:
        super().__init__(part)
        self.reading, self.gate = asyncio.Event(), asyncio.Event()

    async def open(self, key: str, index: int, file: FileInfo) -> Any:
        sink = await super().open(key, index, file)
        read = sink.read

        async def slowly(offset: int, size: int) -> bytes:
            self.reading.set()
            await self.gate.wait()
            data: bytes = await read(offset, size)
            return data

        sink.read = slowly
        return sink


async def test_cancelled_while_it_is_read(send: Send) -> None:
    sending, offer = await send(CONTENT, b"x")
    store = Slow(CONTENT[:100])
    accepting = asyncio.create_task(offer.accept(into=store))
    await store.reading.wait()
    sending.cancel([0])
    await until(lambda: offer.files[0].ended)
    store.gate.set()
    await accepting
    await sending.finished()
    assert store.files == {"1": b"x"}
    assert store.discarded == ["0"]


async def test_an_accept_that_is_cancelled_keeps_the_part(send: Send) -> None:
    sending, offer = await send(CONTENT, b"x")
    store = Slow(CONTENT[:100])
    accepting = asyncio.create_task(offer.accept(into=store))
    await store.reading.wait()
    accepting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await accepting
    assert store.parts == {(offer.key, 0): CONTENT[:100]}
    store.gate.set()
    await offer.accept(into=store)
    await sending.finished()


async def test_two_accepts_at_once(send: Send) -> None:
    sending, offer = await send(CONTENT, b"x")
    store = Keeping(CONTENT[:100])
    both = offer.accept(into=store), offer.accept(into=store)
    await asyncio.gather(*both)
    await sending.finished()
    assert store.files == {"0": CONTENT, "1": b"x"}


async def test_a_store_with_a_fault_of_its_own_when_it_closes(send: Send) -> None:
    class Faulty(MemoryStore):
        async def open(self, key: str, index: int, file: FileInfo) -> Any:
            sink = await super().open(key, index, file)

            async def discard() -> None:
                raise KeyError(index)

            sink.discard = discard  # type: ignore[method-assign]
            return sink

        async def forget(self, key: str) -> None:
            raise KeyError(key)

    reported = heard()
    sending, offer = await send(CONTENT * 4)
    await offer.accept(into=Faulty())
    await until(lambda: offer.files[0].moved)
    sending.cancel()
    await until(lambda: len(reported) == 2)
    assert sending.settled


async def test_of_an_offer_without_a_whole_file_nothing_is_kept(send: Send) -> None:
    forgotten: list[str] = []

    class Forgetting(MemoryStore):
        async def forget(self, key: str) -> None:
            forgotten.append(key)
            await super().forget(key)

    store = Forgetting()
    _, brought = await send(b"x")
    await brought.accept(into=store)
    await brought.finished()
    sending, offer = await send(CONTENT)
    await offer.accept(into=store)
    sending.cancel()
    await until(lambda: forgotten == [offer.key])


async def test_a_store_that_keeps_nothing(send: Send, network: MemoryNetwork) -> None:
    class Plain(Store):
        def __init__(self) -> None:
            self.files: dict[str, bytes] = {}

        async def check_room(self, size: int) -> None: ...

        async def open(self, key: str, index: int, file: FileInfo) -> Sink:
            return PlainSink(self, file.path)

    class PlainSink(Sink):
        def __init__(self, store: Plain, path: str) -> None:
            self.store, self.path, self.content = store, path, b""

        async def write(self, data: bytes) -> None:
            self.content += data

        async def finish(self, sha256: str) -> bytes:
            self.store.files[self.path] = self.content
            return self.content

        async def discard(self) -> None:
            self.content = b""

    store = Plain()
    sink = await store.open("", 0, FileInfo("x", 1))
    await sink.write(b"x")
    await sink.suspend()
    for asked in (sink.read(0, 1), store.saved("", 0)):
        with pytest.raises(OSError, match="keeps no"):
            await asked
    kept: Mapping[int, Kept] = await store.kept("")
    assert kept == {}
    await store.forget("")
    await take(send, store)
    assert store.files == {"0": CONTENT, "1": b"x"}
