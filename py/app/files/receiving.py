"""Taking what people offer."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from dataclasses import replace

from app.files.following import Following
from app.files.ports import Attention, Disk
from app.files.record import Handle
from app.files.resuming import Resuming, is_same
from app.files.transfer import Transfer
from app.files.transfers import TransferList
from app.language import _, ngettext
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
        disk: Disk,
        attention: Attention,
        tasks: Tasks,
    ) -> None:
        self._people = people
        self._transfers = transfers
        self._following = following
        self._resuming = resuming
        self._store = store
        self._disk = disk
        self._attention = attention
        self._tasks = tasks

    async def take_offers(self, contact: Contact, offers: AsyncIterator[IncomingOffer]) -> None:
        """Show each offer of a contact; one that was accepted before goes on by itself."""
        async for offer in offers:
            before = self._transfers.resumable(offer.key, contact)
            if before and is_same(before.record, offer):
                accepted = before.begun
                self._following.begin(before, contact, offer)
                if accepted and before.record.folder and before.folder is None:
                    self._tasks.start(self.go_on_in_folder(before, offer))
                elif accepted:
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
        count = len(offer.files)
        what = transfer.title if transfer.one else ngettext("{count} file", "{count} files", count)
        self._people.note_unread(contact, _("wants to send you {what}", what=what))
        self._people.announce(
            contact, _("{name} wants to send you {what}.", name=contact.name, what=what)
        )
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
        # Even if it was to arrive in a folder before.
        transfer.folder, transfer.record = None, replace(transfer.record, folder="", handles=())
        await self._take(transfer, offer, numbers if everything else numbers - transfer.unwanted)

    async def accept_into_folder(self, transfer: Transfer, offer: IncomingOffer) -> None:
        """Have the files that are ticked sent straight into a folder that the person chooses."""
        self._attention.ask()
        try:
            directory = await self._disk.choose_folder()
        except OSError as error:
            self._has_no_room(transfer, error)
            return
        if directory is None:
            return
        wanted = set(range(len(offer.files))) - transfer.unwanted
        await self._take_into(directory, transfer, offer, wanted)

    async def go_on_in_folder(
        self, transfer: Transfer, offer: IncomingOffer, *, ask: bool = False
    ) -> None:
        """Have files go on arriving in the folder that they were arriving in when the page was
        loaded again. Unless the browser lets the page write there, the person is told.

        Args:
            ask: whether the browser may ask them, as they have pressed a button.
        """
        for directory in transfer.record.handles:
            try:
                if await self._disk.may_write(directory, ask=ask):
                    if transfer.folder is None:  # else the button was pressed twice
                        await self._take_into(directory, transfer, offer, transfer.wanted)
                    return
            except OSError as error:
                transfer.record = replace(transfer.record, handles=())
                self._ask_for_folder(
                    transfer, _("The page cannot write there: {error}.", error=error)
                )
                return
        self._ask_for_folder(transfer, _("The browser asks you before it goes on there."))

    async def _take_into(
        self, directory: Handle, transfer: Transfer, offer: IncomingOffer, wanted: Iterable[int]
    ) -> None:
        folder = transfer.folder = self._disk.folder_store(directory)
        transfer.record = replace(transfer.record, folder=folder.name, handles=(directory,))
        await self._take(transfer, offer, wanted)

    def _ask_for_folder(self, transfer: Transfer, why: str) -> None:
        transfer.unwanted = set(range(len(transfer.files))) - set(transfer.wanted)
        was = _(
            "It was arriving in the folder “{folder}” when this page was loaded again.",
            folder=transfer.record.folder,
        )
        transfer.problem = f"{was} {why}"
        self._following.update(transfer)

    async def _take(self, transfer: Transfer, offer: IncomingOffer, wanted: Iterable[int]) -> None:
        try:
            await offer.accept(transfer.folder or self._store, wanted)
        except OSError as error:
            self._has_no_room(transfer, error)
        else:
            if not transfer.over:
                transfer.problem = ""
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
        transfer.problem = _("It cannot be kept: {error}.", error=error)
        self._following.update(transfer)
