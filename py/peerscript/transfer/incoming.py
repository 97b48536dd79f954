"""An offer of the other page."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping

from peerscript.aio.tasks import TaskOwner
from peerscript.aio.turns import Turns
from peerscript.errors import TransferLost
from peerscript.ports.files import Store
from peerscript.protocol.transfer.manifest import Manifest
from peerscript.protocol.transfer.messages import Cancel, FileData
from peerscript.protocol.transfer.receiving import Part, ReceivingOffer
from peerscript.protocol.transfer.transfer import FileState
from peerscript.transfer.offer import Offer
from peerscript.transfer.sinks import Sinks
from peerscript.transfer.writing import ReceivedFile, Writer

AGAIN = "The same files were offered again."

# Who writes the files of an offer into a store, by the store's `id` and the key: one at a time,
# whichever Link they come over.
_writers: dict[tuple[int, str], IncomingOffer] = {}


class IncomingOffer(Offer):
    """Files that the other page offers. `Link.offers` gives it; nothing is sent before `accept`.

    When that page is loaded again, or the connection was lost, it ends, and the same files come as
    another offer with the same `key`, which goes on with what the store has of them.

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
        self._tasks = tasks
        self._sinks = Sinks(manifest.key, self.files)
        self._accepting = asyncio.Lock()
        self._written_into: list[Store] = []  # of which it is the writer
        self._released = asyncio.Event()
        self._writing = Writer(self._machine, self._sinks, self._publish)
        self._writer: asyncio.Task[None] | None = None

    async def accept(
        self, into: Store, only: Iterable[int] | None = None, *, decline_others: bool = True
    ) -> IncomingOffer:
        """Have files sent; return this offer, for its `progress` and `finished`. Of what the store
        has from an earlier try under the same `key`, the rest is sent, or nothing; an earlier offer
        of these files that still runs ends with TransferLost.

        Cancelling answers nothing.

        Args:
            into: where they are put.
            only: their numbers in `files`; all that are not answered, if not given.
            decline_others: whether files that are not in `only` are declined. If not, they can be
                accepted or declined later, and the offer is not finished before that.

        Raises:
            OSError: there is no room, or the store cannot be read; nothing was answered.
            IndexError: there is no such file.
        """
        numbers = self._numbers(only)
        async with self._accepting:
            try:
                await self._take_over(into)
                await self._accept(into, self._open(numbers))
            finally:
                if self._writer is None:
                    await self._end_writing()
        if decline_others:
            self._machine.decline(range(len(self.files)))
        self._publish()
        return self

    async def _accept(self, into: Store, wanted: list[int]) -> None:
        kept = await into.kept(self.key) if wanted else {}
        fitting = self._sinks.fitting(kept, wanted)
        missing = sum(self.files[index].info.size for index in wanted)
        await into.check_room(missing - sum(each.size for each in fitting.values()))
        self._sinks.put_into(into, wanted)
        known = [index for index in wanted if index in kept]
        parts: dict[int, Part | None] = {}
        turns = Turns()  # thousands of files may be whole, and then nothing waits
        try:
            for index in known:
                parts[index] = await self._sinks.reuse(index, fitting.get(index))
                await turns.give()
        except BaseException:
            for index in known:
                await self._sinks.close(index, keep=True)
            raise
        for index, part in parts.items():
            if part is not None and not self.files[index].ended:
                self._machine.have(index, part)
        self._machine.accept(wanted)
        self._restart_rate()
        if wanted and self._writer is None and not (self.settled or self._tasks.closed):
            self._writer = self._tasks.start(self._write_all(), f"writing {self.name!r}")

    async def _take_over(self, store: Store) -> None:
        """Become the one who writes these files, after an earlier offer of them has stopped."""
        place = id(store), self.key
        while (writer := _writers.get(place, self)) is not self and writer._writes:
            writer._give_way()
            await writer._released.wait()
        _writers[place] = self
        self._released.clear()
        if all(each is not store for each in self._written_into):
            self._written_into.append(store)

    @property
    def received(self) -> Mapping[int, ReceivedFile]:
        """The files that have arrived, by their numbers."""
        return self._writing.received

    @property
    def _writes(self) -> bool:
        running = self._writer is not None and not self._writer.done()
        return running or self._accepting.locked()

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

    def _give_way(self) -> None:
        """The same files were offered again, and go on there."""
        if not self.settled:
            count = len(self.files)
            self._machine.outgoing.append(Cancel(self._machine.id, False, True, 0, count, AGAIN))
            self._lose(TransferLost(AGAIN))

    # Writing

    def _publish(self) -> None:
        super()._publish()
        self._writing.note()

    async def _write_all(self) -> None:
        try:
            await self._writing.write_all()
        finally:
            await self._end_writing()

    async def _end_writing(self) -> None:
        """Keep what there is of files that have not ended: the page is closed, say. Forget an offer
        that has brought nothing.
        """
        await self._writing.close_ended()
        for index in self._sinks.all:
            await self._sinks.close(index, keep=True)
        states = {file.state for file in self.files}
        brought = FileState.DONE in states or self._machine.interrupted
        for store in self._written_into:
            if self.settled and not brought:
                await self._sinks.forget(store)
            _writers.pop((id(store), self.key), None)
        self._written_into.clear()
        self._released.set()
