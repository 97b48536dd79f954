"""The offers of this page over one Link."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator, Callable, Sequence

from peerscript.aio.lifecycle import Announcer
from peerscript.aio.tasks import TaskOwner
from peerscript.aio.turns import Turns
from peerscript.errors import LinkClosed, NoSuchChannel, PeerScriptError, TransferLost
from peerscript.ports.files import Source
from peerscript.protocol.transfer.manifest import FileInfo, check_manifest, listed
from peerscript.protocol.transfer.messages import Cancel, FileData, FileMessage
from peerscript.protocol.transfer.transfer import FileState
from peerscript.transfer.outgoing import OutgoingOffer
from peerscript.transfer.ports import FileChannel

logger = logging.getLogger("peerscript")

PATIENCE = 5.0  # seconds for the other page to open the channel, from when it is missing
MAX_UNHEARD = 100  # offers that have ended here, and of whose end the other page may not know


class Offering:
    """Lists the offers, sends what is accepted, and makes offers again when the other page knows
    nothing of them any more.

    Args:
        messages, data: the channels of `protocol.transfer.messages`.
        tell: sends messages without waiting, and clears the list.
        tasks: run as long as the Link.
    """

    def __init__(
        self,
        messages: FileChannel[FileMessage],
        data: FileChannel[FileData],
        tell: Callable[[list[FileMessage]], None],
        tasks: TaskOwner,
    ) -> None:
        self._messages = messages
        self._data = data
        self._tell = tell
        self._tasks = tasks
        # A random start: after a reload, messages about an earlier offer must match no new one.
        self._next_id = secrets.randbelow(2**31)
        self._offers: dict[int, OutgoingOffer] = {}  # those of which more is to be said
        self._unlisted: dict[OutgoingOffer, None] = {}  # those that are made again next
        self._unheard: dict[OutgoingOffer, None] = {}
        self._untold: list[FileMessage] = []
        self._work = Announcer()
        self._opened = Announcer()
        self._giving_up: asyncio.Task[None] | None = None
        self._over = False

    async def send(self, sources: Sequence[Source], name: str, key: str) -> OutgoingOffer:
        """See `Link.send_files`."""
        files = [info async for info in _infos(sources)]
        offer = OutgoingOffer(
            self._new_id(),
            name,
            key or secrets.token_hex(16),
            bool(key),
            files,
            sources,
            lambda: self._on_change(offer),
            self._tasks,
        )
        check_manifest(offer._machine.manifest)  # before an earlier offer is touched
        for earlier in [each for each in self._offers.values() if each.key == offer.key]:
            self._drop(earlier, TransferLost("The same files were offered again."))
        self._offers[offer._machine.id] = offer
        try:
            await self._list(offer)
        except BaseException:
            offer.cancel(reason="The offer was taken back.")
            self._forget(offer)
            raise
        return offer

    def find(self, id: int) -> OutgoingOffer | None:
        """The offer of that number; None if nothing is to be said of it any more."""
        return self._offers.get(id)

    def _new_id(self) -> int:
        id, self._next_id = self._next_id, self._next_id + 1
        return id

    # Making an offer

    async def _list(self, offer: OutgoingOffer) -> None:
        """Send the list of its files, unless it is made once more, or given up, in the meantime.

        Raises:
            LinkClosed, NoSuchChannel: it cannot be sent.
        """
        id = offer._machine.id
        for message in listed(id, offer._machine.manifest):
            await self._deliver(message)
            await asyncio.sleep(0)  # packing thousands of files would hold up the page
            if self._offers.get(id) is not offer:
                return
        offer._on_listed()

    async def _deliver(self, message: FileMessage) -> None:
        while True:
            try:
                await self._messages.send(message)
                return
            except NoSuchChannel:
                try:
                    async with asyncio.timeout(PATIENCE):
                        await self._opened.change()
                except TimeoutError:
                    if self._messages.missing:  # else there is another page by now
                        raise _no_files() from None

    def offer_again(self, offer: OutgoingOffer) -> None:
        """The other page has given it up."""
        self._lapse(offer)
        self.go_on()

    def _lapse(self, offer: OutgoingOffer) -> None:
        """What the other page knew of it is gone: it is made again, when there is a path."""
        self._offers.pop(offer._machine.id, None)
        id = self._new_id()
        self._offers[id] = offer
        self._unlisted[offer] = None
        offer._again(id)

    def go_on(self) -> None:
        """Make the offers again that wait for that: there is a path."""
        if self._unlisted:
            self._tasks.start(self._list_again(), "offering again")

    async def _list_again(self) -> None:
        while self._unlisted:
            offer = next(iter(self._unlisted))
            del self._unlisted[offer]
            id = offer._machine.id
            try:
                await self._list(offer)
            except LinkClosed:
                if self.find(id) is offer:
                    self._lapse(offer)  # until there is a path; some of the list may be on its way
                return
            except NoSuchChannel as error:  # until they take files, or `on_missing` gives it up
                logger.info("%r is not made again yet: %s", offer, error)

    # What becomes of them

    def _on_change(self, offer: OutgoingOffer) -> None:
        """Something about it has changed: say it, once its files are listed."""
        machine = offer._machine
        if not offer._listed:
            machine.outgoing.clear()  # is said by `_on_listed`
            if offer.settled and not offer._made_again:  # nobody there has seen it
                self._forget(offer)
                machine.say_ended(range(len(offer.files)), offer.files[0].problem, failed=False)
                self._tell(machine.outgoing)
        else:
            self._tell(machine.outgoing)
            if offer.settled:
                self._on_settled(offer)
        self._work.announce()

    def _on_settled(self, offer: OutgoingOffer) -> None:
        if offer._machine.over:
            self._offers.pop(offer._machine.id, None)
        if offer not in self._unheard and _ended_here(offer):
            if len(self._unheard) >= MAX_UNHEARD:
                del self._unheard[next(iter(self._unheard))]
            self._unheard[offer] = None
            self._tasks.start(self._hear_out(offer))

    async def _hear_out(self, offer: OutgoingOffer) -> None:
        """Return when the other page knows how it has ended, or is loaded again before that."""
        try:
            await self._messages.flush()
        except PeerScriptError:
            return
        self._unheard.pop(offer, None)

    # Sending

    async def send_all(self) -> None:
        """Send what was accepted: the offers take turns, the files of each go one by one."""
        turns = Turns()
        while not self._over:
            offer = next((each for each in self._offers.values() if each._ready), None)
            if offer is None:
                await self._work.change()
                continue
            id = offer._machine.id
            self._offers[id] = self._offers.pop(id)
            try:
                await offer._send_next(self._data)
            except LinkClosed:
                self._lapse(offer)  # lost: until there is a path, or the Link is over
            except PeerScriptError as error:
                self._drop(offer, error)
            await turns.give()  # small files are read ahead, and the channel has room for many

    def _drop(self, offer: OutgoingOffer, error: PeerScriptError) -> None:
        self._forget(offer)
        offer._lose(error)

    def _forget(self, offer: OutgoingOffer) -> None:
        self._offers.pop(offer._machine.id, None)
        self._unlisted.pop(offer, None)

    # The Link

    def on_restart(self) -> None:
        """The other page was loaded again."""
        self._untold.clear()
        if self._giving_up is not None:
            self._giving_up.cancel()
        self._lapse_all()
        for offer in self._unheard:
            self._lapse(offer)
        self._unheard.clear()
        self.go_on()

    def on_lost(self) -> None:
        """Nothing can be sent until there is a path."""
        self._lapse_all()

    def _lapse_all(self) -> None:
        for offer in tuple(self._offers.values()):
            self._lapse(offer)

    def on_over(self, error: PeerScriptError) -> None:
        """Nothing can be sent any more."""
        self._over = True
        for offer in tuple(self._offers.values()):
            self._drop(offer, error)
        self._work.announce()

    def on_missing(self) -> None:
        """The other page may be about to open the channel."""
        if self._giving_up is not None:
            self._giving_up.cancel()
        self._giving_up = self._tasks.start(self._give_up_if_missing())

    async def _give_up_if_missing(self) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                await self._opened.change()
        except TimeoutError:
            for offer in tuple(self._offers.values()):
                id, count = offer._machine.id, len(offer.files)
                self._untold.append(Cancel(id, True, True, 0, count, str(_no_files())))
                self._drop(offer, _no_files())

    def on_opened(self) -> None:
        """The other page has opened the channel that was missing."""
        self._tell(self._untold)
        self._opened.announce()
        for offer in [each for each in self._offers.values() if each._waits]:
            self._lapse(offer)
        self.go_on()


def _no_files() -> NoSuchChannel:
    return NoSuchChannel("the other page takes no files")


def _ended_here(offer: OutgoingOffer) -> bool:
    ends = (FileState.CANCELLED, FileState.FAILED)
    interrupted = offer._machine.interrupted
    return any(
        file.state in ends and not file.told and index not in interrupted
        for index, file in enumerate(offer.files)
    )


async def _infos(sources: Sequence[Source]) -> AsyncIterator[FileInfo]:
    """What the sources say of their files; a browser may have to ask the disk for each."""
    turns = Turns()
    for each in sources:
        yield FileInfo(each.name, each.size, each.type, each.folder, each.modified)
        await turns.give()
