"""All transfers of this page."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Sequence

from app.files.activity import Activity
from app.files.following import Following
from app.files.group import AnyTransfer
from app.files.ports import Attention, Disk, FilesView, Journal
from app.files.receiving import Receiving
from app.files.resuming import Resuming
from app.files.saving import Saver
from app.files.sending import Sending
from app.files.transfer import GONE, Transfer
from app.files.transfers import TransferList
from app.language import _, ngettext
from app.notices import Notices
from app.people.contact import Contact, Listener
from app.people.roster import Roster, joined
from app.tasks import Tasks
from peerscript.ports.files import Source, Store
from peerscript.protocol.link.state import LinkState
from peerscript.transfer import IncomingOffer


class Files(Listener):
    """Offers files to people, and takes what is offered."""

    def __init__(
        self,
        people: Roster,
        view: FilesView,
        notices: Notices,
        store: Store,
        tasks: Tasks,
        attention: Attention,
        disk: Disk,
        journal: Journal,
    ) -> None:
        self._people = people
        self._view = view
        self._notices = notices
        self._tasks = tasks
        self._saver = Saver(disk, notices)
        self._resuming = Resuming(journal, store, disk)
        self._transfers = TransferList(view, Activity(attention))
        self._following = Following(self._transfers, self._resuming, tasks)
        self._sending = Sending(people, self._following, self._resuming, notices, attention, tasks)
        self._receiving = Receiving(
            people, self._transfers, self._following, self._resuming, store, disk, attention, tasks
        )
        self._restored = asyncio.Event()

    @property
    def doing(self) -> str:
        """What the person is in the middle of, for a sentence; "" for nothing."""
        return _("the transfer is over") if self._transfers.going_on else ""

    # What the page begins

    async def restore(self) -> None:
        """Show the transfers from before a reload. Nothing that comes is taken before that."""
        try:
            async for transfer in self._resuming.restored():
                self._transfers.add(transfer)
                for contact in self._people.all:
                    self._attach(contact)
        finally:
            self._restored.set()
            self._view.restored()

    def _attach(self, contact: Contact) -> None:
        """Show a contact's transfers from before a reload in the conversation with them."""
        for transfer in self._transfers.waiting(contact.session):
            transfer.contact = contact
            self._transfers.show(transfer)
            if transfer.record.group:
                self._people.note_to_all()

    def offer(self, sources: Sequence[Source]) -> None:
        """Offer files to the chosen contact. Problems are shown."""
        self._sending.offer(sources)

    async def offer_found(self, found: Awaitable[Sequence[Source]]) -> None:
        """Offer files that have yet to be looked for, in the folders that were dropped."""
        await self._sending.offer_found(found)

    # What a card's controls do

    def find(self, key: str) -> AnyTransfer | None:
        """What a card shows, or the line of a person in it."""
        return self._transfers.find(key)

    def want(self, key: str, index: int | None, *, wanted: bool) -> None:
        """Tick a file of an offer, or all of them, to be accepted; or untick."""
        for transfer in self._transfers.under(key):
            numbers = range(len(transfer.files)) if index is None else [index]
            if wanted:
                transfer.unwanted.difference_update(numbers)
            else:
                transfer.unwanted.update(numbers)
            self._transfers.show(transfer)

    async def go_on(self, key: str, chosen: Sequence[Source]) -> None:
        """The person has shown where the files of an interrupted transfer are."""
        await self._sending.go_on(self._transfers.under(key), chosen)

    async def act(self, key: str, action: str, index: int | None = None) -> None:
        """Carry out the action of a card's button, or of one in the line of a file or of a person.
        That of a card for several people is done for each of them.
        """
        transfers = self._transfers.under(key)
        if action == "choose" and not any(each.incoming for each in transfers):
            await self._sending.go_on(transfers)
            return
        for transfer in transfers:
            await self._act(transfer, action, index)

    async def _act(self, transfer: Transfer, action: str, index: int | None) -> None:
        if action in ("save", "save-folder"):
            await self._save(transfer, index, folder=action == "save-folder")
        elif action == "remove":
            if transfer.over or transfer.waits:
                self._transfers.remove(transfer)
                await self._resuming.forget(transfer.record, transfer.folder)
        elif isinstance(transfer.offer, IncomingOffer) and action in _ANSWERS:
            await self._answer(transfer, transfer.offer, action)
        else:
            await self._change(transfer, action, index)

    async def _save(self, transfer: Transfer, index: int | None, *, folder: bool) -> None:
        if folder:
            everything = await self._saver.save_to_folder(transfer)
        else:
            everything = await self._saver.save(transfer, index)
        if everything and transfer.over:
            await self._resuming.saved(transfer)

    async def _answer(self, transfer: Transfer, offer: IncomingOffer, action: str) -> None:
        if action == "decline":
            offer.decline()
            self._following.update(transfer)
        elif action == "accept-folder":
            await self._receiving.accept_into_folder(transfer, offer)
        elif action == "choose":
            await self._receiving.go_on_in_folder(transfer, offer, ask=True)
        else:
            everything = action == "accept-all"
            await self._receiving.accept(transfer, offer, everything=everything)

    async def _change(self, transfer: Transfer, action: str, index: int | None) -> None:
        offer, only = transfer.offer, None if index is None else [index]
        if transfer.waits and action == "cancel" and only is None:
            transfer.give_up()
            self._transfers.show(transfer)
            await self._resuming.forget(transfer.record, transfer.folder)
        if offer is None or transfer.waits:
            return
        if action == "pause":
            offer.pause(only)
        elif action == "resume":
            offer.resume(only)
        elif action == "cancel":
            offer.cancel(only)
            if only and transfer.incoming:
                await self._receiving.keep_wanted(transfer, set(transfer.wanted) - set(only))
        self._following.update(transfer)

    # Contacts (contact.Listener)

    def on_joined(self, contact: Contact) -> None:
        offers = contact.link.offers()  # not in the task: by then the Link may be over
        self._tasks.start(self._take_offers(contact, offers))
        self._attach(contact)

    async def _take_offers(self, contact: Contact, offers: AsyncIterator[IncomingOffer]) -> None:
        await self._restored.wait()
        await self._receiving.take_offers(contact, offers)

    def on_chosen(self, contact: Contact | None) -> None:
        self._open_for(contact)

    def on_change(self, contact: Contact) -> None:
        """Show their transfers as paused while the path is broken."""
        if contact is self._people.chosen or self._people.to_all:
            self._open_for(self._people.chosen)
        for transfer in self._transfers.unfinished(contact):
            self._following.update(transfer)

    def _open_for(self, contact: Contact | None) -> None:
        if self._people.to_all:
            self._view.open_for(joined([each.name for each in self._people.addressed]), "")
        elif contact is None or not contact.known:
            self._view.open_for("", _("Nobody is connected yet."))
        elif contact.state in GONE:
            self._view.open_for(contact.name, _("{name} is out of reach.", name=contact.name))
        else:
            self._view.open_for(contact.name, "")

    def on_gone(self, contact: Contact, reason: str) -> None:
        """What comes from them is interrupted, and so is what goes to them when the Link is over;
        till then the library offers it again by itself. Then remove the cards of what was not
        accepted here.
        """
        over = contact.state is LinkState.CLOSED
        lost = [each for each in self._transfers.unfinished(contact) if each.incoming or over]
        for transfer in lost:
            transfer.lose(reason)
            self._transfers.show(transfer)
        if over:
            self._transfers.forget(contact)
            if begun := sum(each.begun for each in lost):
                self._notices.problem(f"{_unfinished(begun)} {reason}")


_ANSWERS = frozenset(("accept", "accept-all", "accept-folder", "choose", "decline"))


def _unfinished(count: int) -> str:
    return ngettext("A transfer was not finished.", "{count} transfers were not finished.", count)
