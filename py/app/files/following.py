"""What becomes of transfers, from each offer of them to its end."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Sequence
from dataclasses import replace

from app.files.record import Record
from app.files.resuming import Resuming
from app.files.transfer import Transfer
from app.files.transfers import TransferList
from app.people.contact import Contact
from app.tasks import Tasks
from peerscript.errors import TransferError, TransferLost
from peerscript.ports.files import Source
from peerscript.transfer import IncomingOffer, OutgoingOffer

PAUSE = 0.2  # seconds between two updates of a card


class Following:
    """Keeps the cards up to date."""

    def __init__(self, transfers: TransferList, resuming: Resuming, tasks: Tasks) -> None:
        self._transfers = transfers
        self._resuming = resuming
        self._tasks = tasks
        self._numbers = itertools.count(1)

    def new(
        self,
        contact: Contact,
        offer: IncomingOffer | OutgoingOffer,
        sources: Sequence[Source] = (),
        group: str = "",
        to: tuple[str, ...] = (),
    ) -> Transfer:
        """Show an offer that is made for the first time.

        Args:
            group, to: as in its record.
        """
        record = replace(recorded(contact, offer, sources), group=group, to=to)
        direction = "in" if record.incoming else "out"
        transfer = Transfer(f"{direction}-{contact.key}-{next(self._numbers)}", record)
        self.begin(transfer, contact, offer, sources)
        return transfer

    def begin(
        self,
        transfer: Transfer,
        contact: Contact,
        offer: IncomingOffer | OutgoingOffer,
        sources: Sequence[Source] = (),
    ) -> None:
        """Show an offer, maybe one that is made again, on the card of its transfer."""
        transfer.go(contact, offer, sources)
        self._transfers.add(transfer)
        self._tasks.start(self._follow(transfer, offer))

    def update(self, transfer: Transfer) -> None:
        """Show it as it is now."""
        transfer.refresh()
        self._transfers.show(transfer)

    async def _follow(self, transfer: Transfer, offer: IncomingOffer | OutgoingOffer) -> None:
        """Follow an offer to its end, or until it is made again."""
        async for progress in offer.progress():
            if offer.settled or transfer.offer is not offer:
                break
            transfer.note(progress)
            self._transfers.show(transfer)
            await asyncio.sleep(PAUSE)
        try:
            await offer.finished()
        except TransferLost as error:
            if transfer.offer is offer:
                transfer.lose(f"{error}.")
        except TransferError:
            transfer.end(progress)
        else:
            transfer.end(progress)
        self._transfers.show(transfer)
        if transfer.over:
            await self._resuming.settle(transfer)


def recorded(
    contact: Contact, offer: IncomingOffer | OutgoingOffer, sources: Sequence[Source] = ()
) -> Record:
    """What is kept of an offer over a reload."""
    handles = [getattr(each, "handle", None) for each in sources]
    return Record(
        key=offer.key,
        incoming=isinstance(offer, IncomingOffer),
        session=contact.session,
        person=contact.name,
        name=offer.name,
        files=tuple(file.info for file in offer.files),
        handles=() if None in handles else tuple(handles),
    )
