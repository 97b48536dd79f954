"""A file that this page sends."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial

from app.files.channels import FileChannels
from app.files.messages import (
    MAX_PIECE,
    MAX_REASON,
    FileAccept,
    FileCancel,
    FileDecline,
    FileDone,
    FileMessage,
    FileOffer,
    FilePiece,
    FileProgress,
    FileReceived,
    FileStop,
)
from app.files.ports import Source
from app.files.transfer import LOST, WINDOW, FilesView, Transfer, TransferState
from peerscript.errors import PeerScriptError
from peerscript.protocol.text.display import display_line

BLOCK_SIZE = 1024 * 1024  # bytes per read; each read from the browser costs a turn of the loop


class OutgoingFile(Transfer):
    """Offers a file, waits for the answer, sends the contents, and compares checksums.

    Args:
        lock: held while the contents are sent, so that files go one after the other.
    """

    def __init__(
        self,
        channels: FileChannels,
        number: int,
        source: Source,
        view: FilesView,
        lock: asyncio.Lock,
    ) -> None:
        super().__init__(channels, "out", number, (source.name, source.size, source.type), view)
        self._source = source
        self._lock = lock
        self._confirmed: str | None = None

    async def run(self) -> None:
        """Run the transfer to its end; a problem ends it with a text for people."""
        try:
            await self._offer_and_send()
        except PeerScriptError:
            self.break_off()
        except OSError as error:
            problem = f"The file could not be read: {error}"
            self.move(TransferState.FAILED, problem)
            reason = display_line(problem, MAX_REASON)
            await self.send_if_possible(FileCancel(self.number, reason, failed=True))

    async def _offer_and_send(self) -> None:
        offer = FileOffer(self.number, self.name, size=self.size, type=self.type[:256])
        await self.channels.send(offer)
        await self._until(lambda: self.state is not TransferState.OFFERED)
        async with self._lock:
            await self._stream()
        if self.over:
            return
        self.sha256 = self._digest.hexdigest()
        await self.channels.send_data(FileDone(self.number, self.sha256))
        await self._until(lambda: self._confirmed is not None)
        if self._confirmed == self.sha256:
            self.move(TransferState.DONE)
        else:
            self.move(TransferState.FAILED, "What arrived is not what was sent. Send it again.")

    async def _stream(self) -> None:
        offset = 0
        while offset < self.size and not self.over:
            block = await self._source.read(offset, BLOCK_SIZE)
            if not block:
                raise OSError("it became shorter while it was sent")
            self._digest.update(block)
            await self._send_block(offset, block)
            offset += len(block)

    async def _send_block(self, offset: int, block: bytes) -> None:
        step = MAX_PIECE
        for start in range(0, len(block), step):
            piece = block[start : start + step]
            end = offset + start + len(piece)
            await self._until(partial(self._fits_window, end))
            if self.over:
                return
            await self.channels.send_data(FilePiece(self.number, offset + start, piece))

    def _fits_window(self, end: int) -> bool:
        return end - self.moved <= WINDOW

    async def _until(self, reached: Callable[[], bool]) -> None:
        while not self.over and not reached():
            await self._life.change()

    async def on_message(self, message: FileMessage | FileDone) -> None:
        match message:
            case FileAccept() if self.state is TransferState.OFFERED:
                self.start_or_pause()
            case FileDecline() if self.state is TransferState.OFFERED:
                self.move(TransferState.CANCELLED, f"{self.contact.name} declined it.")
            case FileProgress(received=received) if self.moved < received <= self.size:
                self.advance(received)
            case FileReceived(sha256=sha256) if not self.over:
                self._confirmed = sha256
                self.advance(self.size)
            case FileStop():
                self.give_up(message)
            case _:
                return

    async def send_lost(self) -> None:
        await self.send_if_possible(FileCancel(self.number, LOST, failed=True))

    async def cancel(self) -> None:
        if self.over:
            return
        self.move(TransferState.CANCELLED, "Cancelled here.")
        await self.send_if_possible(FileCancel(self.number, "Cancelled."))
