"""All offers of one Link, in both directions."""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncIterator, Sequence
from typing import assert_never

from peerscript.aio.inbox import EndOfInbox, Inbox
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
from peerscript.protocol.transfer.earlier import Earlier
from peerscript.protocol.transfer.inbound import Inbound
from peerscript.protocol.transfer.messages import (
    Accept,
    Again,
    Cancel,
    Decline,
    FileData,
    FileMessage,
    Have,
    Listing,
    Offered,
    Pause,
    Received,
    Written,
)
from peerscript.protocol.vocabulary import Malformed
from peerscript.transfer.incoming import IncomingOffer
from peerscript.transfer.offering import Offering
from peerscript.transfer.outgoing import OutgoingOffer
from peerscript.transfer.ports import FileChannel, FileLink

logger = logging.getLogger("peerscript")

ANSWERS_LIMIT = 4 * 1024 * 1024  # bytes of answers that the other page may leave unread
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
        self._offering = Offering(messages, data, self._tell, self._tasks)
        self._incoming: dict[int, IncomingOffer] = {}
        self._inbound = Inbound(time.monotonic())
        self._offers: Inbox[IncomingOffer] = Inbox("the offers of a link")
        self._earlier = Earlier()
        self._lost: list[FileMessage] = []  # asks for what was lost here and may be awaited there
        messages.on("restart", self._on_restart)
        messages.on("opened", self._offering.on_opened)
        messages.on("missing", self._offering.on_missing)
        for work in (self._read(), self._read_data(), self._offering.send_all(), self._watch()):
            self._tasks.start(work)

    async def send(self, sources: Sequence[Source], name: str, key: str) -> OutgoingOffer:
        """See `Link.send_files`."""
        return await self._offering.send(sources, name, key)

    async def offers(self) -> AsyncIterator[IncomingOffer]:
        """See `Link.offers`."""
        while True:
            try:
                offer = await self._offers.get()
            except EndOfInbox:
                return
            if not offer.settled or offer._machine.manifest.again:  # else it was taken back
                yield offer

    # What is to be said

    def _on_incoming(self, offer: IncomingOffer) -> None:
        """Something about it has changed."""
        self._tell(offer._machine.outgoing)
        if offer.answered:
            self._inbound.answered(offer._machine.id)
        if offer.settled and offer._machine.id in self._incoming:
            del self._incoming[offer._machine.id]
            self._earlier.note(offer._machine)

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
                self._on_offered(message)
            case Listing():
                self._on_listing(message)
            case Have() | Accept() | Decline() | Written() | Received():
                if outgoing := self._offering.find(message.id):  # else it has ended here
                    outgoing._on_answer(message)
            case Again():
                if outgoing := self._offering.find(message.id):
                    self._offering.offer_again(outgoing)
            case Pause() | Cancel():
                self._on_change(message)
            case _:
                assert_never(message)

    def _on_offered(self, message: Offered) -> None:
        if message.id in self._incoming:
            raise Malformed(f"the offer {message.id} is made twice")
        answer = self._inbound.on_offer(message, time.monotonic())
        for offer in tuple(self._incoming.values()):
            if offer.key == message.key:
                offer._give_way()
        if answer:
            self._tell([answer])

    def _on_listing(self, message: Listing) -> None:
        if manifest := self._inbound.on_listing(message):
            offer = IncomingOffer(
                message.id, manifest, lambda: self._on_incoming(offer), self._tasks
            )
            self._incoming[message.id] = offer
            self._earlier.apply(offer._machine)
            offer._publish()
            if not offer.settled:
                self._offers.put(offer)

    def _on_change(self, message: Pause | Cancel) -> None:
        found = self._incoming.get if message.own else self._offering.find
        if offer := found(message.id):
            offer._on_message(message)
        elif message.own and isinstance(message, Cancel):
            self._inbound.answered(message.id)  # taken back while it was listed

    # The Link

    async def _watch(self) -> None:
        """Follow the Link to its end."""
        async for state in self._link.states():
            if state is LinkState.LOST:
                self._lost += [Again(id) for id in self._incoming]
                self._lose_incoming(self._link.error or LinkClosed(LOST))
                self._offering.on_lost()
            elif state is LinkState.CONNECTED:
                self._tell(self._lost)
                self._offering.go_on()
        error = self._link.error or LinkClosed(f"the link to {self._link.peer_id} is over")
        self._lose_incoming(error)
        self._offering.on_over(error)
        self._offers.close()

    def _on_restart(self) -> None:
        self._lost.clear()
        self._inbound.forget()
        self._lose_incoming(TransferLost("the other page was loaded again"))
        self._offering.on_restart()

    def _lose_incoming(self, error: PeerScriptError) -> None:
        for offer in tuple(self._incoming.values()):
            offer._lose(error)
