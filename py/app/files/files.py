"""All transfers of this page."""

from __future__ import annotations

import asyncio
import itertools
import secrets
import time
from collections.abc import Sequence

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
from app.files.shelf import Received, Shelf
from app.files.transfer import FilesView, Transfer
from app.notices import Notices
from app.people.contact import Contact, Listener
from app.people.roster import Roster
from app.tasks import Tasks
from peerscript.protocol.link.state import LinkState
from peerscript.protocol.throttle import Throttle

# Offers of one contact: those that wait for an answer, and how fast they may come. What is more is
# declined unseen.
MAX_OFFERS = 200
MAX_OFFERS_IN_ALL = 1000
OFFERS_PER_SECOND = 5

_FROM_RECEIVER = (FileAccept, FileDecline, FileProgress, FileReceived, FileStop)
_FROM_SENDER = (FileDone, FileCancel)


class Files(Listener):
    """Offers files to people, and takes what is offered."""

    def __init__(
        self, people: Roster, view: FilesView, notices: Notices, store: Store, tasks: Tasks
    ) -> None:
        self._people = people
        self._shelf = Shelf(view)
        self._notices = notices
        self._store = store
        self._tasks = tasks
        # A page that is loaded again begins elsewhere: nothing said of a file before fits another.
        self._numbers = itertools.count(secrets.randbelow(2**31))
        self._turns: dict[Contact, asyncio.Lock] = {}
        self._throttles: dict[Contact, Throttle] = {}
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
            transfer = OutgoingFile(contact, next(self._numbers), source, self._shelf, turn)
            self._shelf.add(transfer)
            self._tasks.start(transfer.run())

    def received(self, key: str) -> Received | None:
        """What the row of that key has to save."""
        return self._shelf.received(key)

    async def act(self, key: str, action: str) -> None:
        """Do what a row's button says: accept, decline or cancel."""
        transfer = self._shelf.find(key)
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
            transfer = self._shelf.numbered(contact, "out", message.id)
        elif isinstance(message, _FROM_SENDER):
            transfer = self._shelf.numbered(contact, "in", message.id)
        if transfer is not None:
            await transfer.on_message(message)

    async def _take_offer(self, contact: Contact, offer: FileOffer) -> None:
        if not self._may_offer(contact) or self._shelf.numbered(contact, "in", offer.id):
            await contact.send(FileDecline(offer.id))
            return
        transfer = IncomingFile(contact, offer, self._shelf, self._store)
        self._shelf.add(transfer)
        self._people.announce(contact, f"{contact.name} wants to send you {transfer.name}.")

    def _may_offer(self, contact: Contact) -> bool:
        now = time.monotonic()
        throttle = self._throttles.setdefault(contact, Throttle(OFFERS_PER_SECOND, MAX_OFFERS, now))
        return (
            throttle.allows(now)
            and self._shelf.offers(contact) < MAX_OFFERS
            and self._shelf.offers() < MAX_OFFERS_IN_ALL
        )

    async def on_piece(self, contact: Contact, number: int, offset: int, data: bytes) -> None:
        transfer = self._shelf.numbered(contact, "in", number)
        if isinstance(transfer, IncomingFile):
            await transfer.on_piece(offset, data)

    def on_change(self, contact: Contact) -> None:
        """While the path is broken their transfers stand still."""
        for transfer in self._shelf.going(contact):
            if transfer.under_way:
                transfer.travel()
        if contact.link.connected:
            for transfer in self._untold.pop(contact, ()):
                self._tasks.start(transfer.tell_lost())

    def on_gone(self, contact: Contact, reason: str) -> None:
        """Whatever was on its way to or from them has failed; when the Link is over, their rows
        go, but for those of files that can still be saved.
        """
        self._turns.pop(contact, None)
        lost = self._shelf.going(contact)
        begun = sum(each.under_way or each.direction == "out" for each in lost)
        for transfer in lost:
            transfer.lose(f"The connection ended before the file had arrived. {reason}")
        if contact.state is LinkState.LOST:  # by this page; theirs may wait on
            self._untold.setdefault(contact, []).extend(lost)
        elif contact.state is LinkState.CLOSED:
            self._forget(contact)
            if begun:
                which = "A file has" if begun == 1 else f"{begun} files have"
                self._notices.problem(f"{which} not arrived. {reason}")

    def _forget(self, contact: Contact) -> None:
        self._shelf.forget(contact)
        self._untold.pop(contact, None)
        self._throttles.pop(contact, None)
