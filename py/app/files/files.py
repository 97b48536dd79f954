"""All transfers of this page."""

from __future__ import annotations

import asyncio
import itertools
import secrets
import time
from collections.abc import Sequence
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
from app.files.transfer import FilesView, Transfer
from app.files.transfers import Received, TransferList
from app.notices import Notices
from app.people.contact import Contact, Listener
from app.people.roster import Roster
from app.tasks import Tasks
from peerscript.protocol.link.state import LinkState
from peerscript.protocol.throttle import Throttle

# Limits on offers of one contact: how many may wait for an answer, and their rate. Further ones are
# declined without being shown.
MAX_OFFERS = 200
MAX_OFFERS_IN_ALL = 1000
OFFERS_PER_SECOND = 5


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
        # A random start: after a reload, messages about an earlier file must match no new one.
        self._numbers = itertools.count(secrets.randbelow(2**31))
        self._channels: dict[Contact, FileChannels] = {}
        self._locks: dict[Contact, asyncio.Lock] = {}
        self._throttles: dict[Contact, Throttle] = {}
        self._unsent_losses: dict[Contact, list[Transfer]] = {}

    def offer(self, sources: Sequence[Source]) -> None:
        """Offer files to the chosen contact."""
        contact = self._people.chosen
        if contact is None or not contact.known:
            if sources:
                self._notices.problem("Nobody is connected, so no file was sent.")
            return
        for source in sources:
            lock = self._locks.setdefault(contact, asyncio.Lock())
            channels, number = self._channels[contact], next(self._numbers)
            transfer = OutgoingFile(channels, number, source, self._transfers, lock)
            self._transfers.add(transfer)
            self._tasks.start(transfer.run())

    def received(self, key: str) -> Received | None:
        """The received file of a row; None if there is none."""
        return self._transfers.received(key)

    async def act(self, key: str, action: str) -> None:
        """Carry out the action of a row's button: accept, decline or cancel."""
        transfer = self._transfers.find(key)
        if isinstance(transfer, IncomingFile) and action == "accept":
            await transfer.accept()
        elif isinstance(transfer, IncomingFile) and action == "decline":
            await transfer.decline()
        elif transfer is not None and action == "cancel":
            await transfer.cancel()

    # Messages of contacts

    async def _on_message(self, contact: Contact, message: FileMessage) -> None:
        match message:
            case FileOffer():
                await self._on_offer(contact, message)
            case FileCancel():
                await self._dispatch(self._transfers.numbered(contact, "in", message.id), message)
            case FileAccept() | FileDecline() | FileProgress() | FileReceived() | FileStop():
                await self._dispatch(self._transfers.numbered(contact, "out", message.id), message)
            case _:
                assert_never(message)

    async def _on_data(self, contact: Contact, message: FileData) -> None:
        transfer = self._transfers.numbered(contact, "in", message.id)
        if isinstance(message, FileDone):
            await self._dispatch(transfer, message)
        elif isinstance(transfer, IncomingFile):
            await transfer.on_piece(message.offset, message.data)

    @staticmethod
    async def _dispatch(transfer: Transfer | None, message: FileMessage | FileDone) -> None:
        if transfer is not None:
            await transfer.on_message(message)

    async def _on_offer(self, contact: Contact, offer: FileOffer) -> None:
        channels = self._channels[contact]
        if not self._may_offer(contact) or self._transfers.numbered(contact, "in", offer.id):
            await channels.send(FileDecline(offer.id))
            return
        transfer = IncomingFile(channels, offer, self._transfers, self._store)
        self._transfers.add(transfer)
        self._people.announce(contact, f"{contact.name} wants to send you {transfer.name}.")

    def _may_offer(self, contact: Contact) -> bool:
        now = time.monotonic()
        throttle = self._throttles.setdefault(contact, Throttle(OFFERS_PER_SECOND, MAX_OFFERS, now))
        return (
            throttle.allows(now)
            and self._transfers.offers(contact) < MAX_OFFERS
            and self._transfers.offers() < MAX_OFFERS_IN_ALL
        )

    # Contacts (contact.Listener)

    def on_joined(self, contact: Contact) -> None:
        self._channels[contact] = channels = FileChannels(contact)
        self._tasks.start(
            channels.read(partial(self._on_message, contact), partial(self._on_data, contact))
        )

    def on_change(self, contact: Contact) -> None:
        """Pause their transfers while the path is broken."""
        for transfer in self._transfers.unfinished(contact):
            if transfer.in_progress:
                transfer.start_or_pause()
        if contact.link.connected:
            for transfer in self._unsent_losses.pop(contact, ()):
                self._tasks.start(transfer.send_lost())

    def on_gone(self, contact: Contact, reason: str) -> None:
        """Fail all unfinished transfers. When the Link is over, remove their rows, except those of
        files that can still be saved.
        """
        self._locks.pop(contact, None)
        lost = self._transfers.unfinished(contact)
        begun = sum(each.in_progress or each.direction == "out" for each in lost)
        if contact.state is LinkState.CLOSED:
            self._forget(
                contact
            )  # first, so that hundreds of failing transfers are not drawn again
            if begun:
                which = "A file has" if begun == 1 else f"{begun} files have"
                self._notices.problem(f"{which} not arrived. {reason}")
        elif contact.state is LinkState.LOST:  # given up here; their page may still be waiting
            self._unsent_losses.setdefault(contact, []).extend(lost)
        for transfer in lost:
            transfer.lose(f"The connection ended before the file had arrived. {reason}")

    def _forget(self, contact: Contact) -> None:
        self._transfers.forget(contact)
        self._channels.pop(contact, None)
        self._unsent_losses.pop(contact, None)
        self._throttles.pop(contact, None)
