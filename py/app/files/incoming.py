"""A file that this page receives."""

from __future__ import annotations

from app.files.channels import FileChannels
from app.files.messages import (
    MAX_REASON,
    FileAccept,
    FileCancel,
    FileDecline,
    FileDone,
    FileMessage,
    FileOffer,
    FileProgress,
    FileReceived,
    FileStop,
)
from app.files.ports import Sink, Store
from app.files.transfer import LOST, WINDOW, FilesView, Transfer, TransferState
from peerscript.aio.inbox import Inbox
from peerscript.errors import PeerScriptError
from peerscript.protocol.text.display import display_line

BLOCK_SIZE = (
    1024 * 1024
)  # bytes per write; each write to the browser's disk costs a turn of the loop


class IncomingFile(Transfer):
    """Waits to be accepted, writes the contents, and compares checksums."""

    def __init__(
        self, channels: FileChannels, offer: FileOffer, view: FilesView, store: Store
    ) -> None:
        file = (offer.name, offer.size, offer.type)
        super().__init__(channels, "in", offer.id, file, view)
        self._store = store
        self._sink: Sink | None = None
        self._accepted = False
        self._arrived = 0
        self._pieces: Inbox[bytes | FileDone] = Inbox()

    async def accept(self) -> None:
        """Accept the file; return when it is written, or has failed."""
        if self.state is not TransferState.OFFERED or self._accepted:
            return
        self._accepted = True
        try:
            self._sink = await self._store.create(self.name, self.size, self.type)
            self.start_or_pause()
            await self.channels.send(FileAccept(self.number))
            await self._write_all(self._sink)
        except PeerScriptError:
            self.break_off()
        except OSError as error:
            await self._stop(TransferState.FAILED, f"The file could not be kept: {error}")
        finally:
            if self.saved is None and self._sink is not None:
                await self._sink.discard()

    async def _write_all(self, sink: Sink) -> None:
        block = bytearray()
        async for piece in self._pieces:
            if self.over:
                return
            if isinstance(piece, FileDone):
                await self._finish(sink, piece.sha256)
                return
            block += piece
            if len(block) >= BLOCK_SIZE or self.moved + len(block) == self.size:
                self._digest.update(block)
                await sink.write(bytes(block))
                self.advance(self.moved + len(block))
                block.clear()
                await self.channels.send(FileProgress(self.number, self.moved))

    async def _finish(self, sink: Sink, announced: str) -> None:
        self.sha256 = self._digest.hexdigest()
        if self.moved != self.size or self.sha256 != announced:
            await self._stop(TransferState.FAILED, "What arrived is not what was sent.")
            return
        self.saved = await sink.finish()
        self.move(TransferState.DONE)
        await self.channels.send(FileReceived(self.number, self.sha256))

    async def decline(self) -> None:
        """Decline the file."""
        if self.state is TransferState.OFFERED:
            self._end(TransferState.CANCELLED, "Declined.")
            await self.send_if_possible(FileDecline(self.number))

    async def on_piece(self, offset: int, data: bytes) -> None:
        """Take the next bytes; any others end the transfer."""
        if not self.in_progress:
            return
        if offset != self._arrived or not data or offset + len(data) > self.size:
            await self._stop(TransferState.FAILED, "The sender's bytes do not fit the file.")
        elif offset + len(data) - self.moved > 2 * WINDOW:
            await self._stop(TransferState.FAILED, "The sender does not wait for this page.")
        else:
            self._arrived += len(data)
            self._pieces.put(data)

    async def on_message(self, message: FileMessage | FileDone) -> None:
        match message:
            case FileDone() if self.in_progress:
                self._pieces.put(message)
            case FileCancel():
                self.give_up(message)
                self._pieces.close()
            case _:
                return

    async def cancel(self) -> None:
        await self._stop(TransferState.CANCELLED, "Cancelled.")

    def lose(self, reason: str) -> None:
        self._end(TransferState.FAILED, reason)

    async def send_lost(self) -> None:
        await self.send_if_possible(FileStop(self.number, LOST, failed=True))

    async def _stop(self, state: TransferState, problem: str) -> None:
        if not self.over:
            self._end(state, problem)
            failed = state is TransferState.FAILED
            reason = display_line(problem, MAX_REASON)
            await self.send_if_possible(FileStop(self.number, reason, failed))

    def _end(self, state: TransferState, problem: str) -> None:
        self.move(state, problem)
        self._pieces.close()
