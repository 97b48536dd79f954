"""An offer of this page."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from peerscript.aio.tasks import TaskOwner, report
from peerscript.ports.files import Source
from peerscript.protocol.transfer.manifest import FileInfo, Manifest, offer_name
from peerscript.protocol.transfer.messages import MAX_PIECE, Answer, FileData
from peerscript.protocol.transfer.sending import SendingOffer
from peerscript.protocol.transfer.transfer import FileState
from peerscript.transfer.offer import Offer
from peerscript.transfer.ports import FileChannel

BLOCK_SIZE = 1024 * 1024  # bytes per read; each read from the browser costs a turn of the loop


class OutgoingOffer(Offer):
    """Files that this page has offered. `Link.send_files` makes it."""

    def __init__(
        self,
        id: int,
        name: str,
        key: str,
        sources: Sequence[Source],
        published: Callable[[], None],
        tasks: TaskOwner,
    ) -> None:
        super().__init__(published, tasks)
        files = (
            FileInfo(each.name, each.size, each.type, each.folder, each.modified)
            for each in sources
        )
        manifest = Manifest(offer_name(name), tuple(files), key)
        self._machine: SendingOffer = SendingOffer(id, manifest, self._on_change)
        self._sources = sources
        self._block = (0, 0, b"")  # what was read: of which file, from where, and the bytes

    async def finished(self) -> None:
        """Return when every file that is wanted there has arrived, whole: the other page has
        compared its SHA-256.

        Cancelling only stops waiting.

        Raises:
            OfferDeclined: none is wanted.
            TransferCancelled: somebody has ended it.
            TransferFailed: a file could not be read here, or kept there, or is another there.
            TransferLost: the Link is over or lost, or the other page was reloaded.
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

    @property
    def _ready(self) -> bool:
        """Whether something may be sent now."""
        return self._machine.next() is not None

    async def _send_next(self, channel: FileChannel[FileData]) -> None:
        """Send the next piece, or the end of a file.

        Raises:
            PeerScriptError: it cannot be sent.
        """
        index = self._machine.next()
        if index is None:
            return
        file, offset = self.files[index], self._machine.offset(index)
        try:
            piece = await self._read(index, offset)
        except OSError as error:
            self.cancel([index], reason=f"The file could not be read: {error}", failed=True)
            return
        except Exception as error:  # a source's own fault: the other offers go on
            self.cancel([index], reason="The file could not be read.", failed=True)
            report(f"reading {file.info.path!r}", error)
            return
        if file.state is not FileState.ACTIVE:
            return  # paused or ended while it was read
        if offset < file.info.size:
            await channel.send(self._machine.piece(index, piece))
        else:
            message = self._machine.done(index)
            self._publish()  # the checksum
            await channel.send(message)

    async def _read(self, index: int, offset: int) -> bytes:
        """Return the next piece of a file; b"" at its end."""
        size = self.files[index].info.size
        read, start, block = self._block
        if read != index or not start <= offset < start + len(block):
            start, wanted = offset, min(BLOCK_SIZE, size - offset)
            block = await self._sources[index].read(offset, wanted) if wanted else b""
            if len(block) != wanted:
                raise OSError("it became shorter while it was sent")
            self._block = index, start, block
        return block[offset - start : offset - start + MAX_PIECE]
