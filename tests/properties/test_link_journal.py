"""A journal with hardly any room forgets nothing that it must not."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
)

from peerscript.protocol.link.journal import Journal, JournalFull
from tests.properties.crashing import PREFIX, Crash, Disk, simulated


class Narrow(RuleBasedStateMachine):
    """A journal with hardly any room, killed at any change: what must not be lost is not."""

    budget = 700

    def __init__(self) -> None:
        super().__init__()
        self.disk = Disk()
        self.sent: list[bytes] = []
        self.received = 0
        self.confirmed = 0
        self.reload()

    @rule(fuse=st.none() | st.integers(0, 4), before=st.booleans(), room=st.integers(200, 3000))
    def change(self, fuse: int | None, before: bool, room: int) -> None:
        self.disk.fuse, self.disk.before, self.disk.room = fuse, before, room

    @rule()
    def reload(self) -> None:
        self.disk.fuse = None
        self.journal = Journal(self.disk, PREFIX, lambda: 0.0, self.budget)

    @rule(length=st.integers(0, 800), letter=st.sampled_from([b"x", b"\0"]))
    def send(self, length: int, letter: bytes) -> None:
        payload = b"%d:" % (len(self.sent) + 1) + letter * length
        try:
            self.journal.send(payload)
        except JournalFull:
            assert self.journal.lane.sent == len(self.sent)
        except Crash:
            self.reload()
            if self.journal.lane.sent > len(self.sent):
                self.sent.append(payload)
        else:
            self.sent.append(payload)

    @rule(length=st.integers(0, 800))
    def take(self, length: int) -> None:
        try:
            assert self.journal.take(self.received + 1, b"y" * length) is not None
        except JournalFull:
            assert self.journal.lane.received == self.received
        except Crash:
            self.reload()
            assert self.journal.lane.received in (self.received, self.received + 1)
            self.received = self.journal.lane.received
        else:
            self.received += 1

    @rule(behind=st.integers(0, 2))
    def acknowledge(self, behind: int) -> None:
        number = max(len(self.sent) - behind, self.confirmed)
        self.confirmed = number
        try:
            self.journal.acknowledge(number)
        except Crash:
            self.reload()

    @invariant()
    def what_waits_and_both_counters_are_there(self) -> None:
        copy = dict(self.disk.records)
        for journal in (self.journal, Journal(copy, PREFIX, lambda: 0.0, self.budget)):
            assert (journal.lane.sent, journal.lane.received) == (len(self.sent), self.received)
            waiting = journal.lane.unconfirmed()
            missing = list(enumerate(self.sent, 1))[self.confirmed :]
            assert waiting[len(waiting) - len(missing) :] == missing
            assert all(self.sent[number - 1] == payload for number, payload in waiting)


TestNarrow = Narrow.TestCase
TestNarrow.settings = simulated
