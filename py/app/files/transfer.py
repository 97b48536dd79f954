"""A row of the list: a file of an offer, as people see it."""

from __future__ import annotations

import time
from collections.abc import Callable
from enum import Enum
from typing import Protocol

from app.people.contact import Contact
from peerscript.ports.files import SavedFile
from peerscript.protocol.link.state import LinkState
from peerscript.protocol.transfer.rate import Rate
from peerscript.transfer import FileState, IncomingOffer, OutgoingOffer

GONE = (LinkState.LOST, LinkState.CLOSED)


class TransferState(Enum):
    """What the transfer's row shows."""

    OFFERED = "offered"
    ACTIVE = "active"
    PAUSED = "paused"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


_STATES = {
    FileState.OFFERED: TransferState.OFFERED,
    FileState.ACTIVE: TransferState.ACTIVE,
    FileState.PAUSED: TransferState.PAUSED,
    FileState.DONE: TransferState.DONE,
    FileState.DECLINED: TransferState.CANCELLED,
    FileState.CANCELLED: TransferState.CANCELLED,
    FileState.FAILED: TransferState.FAILED,
}
_ENDS = frozenset((TransferState.DONE, TransferState.FAILED, TransferState.CANCELLED))


class FilesView(Protocol):
    """The list of transfers."""

    def show(self, transfer: Transfer) -> None:
        """Add or update a row."""

    def remove(self, key: str) -> None:
        """Remove the row of that transfer."""


class Transfer:
    """A file that is offered, on its way, or has ended.

    Attributes:
        key: identifies it on this page.
        contact: with whom.
        offer: of which it is a part.
        index: its number there.
        state: what the row shows.
        problem: why it failed or was cancelled, for people.

    Args:
        number: of the offer, on this page.
    """

    def __init__(
        self,
        contact: Contact,
        offer: IncomingOffer | OutgoingOffer,
        number: int,
        index: int,
        view: FilesView,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.contact = contact
        self.offer = offer
        self.index = index
        self.key = f"{self.direction}-{contact.key}-{number}-{index}"
        self.state = TransferState.OFFERED
        self.problem = ""
        self._file = offer.files[index]
        self._view = view
        self._clock = clock
        self._rate = Rate()

    @property
    def direction(self) -> str:
        """Where it goes: "in" or "out"."""
        return "in" if isinstance(self.offer, IncomingOffer) else "out"

    @property
    def name(self) -> str:
        """The file's name with its folders, as it may be shown and saved."""
        return self._file.info.path

    @property
    def size(self) -> int:
        """Bytes."""
        return self._file.info.size

    @property
    def moved(self) -> int:
        """Bytes that are written at the receiver."""
        return self._file.moved

    @property
    def sha256(self) -> str:
        """Hex, once known."""
        return self._file.sha256

    @property
    def saved(self) -> SavedFile | None:
        """The received file."""
        if isinstance(self.offer, IncomingOffer) and self.index in self.offer.received:
            return self.offer.received[self.index].file
        return None

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        return self.state in _ENDS

    @property
    def in_progress(self) -> bool:
        """Whether its contents are being sent, or will be when the path is restored."""
        return self.state in (TransferState.ACTIVE, TransferState.PAUSED)

    @property
    def speed(self) -> float:
        """Bytes per second over the last seconds; 0 if not known."""
        return self._rate.value

    @property
    def seconds_left(self) -> float | None:
        """Seconds until the end at this speed; None if not known."""
        return self._rate.seconds_for(self.size - self.moved)

    def update(self) -> None:
        """Show what has become of it; does nothing when it has ended, or they are gone (`lose`)."""
        state = _STATES[self._file.state]
        if self.over or (state is TransferState.FAILED and self.contact.state in GONE):
            return
        if state is TransferState.ACTIVE and not self.contact.link.connected:
            state = TransferState.PAUSED  # the Link sends again what was lost
        if state is self.state:
            self._rate.add(self._clock(), self.moved)
        else:
            self._rate.restart(self._clock(), self.moved)
        self.state = state
        if state in _ENDS:
            self.problem = self._problem()
        self._view.show(self)

    def lose(self, reason: str) -> None:
        """They are gone."""
        if not self.over:
            self.state, self.problem = TransferState.FAILED, reason
            self._view.show(self)

    def _problem(self) -> str:
        if self._file.state is FileState.DECLINED:
            incoming = self.direction == "in"
            return "Declined." if incoming else f"{self.contact.name} declined it."
        if self._file.told:  # quoted, as it is the other page's text
            return f"{self.contact.name}: {self._file.problem}"
        return self._file.problem
