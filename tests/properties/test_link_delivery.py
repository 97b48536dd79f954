"""Every message arrives exactly once and in order, whatever breaks: paths, pages, storage."""

from __future__ import annotations

import itertools
from collections import deque
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from peerscript.protocol.link.delivery import OutOfSequence
from peerscript.protocol.link.envelope import Envelope, envelopes
from peerscript.protocol.link.journal import Journal
from peerscript.protocol.link.messages import SESSION, Ack, Opened
from tests.properties.crashing import PREFIX, Crash, Disk, simulated

ADA, BOB = 0, 1
PART_SIZE = 1024  # bytes of a message in one frame
sides = st.sampled_from((ADA, BOB))


class Path:
    """A connection: what is under way to each side, in order."""

    def __init__(self) -> None:
        self.to: tuple[deque[str | bytes], deque[str | bytes]] = (deque(), deque())
        self.parts: tuple[list[bytes | memoryview], list[bytes | memoryview]] = ([], [])
        self.hears = [False, False]  # who is there to read
        self.flowing = [False, False]  # who has heard where the other one goes on


class Page:
    """One side: a journal over its disk, and what its person has sent."""

    def __init__(self) -> None:
        self.disk = Disk()
        self.sent: list[bytes] = []  # what the person here was promised
        self.last_words = 0  # frames that still arrive after it is killed
        self.reload()

    def reload(self) -> None:
        self.path: Path | None = None
        self.disk.fuse = None
        self.journal = Journal(self.disk, PREFIX, lambda: 0.0)

    def saved(self, *, mine: bool) -> list[bytes | None]:
        """What a reload would find."""
        found = Journal(self.disk, PREFIX, lambda: 0.0)
        return [entry.payload for entry in found.entries if entry.mine is mine]


class Pair(RuleBasedStateMachine):
    """Two pages, and paths that come and go (channel_session.py, without what waits)."""

    def __init__(self) -> None:
        super().__init__()
        self.pages = (Page(), Page())
        self.paths: list[Path] = []
        self.numbers = itertools.count(1)

    # What may happen

    @rule(who=sides, length=st.sampled_from([0, 0, 0, PART_SIZE * 2]))
    def send(self, who: int, length: int) -> None:
        page = self.pages[who]
        payload = f"{next(self.numbers)} of {who}".ljust(length, ".").encode()
        try:
            entry = page.journal.send(payload)
        except Crash:
            if payload in page.saved(mine=True):
                page.sent.append(payload)
            self.die(who)
        else:
            page.sent.append(payload)
            if page.path is not None and page.path.flowing[who]:
                self.send_parts(who, page.path, entry.number, payload)

    @precondition(lambda self: len(self.paths) < 3)
    @rule(change=st.sampled_from([(), (ADA,), (BOB,), (BOB, ADA), (ADA, BOB)]))
    def dial(self, change: tuple[int, ...]) -> None:
        """A new path; each side changes over to it by itself, and the old one may go on."""
        self.paths.append(Path())
        for who in change:
            self.attach(who)

    @precondition(lambda self: self.paths)
    @rule(who=sides)
    def attach(self, who: int) -> None:
        path, page = self.paths[-1], self.pages[who]
        if not path.hears[who]:  # a path is changed over to once
            page.path = path
            path.hears[who] = True
            self.say(who, path, Opened(page.journal.lane.received, "chat", "kept"))

    @precondition(lambda self: self.under_way())
    @rule(which=st.integers(0, 5), count=st.integers(1, 6))
    def deliver(self, which: int, count: int) -> None:
        ways = self.under_way()
        path, who = ways[which % len(ways)]
        self.arrive(who, path, count)

    def under_way(self) -> list[tuple[Path, int]]:
        """Where somebody has something to read."""
        return [
            (path, who)
            for path in self.paths
            for who in (ADA, BOB)
            if path.hears[who] and path.to[who]
        ]

    @precondition(lambda self: self.paths)
    @rule(turns=st.integers(1, 8))
    def flow(self, turns: int) -> None:
        """Everything goes well for a while."""
        for _ in range(turns):
            for who in (ADA, BOB):
                for path in tuple(self.paths):
                    self.arrive(who, path, 1)

    @precondition(lambda self: 0 < len(self.paths) < 3)
    @rule(who=sides, count=st.integers(1, 4))
    def overtake(self, who: int, count: int) -> None:
        """A message goes over the old path and again over a new one, which is faster."""
        self.flow(2)
        self.send(1 - who, 0)
        if self.paths:
            old = self.paths[-1]
            self.dial((ADA, BOB))
            for reader in (ADA, BOB, ADA, BOB):
                self.arrive(reader, self.paths[-1], count)
                if not self.paths:
                    return
            self.arrive(who, old, count)

    @precondition(lambda self: self.paths)
    @rule(which=st.integers(0, 3), prefixes=st.tuples(st.integers(0, 4), st.integers(0, 4)))
    def cut(self, which: int, prefixes: tuple[int, int]) -> None:
        """What was under way arrives in part."""
        path = self.paths[which % len(self.paths)]
        for who in (ADA, BOB):
            self.arrive(who, path, prefixes[who])
        self.lose(path)

    @rule(who=sides, fuse=st.integers(0, 2), before=st.booleans(), last_words=st.integers(0, 6))
    def doom(self, who: int, fuse: int, before: bool, last_words: int) -> None:
        """The page will be killed at one of its next writes."""
        page = self.pages[who]
        page.disk.fuse, page.disk.before, page.last_words = fuse, before, last_words

    @rule(who=sides, fuse=st.integers(0, 1), before=st.booleans(), last_words=st.integers(0, 6))
    def die_while_reading(self, who: int, fuse: int, before: bool, last_words: int) -> None:
        if not self.paths:
            self.dial((ADA, BOB))
        self.flow(2)
        self.send(1 - who, 0)
        self.doom(who, fuse, before, last_words)
        for path in tuple(self.paths):
            self.arrive(who, path, 4)

    @rule(who=sides, last_words=st.integers(0, 6))
    def crash(self, who: int, last_words: int) -> None:
        self.pages[who].last_words = last_words
        self.die(who)

    # What follows from it

    def say(self, who: int, path: Path, word: Any) -> None:
        path.to[1 - who].append(SESSION.encode(word))

    def send_parts(self, who: int, path: Path, number: int, payload: bytes) -> None:
        for part in envelopes("chat", number, payload, lambda: PART_SIZE):
            path.to[1 - who].append(part.encode())

    def die(self, who: int) -> None:
        """Its paths end with it; what it had said may still arrive, up to some frame."""
        paths, page = tuple(self.paths), self.pages[who]
        page.reload()
        for path in paths:
            path.hears[who] = False
        for path in paths:
            self.arrive(1 - who, path, page.last_words)
            self.lose(path)

    def lose(self, path: Path) -> None:
        if path in self.paths:
            self.paths.remove(path)
        for page in self.pages:
            if page.path is path:
                page.path = None

    def arrive(self, who: int, path: Path, count: int) -> None:
        waiting = path.to[who]
        for _ in range(min(count, len(waiting))):
            if not path.hears[who]:
                return
            try:
                self.hear(who, path, waiting.popleft())
            except Crash:
                self.die(who)

    def hear(self, who: int, path: Path, frame: str | bytes) -> None:
        journal = self.pages[who].journal
        word = Envelope.decode(frame) if isinstance(frame, bytes) else SESSION.decode(frame)
        match word:
            case Opened():
                journal.acknowledge(word.received)
                path.flowing[who] = True
                if self.pages[who].path is path:
                    for number, payload in journal.lane.unconfirmed():
                        self.send_parts(who, path, number, payload)
            case Ack():
                journal.acknowledge(word.number)
            case Envelope():
                path.parts[who].append(word.payload)
                if not word.more:
                    payload = b"".join(path.parts[who])
                    path.parts[who].clear()
                    self.take(who, path, word.number, payload)

    def take(self, who: int, path: Path, number: int, payload: bytes) -> None:
        """Saved before it is confirmed."""
        journal = self.pages[who].journal
        journal.take(number, payload)
        self.say(who, path, Ack(journal.lane.received, "chat"))

    # What must be so

    @invariant()
    def nothing_is_lost_doubled_or_overtaken(self) -> None:
        for page, other in (self.pages, self.pages[::-1]):
            assert page.saved(mine=True) == page.sent
            arrived = other.saved(mine=False)
            assert arrived == page.sent[: len(arrived)]
            waiting = [payload for _, payload in page.journal.lane.unconfirmed()]
            assert waiting == page.sent[len(page.sent) - len(waiting) :]
            assert len(waiting) >= len(page.sent) - len(arrived)
            delivered = [entry.delivered for entry in page.journal.entries if entry.mine]
            confirmed = len(page.sent) - len(waiting)
            assert delivered == [True] * confirmed + [False] * len(waiting)

    def teardown(self) -> None:
        """One path that holds is enough for everything to arrive."""
        for page in self.pages:
            page.disk.fuse = None
        self.dial((ADA, BOB))
        path = self.paths[-1]
        while any(path.to):
            for who in (ADA, BOB):
                self.arrive(who, path, 1)
        for page, other in (self.pages, self.pages[::-1]):
            assert other.saved(mine=False) == page.sent
            assert page.journal.lane.waiting == 0
            page.reload()
            assert page.journal.lane.waiting == 0


TestPair = Pair.TestCase
TestPair.settings = simulated


class HastyPair(Pair):
    """The same with the steps in the wrong order: who confirms first may die with the message."""

    def take(self, who: int, path: Path, number: int, payload: bytes) -> None:
        journal = self.pages[who].journal
        self.say(who, path, Ack(max(number, journal.lane.received), "chat"))
        journal.take(number, payload)


class ForgetfulPair(Pair):
    """The same, with a message sent before it is saved."""

    @rule(who=sides, length=st.just(0))
    def send(self, who: int, length: int) -> None:
        page = self.pages[who]
        if page.path is not None and page.path.flowing[who]:
            self.send_parts(who, page.path, page.journal.lane.sent + 1, b"the next")
        try:
            page.journal.send(b"the next")
        except Crash:
            self.die(who)
        else:
            page.sent.append(b"the next")


@pytest.mark.parametrize("wrong", [HastyPair, ForgetfulPair])
def test_the_simulation_finds_the_wrong_order(wrong: type[Pair]) -> None:
    search = settings(
        simulated,
        max_examples=500,
        stateful_step_count=50,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        report_multiple_bugs=False,
    )
    with pytest.raises((AssertionError, OutOfSequence)):
        run_state_machine_as_test(wrong, settings=search)
