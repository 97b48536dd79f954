"""All offers of one Link, in both directions."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import AsyncIterator, Sequence
from typing import assert_never

from peerscript.aio.inbox import EndOfInbox, Inbox
from peerscript.aio.lifecycle import Announcer
from peerscript.aio.tasks import TaskOwner
from peerscript.errors import (
    LinkClosed,
    LinkMisused,
    NoSuchChannel,
    OutboxFull,
    PeerScriptError,
    TransferLost,
)
from peerscript.ports.files import Source
from peerscript.protocol.link.state import LinkState
from peerscript.protocol.transfer.inbound import Inbound
from peerscript.protocol.transfer.manifest import listed
from peerscript.protocol.transfer.messages import (
    Accept,
    Cancel,
    Decline,
    FileData,
    FileMessage,
    Listing,
    Offered,
    Pause,
    Received,
    Written,
)
from peerscript.protocol.vocabulary import Malformed
from peerscript.transfer.incoming import IncomingOffer
from peerscript.transfer.outgoing import OutgoingOffer
from peerscript.transfer.ports import FileChannel, FileLink

logger = logging.getLogger("peerscript")

ANSWERS_LIMIT = 4 * 1024 * 1024  # bytes of answers that the other page may leave unread
PATIENCE = 5.0  # seconds for the other page to open the channel, from when it is missing
LOST = "The connection was lost before the file had arrived."


class Exchange:
    """The offers of a Link.

    Args:
        messages, data: the channels of `protocol.transfer.messages`.
        tasks: the Link's.
    """

    def __init__(
        self,
        link: FileLink,
        messages: FileChannel[FileMessage],
        data: FileChannel[FileData],
        tasks: TaskOwner,
    ) -> None:
        self._link = link
        self._messages = messages
        self._data = data
        self._tasks = TaskOwner("files", tasks)
        # A random start: after a reload, messages about an earlier offer must match no new one.
        self._next_id = secrets.randbelow(2**31)
        self._outgoing: dict[int, OutgoingOffer] = {}  # those that are not settled
        self._incoming: dict[int, IncomingOffer] = {}
        self._inbound = Inbound(time.monotonic())
        self._offers: Inbox[IncomingOffer] = Inbox("the offers of a link")
        self._work = Announcer()
        self._over = False
        self._untold: list[FileMessage] = []  # of what was lost here and may be awaited there
        self._opened = Announcer()
        messages.on("restart", self._on_restart)
        messages.on("opened", self._on_opened)
        messages.on("missing", self._on_missing)
        for work in (self._read(), self._read_data(), self._send_all(), self._watch()):
            self._tasks.start(work)

    async def send(self, sources: Sequence[Source], name: str, key: str) -> OutgoingOffer:
        """See `Link.send_files`."""
        id, self._next_id = self._next_id, self._next_id + 1
        key = key or secrets.token_hex(16)
        offer = OutgoingOffer(id, name, key, sources, lambda: self._on_outgoing(offer), self._tasks)
        messages = listed(id, offer._machine.manifest)
        self._outgoing[id] = offer
        try:
            for message in messages:
                await self._deliver(message)
        except BaseException:
            offer.cancel(reason="The offer was taken back.")
            raise
        return offer

    async def _deliver(self, message: FileMessage) -> None:
        try:
            await self._messages.send(message)
        except NoSuchChannel:
            try:
                async with asyncio.timeout(PATIENCE):
                    await self._opened.change()
            except TimeoutError:
                raise self._no_files() from None
            await self._messages.send(message)

    async def offers(self) -> AsyncIterator[IncomingOffer]:
        """See `Link.offers`."""
        while True:
            try:
                offer = await self._offers.get()
            except EndOfInbox:
                return
            if not offer.settled:  # else it was taken back
                yield offer

    # What arrives

    # What is to be said

    def _on_outgoing(self, offer: OutgoingOffer) -> None:
        """Something about it has changed."""
        self._tell(offer._machine.outgoing)
        if offer.settled:
            self._outgoing.pop(offer._machine.id, None)
        self._work.announce()

    def _on_incoming(self, offer: IncomingOffer) -> None:
        """Something about it has changed."""
        self._tell(offer._machine.outgoing)
        if offer.answered:
            self._inbound.answered(offer._machine.id)
        if offer.settled:
            self._incoming.pop(offer._machine.id, None)

    def _tell(self, messages: list[FileMessage]) -> None:
        """Send these, and clear the list. They go before what waits for room."""
        try:
            for message in messages:
                self._messages.send_nowait(message, limit=ANSWERS_LIMIT)
        except OutboxFull as error:
            words = f"{self._link.peer_id} reads nothing about files: {error}"
            self._tasks.start(self._link.close(LinkMisused(words)))
        except (LinkClosed, NoSuchChannel) as error:
            logger.info("%s is told nothing about files: %s", self._link.peer_id, error)
        messages.clear()

    async def _send_all(self) -> None:
        """Send what was accepted, piece by piece, the files of an offer one after the other."""
        while not self._over:
            offer = next((each for each in self._outgoing.values() if each._ready), None)
            if offer is None:
                await self._work.change()
                continue
            try:
                await offer._send_next(self._data)
            except PeerScriptError as error:
                offer._lose(error)

    # What arrives

    async def _read(self) -> None:
        async for message in self._messages:
            try:
                self._on_message(message)
            except Malformed as error:
                await self._drop(error)
                return

    async def _read_data(self) -> None:
        async for message in self._data:
            offer = self._incoming.get(message.id)
            try:
                if offer is not None:  # else it has ended here
                    offer._on_data(message)
            except Malformed as error:
                await self._drop(error)
                return

    async def _drop(self, error: Malformed) -> None:
        await self._link.close(LinkMisused(f"{self._link.peer_id} sent rubbish: {error}"))

    def _on_message(self, message: FileMessage) -> None:
        match message:
            case Offered():
                if message.id in self._incoming:
                    raise Malformed(f"the offer {message.id} is made twice")
                if answer := self._inbound.on_offer(message, time.monotonic()):
                    self._tell([answer])
            case Listing():
                self._on_listing(message)
            case Accept() | Decline() | Written() | Received():
                if outgoing := self._outgoing.get(message.id):  # else it has ended here
                    outgoing._on_answer(message)
            case Pause() | Cancel():
                self._on_change(message)
            case _:
                assert_never(message)

    def _on_listing(self, message: Listing) -> None:
        if manifest := self._inbound.on_listing(message):
            offer = IncomingOffer(
                message.id, manifest, lambda: self._on_incoming(offer), self._tasks
            )
            self._incoming[message.id] = offer
            self._offers.put(offer)

    def _on_change(self, message: Pause | Cancel) -> None:
        found = self._incoming if message.own else self._outgoing
        if offer := found.get(message.id):
            offer._on_message(message)
        elif message.own and isinstance(message, Cancel):
            self._inbound.answered(message.id)  # taken back while it was listed

    # The Link

    async def _watch(self) -> None:
        """Follow the Link to its end."""
        async for state in self._link.states():
            if state is LinkState.LOST:
                self._untold += [_lost(offer, own=True) for offer in self._outgoing.values()]
                self._untold += [_lost(offer, own=False) for offer in self._incoming.values()]
                self._lose_all(self._link.error or LinkClosed(LOST))
            elif state is LinkState.CONNECTED:
                self._tell(self._untold)
        self._over = True
        self._lose_all(self._link.error or LinkClosed(f"the link to {self._link.peer_id} is over"))
        self._offers.close()
        self._work.announce()

    def _on_restart(self) -> None:
        self._untold.clear()
        self._inbound.forget()
        self._lose_all(TransferLost("the other page was loaded again"))

    def _on_missing(self) -> None:
        self._tasks.start(self._give_up_if_missing())

    async def _give_up_if_missing(self) -> None:
        """The other page may be about to open the channel."""
        try:
            async with asyncio.timeout(PATIENCE):
                await self._opened.change()
        except TimeoutError:
            for offer in list(self._outgoing.values()):
                self._untold.append(_lost(offer, own=True))
                offer._lose(self._no_files())

    def _on_opened(self) -> None:
        self._tell(self._untold)
        self._opened.announce()

    def _no_files(self) -> NoSuchChannel:
        return NoSuchChannel("the other page takes no files")

    def _lose_all(self, error: PeerScriptError) -> None:
        for offer in (*self._outgoing.values(), *self._incoming.values()):
            offer._lose(error)


def _lost(offer: OutgoingOffer | IncomingOffer, *, own: bool) -> Cancel:
    return Cancel(offer._machine.id, own, True, 0, len(offer.files), LOST)
