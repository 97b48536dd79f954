"""All transfers of this page."""

from __future__ import annotations

import asyncio
import itertools
import secrets
from collections.abc import Iterator, Sequence

from app.files.incoming import IncomingFile
from app.files.messages import (
    FileAccept,
    FileCancel,
    FileDecline,
    FileDone,
    FileOffer,
    FileProgress,
    FileReceived,
    FileStop,
    Message,
)
from app.files.outgoing import OutgoingFile
from app.files.ports import Source, Store
from app.files.transfer import FilesView, Transfer, TransferState
from app.notices import Notices
from app.people.contact import Contact, Listener
from app.people.roster import Roster
from app.tasks import Tasks
from peerscript.protocol.link.state import LinkState

MAX_OFFERS = 200  # open offers of one contact; more are declined unseen

_FROM_RECEIVER = (FileAccept, FileDecline, FileProgress, FileReceived, FileStop)
_FROM_SENDER = (FileDone, FileCancel)


class Files(Listener):
    """Offers files to people, and takes what is offered."""

    def __init__(
        self, people: Roster, view: FilesView, notices: Notices, store: Store, tasks: Tasks
    ) -> None:
        self._people = people
        self._view = view
        self._notices = notices
        self._store = store
        self._tasks = tasks
        # A page that is loaded again begins elsewhere: nothing said of a file before fits another.
        self._numbers = itertools.count(secrets.randbelow(2**31))
        self._turns: dict[Contact, asyncio.Lock] = {}
        self._outgoing: dict[tuple[Contact, int], OutgoingFile] = {}
        self._incoming: dict[tuple[Contact, int], IncomingFile] = {}
        self._untold: dict[Contact, list[Transfer]] = {}

    def offer(self, sources: Sequence[Source]) -> None:
        """Offer files to whom the page is open for."""
        contact = self._people.chosen
        if contact is None or not contact.known:
            if sources:
                self._notices.problem("Nobody is connected, so no file was sent.")
            return
        for source in sources:
            turn = self._turns.setdefault(contact, asyncio.Lock())
            transfer = OutgoingFile(contact, next(self._numbers), source, self._view, turn)
            self._outgoing[contact, transfer.number] = transfer
            self._tasks.start(transfer.run())

    def find(self, key: str) -> Transfer | None:
        """The transfer of a row."""
        return next((transfer for transfer in self._all() if transfer.key == key), None)

    async def act(self, key: str, action: str) -> None:
        """Do what a row's button says: accept, decline or cancel."""
        transfer = self.find(key)
        if isinstance(transfer, IncomingFile) and action == "accept":
            await transfer.accept()
        elif isinstance(transfer, IncomingFile) and action == "decline":
            await transfer.decline()
        elif transfer is not None and action == "cancel":
            await transfer.cancel()

    # What contacts say (contact.Listener)

    async def on_message(self, contact: Contact, message: Message) -> None:
        transfer: Transfer | None = None
        if isinstance(message, FileOffer):
            await self._take_offer(contact, message)
        elif isinstance(message, _FROM_RECEIVER):
            transfer = self._outgoing.get((contact, message.id))
        elif isinstance(message, _FROM_SENDER):
            transfer = self._incoming.get((contact, message.id))
        if transfer is not None:
            await transfer.on_message(message)

    async def _take_offer(self, contact: Contact, offer: FileOffer) -> None:
        open_offers = sum(
            each.contact is contact and each.state is TransferState.OFFERED
            for each in self._incoming.values()
        )
        if (contact, offer.id) in self._incoming or open_offers >= MAX_OFFERS:
            await contact.send(FileDecline(offer.id))
            return
        transfer = IncomingFile(contact, offer, self._view, self._store)
        self._incoming[contact, offer.id] = transfer
        self._notices.announce(f"{contact.name} wants to send you {transfer.name}.")

    async def on_piece(self, contact: Contact, number: int, offset: int, data: bytes) -> None:
        transfer = self._incoming.get((contact, number))
        if transfer is not None:
            await transfer.on_piece(offset, data)

    def on_change(self, contact: Contact) -> None:
        """While the path is broken their transfers stand still."""
        for transfer in self._with(contact):
            if transfer.under_way:
                transfer.travel()
        if contact.link.connected:
            for transfer in self._untold.pop(contact, ()):
                self._tasks.start(transfer.tell_lost())

    def on_gone(self, contact: Contact, reason: str) -> None:
        """Whatever was on its way to or from them has failed."""
        self._turns.pop(contact, None)
        lost = self._with(contact)
        for transfer in lost:
            transfer.lose(f"The connection ended before the file had arrived. {reason}")
        if contact.state is LinkState.LOST:  # by this page; theirs may wait on
            self._untold.setdefault(contact, []).extend(lost)

    def _with(self, contact: Contact) -> list[Transfer]:
        return [each for each in self._all() if each.contact is contact and not each.over]

    def _all(self) -> Iterator[Transfer]:
        return itertools.chain(self._outgoing.values(), self._incoming.values())
