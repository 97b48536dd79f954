"""All transfers of this page."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Sequence

from app.files.transfer import FilesView, Transfer
from app.files.transfers import Received, TransferList
from app.notices import Notices
from app.people.contact import Contact, Listener
from app.people.roster import Roster
from app.tasks import Tasks
from peerscript.ports.files import Source, Store
from peerscript.protocol.link.state import LinkState
from peerscript.transfer import IncomingOffer, OutgoingOffer

# How many files may wait for an answer: a contact's, and everybody's. Offers with more are declined
# without being shown; the library limits how many offers come, and how fast.
MAX_OFFERED = 1000
MAX_OFFERED_IN_ALL = 4000
ROWS_AT_ONCE = 20  # shown without letting others run


class Files(Listener):
    """Offers files to people, and takes what is offered."""

    def __init__(
        self, people: Roster, view: FilesView, notices: Notices, store: Store, tasks: Tasks
    ) -> None:
        self._people = people
        self._transfers = TransferList(view)
        self._notices = notices
        self._store = store
        self._tasks = tasks
        self._numbers = itertools.count(1)

    def offer(self, sources: Sequence[Source]) -> None:
        """Offer files to the chosen contact."""
        if not sources:
            return
        contact = self._people.chosen
        if contact is None or not contact.known:
            self._notices.problem("Nobody is connected, so no file was sent.")
            return
        self._tasks.start(self._offer(contact, sources))

    async def _offer(self, contact: Contact, sources: Sequence[Source]) -> None:
        await self._show(contact, await contact.link.send_files(sources))

    def received(self, key: str) -> Received | None:
        """The received file of a row; None if there is none."""
        return self._transfers.received(key)

    async def act(self, key: str, action: str) -> None:
        """Carry out the action of a row's button: accept, decline or cancel."""
        transfer = self._transfers.find(key)
        if transfer is None or transfer.over:
            return
        offer, index = transfer.offer, transfer.index
        if action == "cancel":
            offer.cancel([index])
        elif isinstance(offer, IncomingOffer) and action == "accept":
            try:
                await offer.accept(self._store, [index], decline_others=False)
            except OSError as error:
                offer.cancel([index], reason=f"The file could not be kept: {error}", failed=True)
        elif isinstance(offer, IncomingOffer) and action == "decline":
            offer.decline([index])

    async def _take_offers(self, contact: Contact, offers: AsyncIterator[IncomingOffer]) -> None:
        async for offer in offers:
            count = len(offer.files)
            theirs, all_theirs = self._transfers.offers(contact), self._transfers.offers()
            if theirs + count > MAX_OFFERED or all_theirs + count > MAX_OFFERED_IN_ALL:
                offer.decline()
                continue
            what = offer.files[0].info.path if count == 1 else f"{count} files"
            await self._show(contact, offer)
            self._people.announce(contact, f"{contact.name} wants to send you {what}.")

    async def _show(self, contact: Contact, offer: IncomingOffer | OutgoingOffer) -> None:
        """Show each file of an offer, and what becomes of it."""
        number = next(self._numbers)
        rows: list[Transfer] = []

        def changed(index: int) -> None:
            if index < len(rows):
                rows[index].update()

        offer.on("change", changed)
        for index in range(len(offer.files)):
            if contact.state is LinkState.CLOSED:
                return
            rows.append(Transfer(contact, offer, number, index, self._transfers))
            self._transfers.add(rows[index])
            rows[index].update()  # it may have ended already
            if index % ROWS_AT_ONCE == ROWS_AT_ONCE - 1:
                await asyncio.sleep(0)

    # Contacts (contact.Listener)

    def on_joined(self, contact: Contact) -> None:
        offers = contact.link.offers()  # not in the task: by then the Link may be over
        self._tasks.start(self._take_offers(contact, offers))

    def on_change(self, contact: Contact) -> None:
        """Show their transfers as paused while the path is broken."""
        for transfer in self._transfers.unfinished(contact):
            if transfer.in_progress:
                transfer.update()

    def on_gone(self, contact: Contact, reason: str) -> None:
        """Fail all unfinished transfers. When the Link is over, remove their rows, except those of
        files that can still be saved.
        """
        lost = self._transfers.unfinished(contact)
        begun = sum(each.in_progress or each.direction == "out" for each in lost)
        if contact.state is LinkState.CLOSED:
            # First, so that hundreds of failing transfers are not drawn again.
            self._transfers.forget(contact)
            if begun:
                which = "A file has" if begun == 1 else f"{begun} files have"
                self._notices.problem(f"{which} not arrived. {reason}")
        for transfer in lost:
            transfer.lose(f"The connection ended before the file had arrived. {reason}")
