"""All transfers of this page."""

from __future__ import annotations

import asyncio
import itertools
import secrets
from collections.abc import Iterator, Sequence
from functools import partial
from typing import assert_never

from app.files.channels import FileChannels
from app.files.incoming import IncomingFile
from app.files.messages import (
    FileAccept,
    FileCancel,
    FileData,
    FileDecline,
    FileDone,
    FileMessage,
    FileOffer,
    FileProgress,
    FileReceived,
    FileStop,
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
        self._channels: dict[Contact, FileChannels] = {}
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
            transfer = OutgoingFile(
                self._channels[contact], next(self._numbers), source, self._view, turn
            )
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

    # What they say

    async def _hear(self, contact: Contact, message: FileMessage) -> None:
        match message:
            case FileOffer():
                await self._take_offer(contact, message)
            case FileCancel():
                await self._tell(self._incoming.get((contact, message.id)), message)
            case FileAccept() | FileDecline() | FileProgress() | FileReceived() | FileStop():
                await self._tell(self._outgoing.get((contact, message.id)), message)
            case _:
                assert_never(message)

    async def _hear_data(self, contact: Contact, message: FileData) -> None:
        transfer = self._incoming.get((contact, message.id))
        if isinstance(message, FileDone):
            await self._tell(transfer, message)
        elif transfer is not None:
            await transfer.on_piece(message.offset, message.data)

    @staticmethod
    async def _tell(transfer: Transfer | None, message: FileMessage | FileDone) -> None:
        if transfer is not None:
            await transfer.on_message(message)

    async def _take_offer(self, contact: Contact, offer: FileOffer) -> None:
        open_offers = sum(
            each.contact is contact and each.state is TransferState.OFFERED
            for each in self._incoming.values()
        )
        channels = self._channels[contact]
        if (contact, offer.id) in self._incoming or open_offers >= MAX_OFFERS:
            await channels.send(FileDecline(offer.id))
            return
        transfer = IncomingFile(channels, offer, self._view, self._store)
        self._incoming[contact, offer.id] = transfer
        self._notices.announce(f"{contact.name} wants to send you {transfer.name}.")

    # What happens with contacts (contact.Listener)

    def on_joined(self, contact: Contact) -> None:
        self._channels[contact] = channels = FileChannels(contact)
        self._tasks.start(
            channels.read(partial(self._hear, contact), partial(self._hear_data, contact))
        )

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
