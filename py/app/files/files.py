"""All transfers of this page."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Sequence
from dataclasses import replace

from app.files.activity import Activity
from app.files.ports import Attention, Disk, FilesView, Journal
from app.files.record import Record
from app.files.resuming import Resuming, in_order, is_same
from app.files.saving import Saver
from app.files.transfer import Transfer
from app.files.transfers import TransferList
from app.notices import Notices
from app.people.contact import Contact, Listener
from app.people.roster import Roster
from app.tasks import Tasks
from peerscript.errors import TransferError, TransferLost
from peerscript.ports.files import Source, Store
from peerscript.protocol.link.state import LinkState
from peerscript.protocol.transfer.messages import MAX_FILES
from peerscript.transfer import IncomingOffer, OutgoingOffer

# Offers that may wait for an answer, and the files in them. More are declined without being shown.
# Of one page the library takes 200 with 40,000 files.
MAX_OFFERS_IN_ALL = 1000
MAX_OFFERED_IN_ALL = 100_000
PAUSE = 0.2  # seconds between two updates of a card
GONE = (LinkState.LOST, LinkState.CLOSED)


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
        self._store = store
        self._tasks = tasks
        self._attention = attention
        self._saver = Saver(disk, notices)
        self._resuming = Resuming(journal, store, disk)
        self._transfers = TransferList(view, Activity(attention))
        self._numbers = itertools.count(1)
        self._restored = asyncio.Event()

    def find(self, key: str) -> Transfer | None:
        """The transfer of a card."""
        return self._transfers.find(key)

    async def restore(self) -> None:
        """Show the transfers from before a reload. Nothing that comes is taken before that."""
        try:
            async for transfer in self._resuming.restored():
                self._transfers.add(transfer)
                for contact in self._people.all:
                    self._attach(contact)
        finally:
            self._restored.set()

    def _attach(self, contact: Contact) -> None:
        """Show a contact's transfers from before a reload in the conversation with them."""
        for transfer in self._transfers.waiting(contact.session):
            transfer.contact = contact
            self._transfers.show(transfer)

    # Offering

    def offer(self, sources: Sequence[Source]) -> None:
        """Offer files to the chosen contact. Problems are shown."""
        contact = self._people.chosen
        if contact is None or not contact.known:
            self._notices.problem("Nobody is connected, so no file was sent.")
        elif not sources:
            self._notices.problem("There is no file in it.")
        elif len(sources) > MAX_FILES:
            self._notices.problem(
                f"{len(sources):,} files are too many at once: at most {MAX_FILES:,}. "
                "Send them in parts, or as one archive."
            )
        else:
            self._attention.ask()
            self._tasks.start(self._offer(contact, sources))

    async def offer_found(self, found: Awaitable[Sequence[Source]]) -> None:
        """Offer files that have yet to be looked for, in the folders that were dropped."""
        try:
            sources = await found
        except OSError as error:
            self._notices.problem(f"Not everything could be read, so nothing was sent: {error}")
        else:
            self.offer(sources)

    async def _offer(self, contact: Contact, sources: Sequence[Source]) -> None:
        offer = await contact.link.send_files(sources, name=common_folder(sources))
        handles = tuple(getattr(each, "handle", None) for each in sources)
        record = _record(contact, offer, handles if None not in handles else ())
        await self._resuming.keep(record)
        self._begin(Transfer(self._new_key(contact, "out"), record), contact, offer, sources)

    async def go_on(self, key: str, chosen: Sequence[Source] = ()) -> None:
        """Offer the files of an own transfer again that was interrupted. Problems are shown.

        Args:
            chosen: where the person has found them; not needed where the browser has kept that.
        """
        transfer = self._transfers.find(key)
        if transfer is None or transfer.incoming or not transfer.waits:
            return
        contact = self._contact_for(transfer)
        if contact is None:
            self._notices.problem("Nobody is connected, so no file was sent.")
            return
        record = transfer.record
        try:
            found = chosen or transfer.sources or await self._resuming.opened(record)
            sources = in_order(record, found)
        except OSError as error:
            transfer.problem = f"It cannot go on: {error}."
            transfer.record = replace(record, handles=())  # the person has to choose
            self._transfers.show(transfer)
            return
        offer = await contact.link.send_files(sources, name=record.name, key=record.key)
        self._begin(transfer, contact, offer, sources)

    def _contact_for(self, transfer: Transfer) -> Contact | None:
        """With whom a transfer goes on: the person of before, else the chosen one."""
        able = [each for each in self._people.all if each.known and each.state not in GONE]
        same = (each for each in able if each.session == transfer.record.session)
        return next(same, self._people.chosen if self._people.chosen in able else None)

    # What a card's buttons do

    async def act(self, key: str, action: str, index: int | None = None) -> None:
        """Carry out the action of a card's button, or of one in the line of a file."""
        transfer = self._transfers.find(key)
        if transfer is None:
            return
        if action in ("save", "save-folder"):
            await self._save(transfer, index, folder=action == "save-folder")
        elif action == "choose":
            await self.go_on(key)
        elif action == "remove":
            if transfer.over or transfer.waits:
                self._transfers.remove(transfer)
                await self._resuming.forget(transfer.record)
        elif transfer.offer is not None:
            await self._answer(transfer, action, None if index is None else [index])
            self._update(transfer)

    async def _save(self, transfer: Transfer, index: int | None, *, folder: bool) -> None:
        if folder:
            everything = await self._saver.save_to_folder(transfer)
        else:
            everything = await self._saver.save(transfer, index)
        if everything and transfer.over:
            await self._resuming.saved(transfer)

    async def _answer(self, transfer: Transfer, action: str, only: list[int] | None) -> None:
        offer = transfer.offer
        assert offer is not None
        if isinstance(offer, IncomingOffer) and action in ("accept", "accept-all"):
            await self._accept(transfer, offer, everything=action == "accept-all")
        elif isinstance(offer, IncomingOffer) and action == "decline":
            offer.decline(only)
        elif action == "pause":
            offer.pause(only)
        elif action == "resume":
            offer.resume(only)
        elif action == "cancel":
            offer.cancel(only)
            if only and transfer.incoming:
                await self._keep_wanted(transfer, set(transfer.wanted) - set(only))

    async def _accept(self, transfer: Transfer, offer: IncomingOffer, *, everything: bool) -> None:
        self._attention.ask()
        numbers = set(range(len(offer.files)))
        wanted = numbers if everything else numbers - transfer.unwanted
        await self._take(transfer, offer, wanted)

    async def _take(self, transfer: Transfer, offer: IncomingOffer, wanted: set[int]) -> None:
        try:
            await offer.accept(self._store, sorted(wanted))
        except OSError as error:
            transfer.problem = f"It cannot be kept: {error}."
        else:
            await self._keep_wanted(transfer, wanted)
        self._update(transfer)

    async def _keep_wanted(self, transfer: Transfer, wanted: set[int]) -> None:
        everything = len(wanted) == len(transfer.files)
        transfer.record = replace(
            transfer.record, wanted=() if everything else tuple(sorted(wanted))
        )
        if wanted and not transfer.over:
            await self._resuming.keep(transfer.record)

    def want(self, key: str, index: int | None, *, wanted: bool) -> None:
        """Tick a file of an offer, or all of them, to be accepted; or untick."""
        transfer = self._transfers.find(key)
        if transfer is None:
            return
        numbers = range(len(transfer.files)) if index is None else [index]
        if wanted:
            transfer.unwanted.difference_update(numbers)
        else:
            transfer.unwanted.update(numbers)
        self._transfers.show(transfer)

    # Offers that come

    async def _take_offers(self, contact: Contact, offers: AsyncIterator[IncomingOffer]) -> None:
        await self._restored.wait()
        async for offer in offers:
            before = self._transfers.resumable(offer.key, contact)
            if before and is_same(before.record, offer):
                self._take_again(before, contact, offer)
                continue
            waiting = self._transfers.unanswered()
            files = len(offer.files) + sum(len(each.files) for each in waiting)
            if len(waiting) >= MAX_OFFERS_IN_ALL or files > MAX_OFFERED_IN_ALL:
                offer.decline()
                continue
            transfer = Transfer(self._new_key(contact, "in"), _record(contact, offer))
            self._begin(transfer, contact, offer)
            self._people.note_unread(contact)
            what = transfer.title if transfer.one else f"{len(offer.files)} files"
            self._people.announce(contact, f"{contact.name} wants to send you {what}.")
            await self._check_room(transfer)

    def _take_again(self, transfer: Transfer, contact: Contact, offer: IncomingOffer) -> None:
        """Go on with what was offered before; by itself if it was accepted."""
        accepted = transfer.begun
        self._begin(transfer, contact, offer)
        if accepted:
            self._tasks.start(self._take(transfer, offer, set(transfer.wanted)))

    async def _check_room(self, transfer: Transfer) -> None:
        """Say before it is accepted that there is no room for it."""
        try:
            await self._store.check_room(transfer.size)
        except OSError as error:
            transfer.problem = f"It cannot be kept: {error}."
            self._update(transfer)

    # Showing

    def _new_key(self, contact: Contact, direction: str) -> str:
        return f"{direction}-{contact.key}-{next(self._numbers)}"

    def _begin(
        self,
        transfer: Transfer,
        contact: Contact,
        offer: IncomingOffer | OutgoingOffer,
        sources: Sequence[Source] = (),
    ) -> None:
        transfer.go(contact, offer, sources)
        self._transfers.add(transfer)
        self._tasks.start(self._follow(transfer, offer))

    async def _follow(self, transfer: Transfer, offer: IncomingOffer | OutgoingOffer) -> None:
        """Show what becomes of a transfer, until this offer of it has ended."""
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
                transfer.lose(sentence(error))
        except TransferError:
            if transfer.offer is offer:
                transfer.end(progress)
        else:
            transfer.end(progress)
        self._transfers.show(transfer)
        if transfer.over:
            await self._resuming.settle(transfer)

    def _update(self, transfer: Transfer) -> None:
        transfer.refresh()
        self._transfers.show(transfer)

    # Contacts (contact.Listener)

    def on_joined(self, contact: Contact) -> None:
        offers = contact.link.offers()  # not in the task: by then the Link may be over
        self._tasks.start(self._take_offers(contact, offers))
        self._attach(contact)

    def on_chosen(self, contact: Contact | None) -> None:
        self._open_for(contact)

    def on_change(self, contact: Contact) -> None:
        """Show their transfers as paused while the path is broken."""
        if contact is self._people.chosen:
            self._open_for(contact)
        for transfer in self._transfers.unfinished(contact):
            self._update(transfer)

    def _open_for(self, contact: Contact | None) -> None:
        if contact is None or not contact.known:
            self._view.open_for("", "Nobody is connected yet.")
        elif contact.state in GONE:
            self._view.open_for(contact.name, f"{contact.name} is out of reach.")
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
                which = "A transfer was" if begun == 1 else f"{begun} transfers were"
                self._notices.problem(f"{which} not finished. {reason}")


def _record(
    contact: Contact, offer: IncomingOffer | OutgoingOffer, handles: tuple[object, ...] = ()
) -> Record:
    return Record(
        key=offer.key,
        incoming=isinstance(offer, IncomingOffer),
        session=contact.session,
        person=contact.name,
        name=offer.name,
        files=tuple(file.info for file in offer.files),
        handles=handles,
    )


def common_folder(sources: Sequence[Source]) -> str:
    """The folder that all of them are in; "" if there is none."""
    tops = {each.folder.partition("/")[0] for each in sources}
    return tops.pop() if len(tops) == 1 else ""


def sentence(error: Exception) -> str:
    """An error's text, as a sentence that stands alone."""
    words = str(error)
    return f"{words[:1].upper()}{words[1:].rstrip('.')}."
