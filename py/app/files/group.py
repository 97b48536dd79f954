"""The card of files that were given to everyone: what of them each person has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from app.files.transfer import Transfer, TransferState
from app.people.roster import EVERYONE
from peerscript.ports.files import SavedFile, Source
from peerscript.protocol.link.state import LinkState
from peerscript.transfer import FileStatus

# A card shows the first of these that it is in with one of its people.
_ORDER = (
    TransferState.ACTIVE,
    TransferState.PAUSED,
    TransferState.OFFERED,
    TransferState.FAILED,
    TransferState.CANCELLED,
    TransferState.DONE,
)


class Group:
    """The transfers of the same files to several people, one each, with one card. It has what a
    card shows of a `Transfer`; that is of all of them together.

    Attributes:
        key: identifies its card on this page.
        transfers: in the order in which they were offered; never empty while it has a card.
        restored: whether it is from before a reload: then only those have a transfer in it with
            whom it had not ended.
    """

    incoming = False
    direction = "out"
    contact = None
    unwanted: frozenset[int] = frozenset()
    saved: Mapping[int, SavedFile] = {}

    def __init__(self, key: str) -> None:
        self.key = key
        self.restored = False
        self._all: dict[str, Transfer] = {}

    def add(self, transfer: Transfer) -> None:
        """Add the transfer to one more person."""
        self._all[transfer.key] = transfer
        self.restored = self.restored or transfer.offer is None

    def drop(self, transfer: Transfer) -> None:
        """One of its transfers was removed."""
        del self._all[transfer.key]

    @property
    def transfers(self) -> list[Transfer]:
        return list(self._all.values())

    # What it is

    @property
    def _first(self) -> Transfer:
        return next(iter(self._all.values()))

    @property
    def to(self) -> Sequence[str]:
        """The names of all to whom it was given, as they were then."""
        return self._first.record.to

    @property
    def files(self) -> Sequence[FileStatus]:
        """The files, as they are with one of the people."""
        return self._first.files

    @property
    def one(self) -> FileStatus | None:
        """The file, if it is the only one."""
        return self._first.one

    @property
    def title(self) -> str:
        """The file's name, or the offer's."""
        return self._first.title

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return self._first.size

    @property
    def time(self) -> datetime:
        """When it was given."""
        return self._first.time

    @property
    def sources(self) -> Sequence[Source]:
        """What is sent; () after a reload."""
        return next((each.sources for each in self._all.values() if each.sources), ())

    @property
    def sha256(self) -> str:
        """Hex, of the only file, once known."""
        return next((each.sha256 for each in self._all.values() if each.sha256), "")

    # How it is

    @property
    def state(self) -> TransferState:
        """What the card shows."""
        return _first_of({each.state for each in self._all.values()})

    def file_state(self, index: int) -> TransferState:
        """What the line of a file shows."""
        return _first_of({each.file_state(index) for each in self._all.values()})

    @property
    def open(self) -> list[Transfer]:
        """The transfers that have not ended."""
        return [each for each in self._all.values() if not each.over]

    @property
    def over(self) -> bool:
        """Whether all have ended."""
        return not self.open

    @property
    def waits(self) -> bool:
        """Whether all that have not ended were interrupted, and can go on."""
        return bool(self.open) and all(each.waits for each in self.open)

    @property
    def done(self) -> int:
        """How many people have it."""
        return sum(each.state is TransferState.DONE for each in self._all.values())

    @property
    def _taken(self) -> list[Transfer]:
        done = TransferState.DONE
        return [each for each in self._all.values() if each.in_progress or each.state is done]

    @property
    def moved(self) -> int:
        """Bytes that are written at those who have accepted it."""
        return sum(each.moved for each in self._taken)

    @property
    def share(self) -> float:
        """How much of it those who have accepted it have, from 0 to 1; 1 only when all have it."""
        if self.state is TransferState.DONE:
            return 1.0
        total = sum(each.total for each in self._taken)
        return min(self.moved / total, 0.99) if total else 0.0


AnyTransfer = Transfer | Group  # what has a card


def _first_of(states: set[TransferState]) -> TransferState:
    return next(each for each in _ORDER if each in states)


def conversation(card: AnyTransfer) -> str:
    """In whose conversation a card stands: the contact's key; "" when that is no more."""
    if isinstance(card, Group):
        return EVERYONE if any(conversation(each) for each in card.transfers) else ""
    contact = card.contact
    return contact.key if contact and contact.state is not LinkState.CLOSED else ""
