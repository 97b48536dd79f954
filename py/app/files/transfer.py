"""What a card shows: an offer, as people see it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from enum import Enum

from app.files.arrived import Arrived
from app.files.record import Record
from app.language import _, ngettext, pgettext
from app.people.contact import Contact
from peerscript.ports.files import FolderStore, Kept, SavedFile, Source
from peerscript.protocol.link.state import LinkState
from peerscript.protocol.transfer.rate import Rate
from peerscript.transfer import (
    FileState,
    FileStatus,
    IncomingOffer,
    OutgoingOffer,
    Progress,
)

GONE = (LinkState.LOST, LinkState.CLOSED)


class TransferState(Enum):
    """What a card shows, or the line of one of its files."""

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
# A card shows the first of these that one of its files is in: while some are to come, and then.
_BEFORE_THE_END = (FileState.ACTIVE, FileState.PAUSED, FileState.OFFERED)
_AT_THE_END = (FileState.FAILED, FileState.DONE, FileState.CANCELLED, FileState.DECLINED)


class Transfer:
    """An offer that waits for an answer, is on its way, has been interrupted, or has ended.

    Attributes:
        key: identifies its card on this page.
        record: what is kept of it over a reload.
        contact: with whom; None after a reload, until they are back.
        offer: the library's, the newest; None after a reload, until it is made again.
        sources: what is sent, of an own offer.
        folder: the one that it arrives in; None for the page's own store, or after a reload.
        state: what the card shows.
        begun: whether it was offered or accepted here.
        accepted: whether some of it was accepted, by either side.
        waits: whether it was interrupted, and can go on.
        counts: how many files are in each state.
        moved: bytes that are written at the receiver.
        total: bytes of the files that are wanted, or may still be.
        unwanted: the numbers of the files that the person does not want, before they accept.
        problem: why it failed, was cancelled or cannot be accepted; for people.
    """

    def __init__(
        self, key: str, record: Record, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.key = key
        self.record = record
        self.contact: Contact | None = None
        self.offer: IncomingOffer | OutgoingOffer | None = None
        self.sources: Sequence[Source] = ()
        self.folder: FolderStore | None = None
        self.files: Sequence[FileStatus] = [FileStatus(info) for info in record.files]
        self.time = datetime.fromtimestamp(record.time)
        self.size = sum(info.size for info in record.files)
        self.state = TransferState.OFFERED
        self.begun = not record.incoming
        self.accepted = False
        self.waits = False
        self.counts: Counter[FileState] = Counter()
        self.moved, self.total = 0, self.size
        self.unwanted: set[int] = set()
        self.problem = ""
        self._kept: dict[int, SavedFile] = {}  # what has arrived under earlier offers
        self._clock = clock
        self._rate = Rate()

    # What it is

    @property
    def incoming(self) -> bool:
        """Whether it comes here."""
        return self.record.incoming

    @property
    def direction(self) -> str:
        """Where it goes: "in" or "out"."""
        return "in" if self.incoming else "out"

    @property
    def person(self) -> str:
        """The name of the other person."""
        return self.contact.name if self.contact else self.record.person

    @property
    def one(self) -> FileStatus | None:
        """The file, if it is the only one."""
        return self.files[0] if len(self.files) == 1 else None

    @property
    def title(self) -> str:
        """The file's name with its folders, or the offer's, as it may be shown and saved."""
        if self.one:
            return self.one.info.path
        return self.record.name or ngettext(
            "{path} and {count} more",
            "{path} and {count} more",
            len(self.files) - 1,
            path=self.files[0].info.path,
        )

    @property
    def sha256(self) -> str:
        """Hex, of the only file, once known."""
        return self.one.sha256 if self.one else ""

    @property
    def saved(self) -> Mapping[int, SavedFile]:
        """The files that have arrived here, by their numbers."""
        if not isinstance(self.offer, IncomingOffer):
            return self._kept
        return Arrived(self._kept, self.offer.received)

    # How it is

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        return self.state in _ENDS

    @property
    def in_progress(self) -> bool:
        """Whether its contents are being sent, or will be when they can be."""
        return self.state in (TransferState.ACTIVE, TransferState.PAUSED)

    @property
    def connected(self) -> bool:
        """Whether there is a path to the other page now."""
        return self.contact is not None and self.contact.link.connected

    @property
    def share(self) -> float:
        """How much of it is there, from 0 to 1; 1 only when every wanted file is confirmed."""
        if self.state is TransferState.DONE:
            return 1.0
        return min(self.moved / self.total, 0.99) if self.total else 0.0

    @property
    def speed(self) -> float:
        """Bytes per second over the last seconds; 0.0 if not known."""
        return self._rate.value

    @property
    def seconds_left(self) -> float | None:
        """Seconds until the end at this speed; None if not known."""
        return self._rate.seconds_for(self.total - self.moved)

    @property
    def paused_by(self) -> list[str]:
        """The names of those who have paused it: "you", the other person, or both."""
        paused = [file for file in self.files if file.state is FileState.PAUSED]
        names = []
        if any(file.paused_here for file in paused):
            names.append(pgettext("paused by", "you"))
        if any(file.paused_there for file in paused):
            names.append(self.person)
        return names

    def file_state(self, index: int) -> TransferState:
        """What the line of a file shows."""
        if self.waits and index not in self.saved and index in self.wanted:
            return TransferState.PAUSED
        return self._shown(self.files[index].state)

    # What happens to it

    def go(
        self,
        contact: Contact,
        offer: IncomingOffer | OutgoingOffer,
        sources: Sequence[Source] = (),
    ) -> None:
        """It is offered, or offered again."""
        self._kept = dict(self.saved)
        self.contact, self.offer, self.sources = contact, offer, sources
        self.files = offer.files
        self.record = replace(self.record, person=contact.name, session=contact.session)
        self.waits, self.problem, self.state = False, "", TransferState.OFFERED
        self.refresh()

    def note(self, progress: Progress) -> None:
        """So far it is now. What is offered again has not gone back to nothing."""
        if self.offer and not self.offer.answered and self.accepted:
            self.moved = max(self.moved, progress.moved)
        else:
            self.moved, self.total = progress.moved, progress.total
        self.refresh()

    def refresh(self) -> None:
        """Take over what has become of its files, but not its end."""
        if self.offer and not self.offer.settled and not self.waits:
            self._count()
            self._become(self._shown(self._first(_BEFORE_THE_END)))

    def end(self, progress: Progress | None = None) -> None:
        """Every file has ended, and none was interrupted."""
        if progress:
            self.moved, self.total = progress.moved, progress.total
        self._count()
        self.waits = False
        self._become(self._shown(self._first(_AT_THE_END)))
        self.problem = self._problem()

    def lose(self, reason: str) -> None:
        """It was interrupted; what was offered or accepted here can go on later."""
        if self.over or self.waits:
            return
        failed = " ".join([_("The connection ended before it had arrived."), reason])
        # What went to several goes on with the same person alone, whose Link is over.
        self.waits = self.begun and not self.record.group
        self.problem = reason if self.waits else failed
        self._become(TransferState.PAUSED if self.waits else TransferState.FAILED)

    def give_up(self) -> None:
        """The person does not want it to go on."""
        self.waits, self.problem = False, ""
        self._become(TransferState.CANCELLED)

    def restore(self, kept: Mapping[int, Kept]) -> None:
        """Take over what is kept of it, after a reload."""
        self.begun = self.waits = True
        wanted = frozenset(self.wanted)
        self.total = sum(self.files[index].info.size for index in wanted)
        self.moved = sum(each.size for each in kept.values())
        for index, each in kept.items():
            self.files[index].moved = each.size
            if each.sha256:
                self.files[index].state = FileState.DONE
                self.files[index].sha256 = each.sha256
        self._count()
        self._become(TransferState.PAUSED)
        if all(self.files[index].state is FileState.DONE for index in wanted):
            for index in range(len(self.files)):
                if index not in wanted:
                    self.files[index].state = FileState.DECLINED
            self.end()

    def add_saved(self, index: int, file: SavedFile) -> None:
        """A file that arrived before a reload."""
        self._kept[index] = file

    @property
    def wanted(self) -> Collection[int]:
        """The numbers of the files that were accepted."""
        return self.record.wanted or range(len(self.files))

    def _count(self) -> None:
        self.counts = Counter(file.state for file in self.files)

    def _first(self, order: Sequence[FileState]) -> FileState:
        return next(each for each in order if self.counts[each])

    def _shown(self, state: FileState) -> TransferState:
        if state is FileState.ACTIVE and not self.connected:
            return TransferState.PAUSED  # the Link sends again what was lost
        if state is FileState.OFFERED and self.accepted and not self.incoming:
            return TransferState.PAUSED  # it is offered again, and accepted without a question
        return _STATES[state]

    def _become(self, state: TransferState) -> None:
        if state is self.state:
            self._rate.add(self._clock(), self.moved)
        else:
            self._rate.restart(self._clock(), self.moved)
            self.state = state
        some = self.in_progress or bool(self.counts[FileState.DONE])
        self.accepted, self.begun = self.accepted or some, self.begun or some

    def _problem(self) -> str:
        """Why it has ended; for many files, why the first of them did that has not arrived."""
        worst = self._first(_AT_THE_END)
        if worst is FileState.DONE:
            return ""
        index = next(n for n, file in enumerate(self.files) if file.state is worst)
        words = self.file_problem(index)
        if self.one or worst is not FileState.FAILED:
            return words
        return f"{self.files[index].info.path}: {words}"

    def file_problem(self, index: int) -> str:
        """Why a file failed or was cancelled."""
        file = self.files[index]
        if file.state is FileState.DECLINED:
            here = self.incoming
            return _("Declined.") if here else _("{person} declined it.", person=self.person)
        if file.told:  # quoted, as it is the other page's text
            return f"{self.person}: {file.problem}"
        return file.problem
