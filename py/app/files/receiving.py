"""Taking what people offer."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from dataclasses import replace

from app.files.following import Following
from app.files.ports import Attention
from app.files.resuming import Resuming, is_same
from app.files.transfer import Transfer
from app.files.transfers import TransferList
from app.people.contact import Contact
from app.people.roster import Roster
from app.tasks import Tasks
from peerscript.ports.files import Store
from peerscript.transfer import IncomingOffer

# Offers that may wait for an answer, and the files in them. More are declined without being shown.
# Of one page the library takes 200 with 40,000 files.
MAX_OFFERS_IN_ALL = 1000
MAX_OFFERED_IN_ALL = 100_000


class Receiving:
    """Shows the offers that come, and accepts them into the store."""

    def __init__(
        self,
        people: Roster,
        transfers: TransferList,
        following: Following,
        resuming: Resuming,
        store: Store,
        attention: Attention,
        tasks: Tasks,
    ) -> None:
        self._people = people
        self._transfers = transfers
        self._following = following
        self._resuming = resuming
        self._store = store
        self._attention = attention
        self._tasks = tasks

    async def take_offers(self, contact: Contact, offers: AsyncIterator[IncomingOffer]) -> None:
        """Show each offer of a contact; one that was accepted before goes on by itself."""
        async for offer in offers:
            before = self._transfers.resumable(offer.key, contact)
            if before and is_same(before.record, offer):
                accepted = before.begun
                self._following.begin(before, contact, offer)
                if accepted:
                    self._tasks.start(self._take(before, offer, before.wanted))
            elif self._is_too_much(offer):
                offer.decline()
            else:
                await self._show(contact, offer)

    def _is_too_much(self, offer: IncomingOffer) -> bool:
        waiting = self._transfers.unanswered()
        files = len(offer.files) + sum(len(each.files) for each in waiting)
        return len(waiting) >= MAX_OFFERS_IN_ALL or files > MAX_OFFERED_IN_ALL

    async def _show(self, contact: Contact, offer: IncomingOffer) -> None:
        transfer = self._following.new(contact, offer)
        self._people.note_unread(contact)
        what = transfer.title if transfer.one else f"{len(offer.files)} files"
        self._people.announce(contact, f"{contact.name} wants to send you {what}.")
        try:
            await self._store.check_room(transfer.size)
        except OSError as error:
            self._has_no_room(transfer, error)

    async def accept(
        self, transfer: Transfer, offer: IncomingOffer, *, everything: bool = False
    ) -> None:
        """Have the files sent that are ticked, or all."""
        self._attention.ask()
        numbers = set(range(len(offer.files)))
        await self._take(transfer, offer, numbers if everything else numbers - transfer.unwanted)

    async def _take(self, transfer: Transfer, offer: IncomingOffer, wanted: Iterable[int]) -> None:
        try:
            await offer.accept(self._store, wanted)
        except OSError as error:
            self._has_no_room(transfer, error)
        else:
            await self.keep_wanted(transfer, wanted)
            self._following.update(transfer)

    async def keep_wanted(self, transfer: Transfer, wanted: Iterable[int]) -> None:
        """Keep over a reload which files are wanted."""
        numbers = tuple(sorted(wanted))
        everything = len(numbers) == len(transfer.files)
        transfer.record = replace(transfer.record, wanted=() if everything else numbers)
        if numbers and not transfer.over:
            await self._resuming.keep(transfer.record)

    def _has_no_room(self, transfer: Transfer, error: OSError) -> None:
        transfer.problem = f"It cannot be kept: {error}."
        self._following.update(transfer)
