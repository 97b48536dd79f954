"""One file on its way."""

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

WINDOW = 4 * 1024 * 1024  # bytes on the way that the receiver has not written yet
SPEED_SPAN = 3.0  # seconds over which the speed is taken
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
        """Take the row of that transfer away."""


class Transfer:
    """What both directions have in common.

    Attributes:
        key: its name on this page.
        number: what both pages call it; given by the sender.
        direction: "in" or "out".
        channels: what carries it.
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
        """Where it stands."""
        return self._life.state

    @property
    def over(self) -> bool:
        """Whether nothing more will happen."""
        return not _MOVES[self.state]

    def move(self, state: TransferState, problem: str = "") -> None:
        """Go to a state and show it; what is over stays as it is."""
        if self.over:
            return
        self.problem = problem
        if state is TransferState.ACTIVE:
            self._marks.append((self._clock(), self.moved))
        self._life.move(state)
        self._view.show(self)

    @property
    def under_way(self) -> bool:
        """Whether its contents travel, or will go on to when the path is mended."""
        return self.state in (TransferState.ACTIVE, TransferState.PAUSED)

    def travel(self) -> None:
        """It was accepted, or the path broke, or was mended: nothing of it is lost (the Link sends
        it again).
        """
        self._marks.clear()
        connected = self.contact.link.connected
        self.move(TransferState.ACTIVE if connected else TransferState.PAUSED)

    def advance(self, moved: int) -> None:
        """Note how many bytes are written, and show it; what is over stays as it is."""
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
        """Bytes a second, lately; 0 when nothing can be said."""
        if len(self._marks) < 2:
            return 0.0
        (start, before), (end, after) = self._marks[0], self._marks[-1]
        return (after - before) / (end - start) if end > start else 0.0

    @property
    def seconds_left(self) -> float | None:
        """Seconds until the end at this speed; None when nothing can be said."""
        return (self.size - self.moved) / self.speed if self.speed else None

    def give_up(self, message: FileCancel | FileStop) -> None:
        """The other side ends it."""
        state = TransferState.FAILED if message.failed else TransferState.CANCELLED
        reason = display_line(message.reason, MAX_REASON, "No reason was given.")
        self.move(state, f"{self.contact.name}: {reason}")  # their words, not this page's

    def break_off(self) -> None:
        """Nothing can be sent. When the Link is over, `lose` comes, and says why."""
        if self.contact.state is not LinkState.CLOSED:
            self.move(TransferState.FAILED, "The connection closed before the file had arrived.")

    def lose(self, reason: str) -> None:
        """The other side is gone."""
        self.move(TransferState.FAILED, reason)

    async def tell_lost(self) -> None:
        """The other side is back, and may have waited for this one all the time."""
        raise NotImplementedError

    async def tell_quietly(self, message: FileMessage) -> None:
        """Send a last word about this transfer; whoever is gone knows without it."""
        try:
            await self.channels.send(message)
        except PeerScriptError as error:
            logger.info("%s: %s", self.key, error)

    async def on_message(self, message: FileMessage | FileDone) -> None:
        """The other side says something about this transfer."""
        raise NotImplementedError

    async def cancel(self) -> None:
        """The person here gives up."""
        raise NotImplementedError
