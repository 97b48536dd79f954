"""Transfers that outlive the page: what is kept of them, and how they go on."""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

from app.files.ports import Disk, Journal
from app.files.record import Record
from app.files.transfer import Transfer
from app.language import _
from peerscript.aio.turns import Turns
from peerscript.ports.files import Kept, Source, Store
from peerscript.transfer import IncomingOffer

logger = logging.getLogger("peerscript.app")

KEPT_FOR = 7 * 24 * 3600  # seconds; then the store, too, has nothing of it any more


class Resuming:
    """Keeps the records of transfers, and finds again what belongs to them."""

    def __init__(self, journal: Journal, store: Store, disk: Disk) -> None:
        self._journal = journal
        self._store = store
        self._disk = disk

    # Keeping

    async def keep(self, record: Record) -> None:
        """Keep a record over a reload."""
        await self._journal.put(record.id, record.to_json(), record.handles)

    async def settle(self, transfer: Transfer) -> None:
        """A transfer has ended: keep of it only what can still be saved."""
        if transfer.record.folder:
            await self.forget(transfer.record)
        elif not transfer.saved:
            await self._journal.forget(transfer.record.id)

    async def saved(self, transfer: Transfer) -> None:
        """The person has saved what has arrived: it is not needed after a reload."""
        transfer.record = replace(transfer.record, saved=True)
        await self.keep(transfer.record)

    async def forget(self, record: Record, folder: Store | None = None) -> None:
        """Keep nothing of a transfer, nor of its files; those that are whole in a folder stay."""
        await self._journal.forget(record.id)
        if record.incoming:
            try:
                await (folder or self._store).forget(record.key)
            except OSError as error:  # they are removed later
                logger.info("the files of %r stay for now: %s", record.name, error)

    # After a reload

    async def restored(self) -> AsyncIterator[Transfer]:
        """Yield the transfers from before the reload, oldest first, as they are now."""
        records = []
        for text, handles in await self._journal.load():
            try:
                records.append(Record.from_json(text, handles))
            except (ValueError, TypeError, KeyError) as error:
                logger.warning("what was kept of a transfer is unreadable: %r", error)
        for record in sorted(records, key=lambda each: each.time):
            if record.saved or time.time() - record.time > KEPT_FOR:
                await self.forget(record)
            elif transfer := await self._restored(record):
                yield transfer

    async def _restored(self, record: Record) -> Transfer | None:
        kept: dict[int, Kept] = {}
        try:
            if record.incoming:
                found = await self._store.kept(record.key)
                kept = {n: each for n, each in found.items() if 0 <= n < len(record.files)}
            transfer = Transfer(record.id, record)
            transfer.restore(kept)
            turns = Turns()  # thousands may be there, and then nothing waits
            for index, each in kept.items():
                if each.sha256 and not record.folder:
                    transfer.add_saved(index, await self._store.saved(record.key, index))
                    await turns.give()
        except OSError as error:  # another page has it open
            logger.info("%r is not shown here: %s", record.name, error)
            return None
        return transfer

    # Going on

    async def opened(self, record: Record) -> list[Source]:
        """The files that were sent, by the handles that the browser has kept.

        Raises:
            OSError: one is not there any more, or the page may not read it.
        """
        return [
            await self._disk.source_of_handle(handle, info.folder)
            for handle, info in zip(record.handles, record.files, strict=True)
        ]


def is_same(record: Record, offer: IncomingOffer) -> bool:
    """Whether an offer under a key that is known has the files that were accepted."""
    return [(each.path, each.size) for each in record.files] == [
        (file.info.path, file.info.size) for file in offer.files
    ]


async def in_order(record: Record, chosen: Sequence[Source]) -> list[Source]:
    """The files of an earlier offer, found among those that were chosen again.

    Raises:
        OSError: one is missing, or has changed since.
    """
    turns = Turns()  # a browser may have to ask the disk for each
    by_path: dict[tuple[str, str], Source] = {}
    for each in chosen:
        by_path[each.folder, each.name] = each
        await turns.give()
    found = []
    for info in record.files:
        source = by_path.get((info.folder, info.name))
        if source is None:
            raise OSError(_("{path} is not among them", path=info.path))
        if (source.size, round(source.modified)) != (info.size, round(info.modified)):
            raise OSError(
                _("{path} is not the same any more: it has another size or date", path=info.path)
            )
        found.append(source)
        await turns.give()
    return found
