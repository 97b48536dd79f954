"""An offer of this page."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from itertools import islice

from peerscript.aio.tasks import TaskOwner, report
from peerscript.ports.files import Source
from peerscript.protocol.transfer.manifest import FileInfo, Manifest, offer_name
from peerscript.protocol.transfer.messages import PIECE, Answer, FileData
from peerscript.protocol.transfer.sending import SendingOffer
from peerscript.protocol.transfer.transfer import FileState
from peerscript.transfer.offer import Offer
from peerscript.transfer.ports import FileChannel

BLOCK_SIZE = 16 * PIECE  # bytes per read; each one costs the browser some 2 ms, whatever its size
SMALL = PIECE // 4  # bytes of a file that is read together with others
AT_ONCE = 16  # files


class OutgoingOffer(Offer):
    """Files that this page has offered. `Link.send_files` makes it.

    When the other page is loaded again, or the connection was lost and is back, what has not ended
    is offered again by itself: it is OFFERED until that page accepts it, and goes on from what has
    arrived there.
    """

    def __init__(
        self,
        id: int,
        name: str,
        key: str,
        again: bool,
        files: Sequence[FileInfo],
        sources: Sequence[Source],
        published: Callable[[], None],
        tasks: TaskOwner,
    ) -> None:
        super().__init__(published, tasks)
        manifest = Manifest(offer_name(name), tuple(files), key, again)
        self._machine: SendingOffer = SendingOffer(id, manifest, self._on_change)
        self._sources = sources
        self._listed = False  # whether the other page has the list of its files
        self._made_again = False
        self._block = (0, 0, b"")  # what was read: of which file, from where, and the bytes
        self._small: dict[int, bytes | BaseException] = {}  # small files that are sent next

    async def finished(self) -> None:
        """Return when every file that is wanted there has arrived, whole: the other page has
        compared its SHA-256.

        Cancelling only stops waiting.

        Raises:
            OfferDeclined: none is wanted.
            TransferCancelled: somebody has ended it.
            TransferFailed: a file could not be read here, or kept there, or is another there.
            TransferLost: the Link is over, the other page takes no files, or the same files were
                offered again.
        """
        await self._settle()

    def _why_declined(self) -> str:
        if self._machine.busy:
            return "too many offers wait for an answer there"
        return super()._why_declined()

    # Called by the exchange

    def _on_answer(self, message: Answer) -> None:
        self._machine.on_answer(message)
        self._publish()

    def _again(self, id: int) -> None:
        """It will be listed once more, under another number."""
        self._listed, self._made_again = False, True
        self._machine.again(id)
        self._restart_rate()
        self._publish()

    def _on_listed(self) -> None:
        """The other page has the list: it is told what has ended, and what is paused."""
        self._listed = True
        if self._made_again:
            self._machine.outgoing.clear()
            self._machine.say_again()
        self._publish()

    @property
    def _waits(self) -> bool:
        """Whether it is made again, and not listed yet."""
        return self._made_again and not self._listed

    @property
    def _ready(self) -> bool:
        """Whether something may be sent now."""
        return self._listed and self._machine.next() is not None

    async def _send_next(self, channel: FileChannel[FileData]) -> None:
        """Send the next piece, or the end of a file; or compare a block of what is there.

        Raises:
            PeerScriptError: it cannot be sent.
        """
        index = self._machine.next()
        if index is None:
            return
        file, offset, id = self.files[index], self._machine.offset(index), self._machine.id
        unchecked = self._machine.unchecked(index)
        try:
            if unchecked:
                piece = await self._block_of(index, unchecked.start, unchecked.stop)
            else:
                piece = await self._read(index, offset)
        except OSError as error:
            self.cancel([index], reason=f"The file could not be read: {error}", failed=True)
            return
        except Exception as error:  # a source's own fault: the other offers go on
            self.cancel([index], reason="The file could not be read.", failed=True)
            report(f"reading {file.info.path!r}", error)
            return
        if file.state not in (FileState.ACTIVE, FileState.DONE) or self._machine.id != id:
            return  # paused, ended or offered again while it was read
        if unchecked:
            self._machine.check(index, piece)
            self._publish()
            await asyncio.sleep(0)  # a source in memory does not wait
        elif offset < file.info.size:
            await channel.send(self._machine.piece(index, piece))
        else:
            self._block = (0, 0, b"")
            message = self._machine.done(index)
            self._publish()  # the checksum
            await channel.send(message)

    async def _read(self, index: int, offset: int) -> bytes:
        """Return the next piece of a file; b"" at its end."""
        size = self.files[index].info.size
        if 0 < size <= SMALL and offset == 0:
            return await self._read_small(index)
        read, start, block = self._block
        if read != index or not start <= offset < start + len(block):
            start, block = offset, await self._block_of(index, offset, size)
            self._block = index, start, block
        return block[offset - start : offset - start + PIECE]

    async def _read_small(self, index: int) -> bytes:
        """Read a small file and, if it was not read yet, those that follow it, all at once."""
        if index not in self._small:
            upcoming = (n for n in self._machine.upcoming() if n not in self._small)
            sizes = ((n, self.files[n].info.size) for n in islice(upcoming, AT_ONCE))
            wanted = {index} | {n for n, size in sizes if 0 < size <= SMALL}
            reads = [self._block_of(n, 0, self.files[n].info.size) for n in wanted]
            found = await asyncio.gather(*reads, return_exceptions=True)
            self._small = dict(zip(wanted, found, strict=True))
        found_one = self._small.pop(index)
        if isinstance(found_one, BaseException):
            raise found_one
        return found_one

    async def _block_of(self, index: int, start: int, end: int) -> bytes:
        """Read up to BLOCK_SIZE. What a file has grown by is not sent."""
        wanted = min(BLOCK_SIZE, end - start)
        block = await self._sources[index].read(start, wanted) if wanted else b""
        if len(block) < wanted:
            raise OSError("it became shorter while it was sent")
        return block[:wanted]
