"""An offer of the other page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

from peerscript.aio.lifecycle import Announcer
from peerscript.aio.tasks import TaskOwner, report
from peerscript.ports.files import SavedFile, Sink, Store
from peerscript.protocol.transfer.manifest import FileInfo, Manifest
from peerscript.protocol.transfer.messages import Done, FileData
from peerscript.protocol.transfer.receiving import ReceivingOffer
from peerscript.protocol.transfer.transfer import FileState
from peerscript.transfer.offer import Offer

BLOCK_SIZE = 1024 * 1024  # bytes per write; each write to the disk costs a turn of the loop


@dataclass(frozen=True)
class ReceivedFile:
    """A file that has arrived whole.

    Attributes:
        info: its name, size and so on.
        sha256: of its contents, hex; the sender's is the same.
        file: what the store has made of it.
    """

    info: FileInfo
    sha256: str
    file: SavedFile


class IncomingOffer(Offer):
    """Files that the other page offers. `Link.offers` gives it; nothing is sent before `accept`.

    Attributes:
        received: the files that have arrived, by their numbers.
    """

    def __init__(
        self,
        id: int,
        manifest: Manifest,
        published: Callable[[], None],
        tasks: TaskOwner,
    ) -> None:
        super().__init__(published, tasks)
        self._machine: ReceivingOffer = ReceivingOffer(id, manifest, self._on_change)
        self.received: dict[int, ReceivedFile] = {}
        self._tasks = tasks
        self._stores: dict[int, Store] = {}
        self._sinks: dict[int, Sink] = {}
        self._block: list[bytes] = []  # what is written next, of the file `_current`
        self._block_size = 0
        self._current = 0
        self._arrivals = Announcer()
        self._writing = False

    async def accept(
        self, into: Store, only: Iterable[int] | None = None, *, decline_others: bool = True
    ) -> IncomingOffer:
        """Have files sent; return this offer, for its `progress` and `finished`.

        Args:
            into: where they are put.
            only: their numbers in `files`; all that are not answered, if not given.
            decline_others: whether files that are not in `only` are declined. If not, they can be
                accepted or declined later, and the offer is not finished before that.

        Raises:
            OSError: there is no room; nothing was answered.
            IndexError: there is no such file.
        """
        wanted = self._open(self._numbers(only))
        await into.check_room(sum(self.files[index].info.size for index in wanted))
        wanted = self._open(wanted)
        self._stores.update(dict.fromkeys(wanted, into))
        self._machine.accept(wanted)
        if decline_others:
            self._machine.decline(range(len(self.files)))
        self._restart_rate()
        if wanted and not self._writing:
            self._writing = True
            self._tasks.start(self._write_all(), f"writing {self.name!r}")
        self._publish()
        return self

    def decline(self, only: Iterable[int] | None = None) -> None:
        """Decline files that are not answered.

        Args:
            only: their numbers in `files`; all if not given.
        """
        self._machine.decline(self._numbers(only))
        self._publish()

    async def finished(self) -> list[ReceivedFile]:
        """Return the files that were accepted, when all have arrived and their SHA-256 is the
        sender's.

        Cancelling only stops waiting.

        Raises:
            OfferDeclined: none was accepted.
            TransferCancelled: somebody has ended it.
            TransferFailed: a file could not be read there, or kept here, or is another here;
                `received` has those that are whole.
            TransferLost: the Link is over or lost, or the other page was reloaded.
        """
        await self._settle()
        return [self.received[index] for index in sorted(self.received)]

    def _open(self, indices: Iterable[int]) -> list[int]:
        """Those that are not answered."""
        return [each for each in indices if self.files[each].state is FileState.OFFERED]

    # Called by the exchange

    def _on_data(self, message: FileData) -> None:
        """Some of a file has arrived.

        Raises:
            Malformed: the file was not accepted.
        """
        self._machine.on_data(message)
        self._publish()

    # Writing

    def _publish(self) -> None:
        super()._publish()
        self._arrivals.announce()

    async def _write_all(self) -> None:
        """Write what arrives, until every file has ended."""
        try:
            while not self.settled:
                message = self._machine.next()
                if message is None:
                    await self._arrivals.change()
                else:
                    await self._store(message)
                    await self._discard_ended()
        finally:
            for index in list(self._sinks):
                await self._sinks.pop(index).discard()

    async def _store(self, message: FileData) -> None:
        if self._current != message.file:  # the other one was paused in the middle, or has ended
            await self._or_fail(self._write())
            self._current = message.file
        await self._or_fail(self._put(message))

    async def _or_fail(self, work: Awaitable[None]) -> None:
        try:
            await work
        except OSError as error:
            reason = f"The file could not be kept: {error}"
            self.cancel([self._current], reason=reason, failed=True)
        except Exception as error:  # a store's own fault: the other files go on
            self.cancel([self._current], reason="The file could not be kept.", failed=True)
            report(f"writing {self.files[self._current].info.path!r}", error)

    async def _put(self, message: FileData) -> None:
        if isinstance(message, Done):
            await self._write()
            await self._finish(message)
            return
        self._block.append(message.data)
        self._block_size += len(message.data)
        file = self.files[message.file]
        if self._block_size >= BLOCK_SIZE or file.moved + self._block_size == file.info.size:
            await self._write()

    async def _write(self) -> None:
        index, parts = self._current, self._block
        self._block, self._block_size = [], 0
        if not parts or self.files[index].ended:
            return
        data = b"".join(parts)
        self._machine.digest(index, data)
        sink = await self._sink(index)
        await sink.write(data)
        self._machine.written(index, len(data))
        self._publish()

    async def _finish(self, done: Done) -> None:
        sink = await self._sink(done.file)
        if self._machine.check(done):
            saved = await sink.finish(done.sha256)
            file = self.files[done.file]
            if not file.ended:
                del self._sinks[done.file]
                self.received[done.file] = ReceivedFile(file.info, file.sha256, saved)
                self._machine.finish(done.file)
        self._publish()

    async def _sink(self, index: int) -> Sink:
        if index not in self._sinks:
            file = self.files[index].info
            self._sinks[index] = await self._stores[index].open(self.key, index, file)
        return self._sinks[index]

    async def _discard_ended(self) -> None:
        for index in [each for each in self._sinks if self.files[each].ended]:
            await self._sinks.pop(index).discard()
