"""What incoming and outgoing transfers share."""

from __future__ import annotations

import hashlib
import logging
import time
from collections import deque
from collections.abc import Callable
from enum import Enum
from typing import Protocol

from app.files.channels import FileChannels
from app.files.messages import MAX_REASON, FileCancel, FileDone, FileMessage, FileStop
from app.files.ports import SavedFile
from peerscript.aio.lifecycle import Lifecycle
from peerscript.errors import PeerScriptError
from peerscript.protocol.link.state import LinkState
from peerscript.protocol.text.display import display_line
from peerscript.protocol.text.filenames import file_name

logger = logging.getLogger("peerscript.app")

WINDOW = 4 * 1024 * 1024  # bytes sent that the receiver has not written yet
SPEED_SPAN = 3.0  # seconds over which the speed is averaged
LOST = "The connection was lost before the file had arrived."


class TransferState(Enum):
    """What the transfer's row shows."""

    OFFERED = "offered"
    ACTIVE = "active"
    PAUSED = "paused"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


_ENDS = frozenset({TransferState.FAILED, TransferState.CANCELLED})
_MOVES = {
    TransferState.OFFERED: _ENDS | {TransferState.ACTIVE, TransferState.PAUSED},
    TransferState.ACTIVE: _ENDS | {TransferState.PAUSED, TransferState.DONE},
    TransferState.PAUSED: _ENDS | {TransferState.ACTIVE, TransferState.DONE},
    TransferState.DONE: frozenset[TransferState](),
    TransferState.FAILED: frozenset[TransferState](),
    TransferState.CANCELLED: frozenset[TransferState](),
}


class FilesView(Protocol):
    """The list of transfers."""

    def show(self, transfer: Transfer) -> None:
        """Add or update a row."""

    def remove(self, key: str) -> None:
        """Remove the row of that transfer."""


class Transfer:
    """The base of both directions.

    Attributes:
        key: identifies it on this page.
        number: its ID in messages; assigned by the sender.
        direction: "in" or "out".
        channels: of its contact.
        name: of the file, as it may be shown and saved.
        size, type: of the file; bytes.
        moved: bytes that are written at the receiver.
        sha256: hex, once known.
        problem: why it failed or was cancelled, for people.
        saved: the received file.
    """

    def __init__(
        self,
        channels: FileChannels,
        direction: str,
        number: int,
        file: tuple[str, int, str],
        view: FilesView,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.contact = contact = channels.contact
        self.channels = channels
        self.direction = direction
        self.number = number
        name, self.size, self.type = file
        self.name = file_name(name)
        self.key = f"{direction}-{contact.key}-{number}"
        self.moved = 0
        self.sha256 = ""
        self.problem = ""
        self.saved: SavedFile = None
        self._digest = hashlib.sha256()
        self._view = view
        self._clock = clock
        self._marks: deque[tuple[float, int]] = deque()
        self._life = Lifecycle(f"transfer {self.key}", TransferState.OFFERED, _MOVES)

    @property
    def state(self) -> TransferState:
        """The current state."""
        return self._life.state

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        return not _MOVES[self.state]

    def move(self, state: TransferState, problem: str = "") -> None:
        """Go to a state and show it; does nothing when it has ended."""
        if self.over:
            return
        self.problem = problem
        if state is TransferState.ACTIVE:
            self._marks.append((self._clock(), self.moved))
        self._life.move(state)
        self._view.show(self)

    @property
    def in_progress(self) -> bool:
        """Whether its contents are being sent, or will be when the path is restored."""
        return self.state in (TransferState.ACTIVE, TransferState.PAUSED)

    def start_or_pause(self) -> None:
        """Go to ACTIVE or PAUSED, by the state of the path. Nothing is lost by a broken path: the
        Link sends it again.
        """
        self._marks.clear()
        connected = self.contact.link.connected
        self.move(TransferState.ACTIVE if connected else TransferState.PAUSED)

    def advance(self, moved: int) -> None:
        """Set how many bytes are written, and show it; does nothing when it has ended."""
        if self.over:
            return
        self.moved = moved
        now = self._clock()
        self._marks.append((now, moved))
        while len(self._marks) > 2 and now - self._marks[0][0] > SPEED_SPAN:
            self._marks.popleft()
        self._life.announce()
        self._view.show(self)

    @property
    def speed(self) -> float:
        """Bytes per second over the last SPEED_SPAN; 0 if not known."""
        if len(self._marks) < 2:
            return 0.0
        (start, before), (end, after) = self._marks[0], self._marks[-1]
        return (after - before) / (end - start) if end > start else 0.0

    @property
    def seconds_left(self) -> float | None:
        """Seconds until the end at this speed; None if not known."""
        return (self.size - self.moved) / self.speed if self.speed else None

    def give_up(self, message: FileCancel | FileStop) -> None:
        """The other side has ended it."""
        state = TransferState.FAILED if message.failed else TransferState.CANCELLED
        reason = display_line(message.reason, MAX_REASON, "No reason was given.")
        self.move(state, f"{self.contact.name}: {reason}")  # quoted, as it is the other page's text

    def break_off(self) -> None:
        """Fail because nothing can be sent. When the Link is over, `lose` gives the reason
        instead.
        """
        if self.contact.state is not LinkState.CLOSED:
            self.move(TransferState.FAILED, "The connection closed before the file had arrived.")

    def lose(self, reason: str) -> None:
        """The other side is gone."""
        self.move(TransferState.FAILED, reason)

    async def send_lost(self) -> None:
        """Tell the other side, which is back and may still be waiting, that it has failed."""
        raise NotImplementedError

    async def send_if_possible(self, message: FileMessage) -> None:
        """Send a last message about this transfer, ignoring that the other side may be gone."""
        try:
            await self.channels.send(message)
        except PeerScriptError as error:
            logger.info("%s: %s", self.key, error)

    async def on_message(self, message: FileMessage | FileDone) -> None:
        """Handle a message of the other side about this transfer."""
        raise NotImplementedError

    async def cancel(self) -> None:
        """Cancel it, for the person here."""
        raise NotImplementedError
