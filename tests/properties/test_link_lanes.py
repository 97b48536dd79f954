"""A lane arrives whole, once and in order, whatever the path repeats and the other side says."""

from __future__ import annotations

from collections import deque

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
)

from peerscript.protocol.link.delivery import Lane, Newest, OutOfSequence
from tests.properties.crashing import simulated


class Lanes(RuleBasedStateMachine):
    """A lane that nobody keeps: paths break, come back and repeat, and the other side may lie."""

    def __init__(self) -> None:
        super().__init__()
        self.near = Lane()
        self.far = Lane()
        self.sent: list[bytes] = []
        self.arrived: list[bytes] = []
        self.way: deque[tuple[int, bytes]] = deque()
        self.old: list[deque[tuple[int, bytes]]] = []

    @rule(payload=st.binary(max_size=3))
    def send(self, payload: bytes) -> None:
        self.sent.append(payload)
        self.way.append((self.near.send(payload), payload))

    @rule(count=st.integers(1, 5))
    def deliver(self, count: int) -> None:
        self._deliver(self.way, count)

    @precondition(lambda self: self.old)
    @rule(which=st.integers(0, 5))
    def deliver_late(self, which: int) -> None:
        way = self.old.pop(which % len(self.old))
        self._deliver(way, len(way))

    def _deliver(self, way: deque[tuple[int, bytes]], count: int) -> None:
        for _ in range(min(count, len(way))):
            number, payload = way.popleft()
            if self.far.take(number):
                self.arrived.append(payload)

    @rule(behind=st.integers(0, 5))
    def confirm(self, behind: int) -> None:
        number = max(self.far.received - behind, 0)
        before = self.near.waiting
        fresh = self.near.acknowledge(number)
        assert fresh == list(range(number - len(fresh) + 1, number + 1))
        assert self.near.waiting == before - len(fresh)

    @rule()
    def change_over(self) -> None:
        if self.way:
            self.old.append(self.way)
        self.near.acknowledge(self.far.received)
        self.way = deque(self.near.unconfirmed())

    @rule(ahead=st.just(1) | st.integers(1, 2**53))
    def lie(self, ahead: int) -> None:
        for tell in (
            lambda: self.near.acknowledge(self.near.sent + ahead),
            lambda: self.far.take(self.far.received + 1 + ahead),
        ):
            before = vars(self.near).copy(), self.near.unconfirmed(), vars(self.far).copy()
            with pytest.raises(OutOfSequence):
                tell()
            after = vars(self.near).copy(), self.near.unconfirmed(), vars(self.far).copy()
            assert after == before

    @invariant()
    def each_arrives_once_and_in_order(self) -> None:
        assert self.arrived == self.sent[: len(self.arrived)]
        waiting = self.near.unconfirmed()
        assert [number for number, _ in waiting] == [
            *range(self.near.sent - self.near.waiting + 1, self.near.sent + 1)
        ]
        assert [payload for _, payload in waiting] == self.sent[len(self.sent) - len(waiting) :]
        assert self.near.waiting_size == sum(len(payload) for _, payload in waiting)

    def teardown(self) -> None:
        self.change_over()
        self._deliver(self.way, len(self.way))
        self.near.acknowledge(self.far.received)
        assert self.arrived == self.sent
        assert (self.near.waiting, self.near.waiting_size) == (0, 0)


TestLanes = Lanes.TestCase
TestLanes.settings = simulated


class Newests(RuleBasedStateMachine):
    """The newest alone: it arrives, whatever is overtaken; nothing comes twice, nor turns back."""

    def __init__(self) -> None:
        super().__init__()
        self.near = Newest()
        self.far = Newest()
        self.sent = [b"none was sent before"]
        self.arrived: list[int] = []
        self.way: deque[tuple[int, bytes]] = deque()
        self.turn_asked = False

    @rule(payload=st.binary(max_size=3))
    def send(self, payload: bytes) -> None:
        assert self.near.send(payload) == len(self.sent)
        self.sent.append(payload)
        self.turn_asked = True

    @rule()
    def take_turn(self) -> None:
        if self.turn_asked:
            self.turn_asked = False
            self.way.extend(self.near.unconfirmed())

    @rule(count=st.integers(1, 5))
    def deliver(self, count: int) -> None:
        for _ in range(min(count, len(self.way))):
            number, payload = self.way.popleft()
            assert payload == self.sent[number]
            if self.far.take(number):
                self.arrived.append(number)

    @rule(behind=st.integers(0, 5))
    def confirm(self, behind: int) -> None:
        self.near.acknowledge(max(self.far.received - behind, 0))

    @rule()
    def change_over(self) -> None:
        self.near.acknowledge(self.far.received)
        self.way = deque(self.near.unconfirmed())
        self.turn_asked = False

    @rule(ahead=st.just(1) | st.integers(1, 2**53))
    def lie(self, ahead: int) -> None:
        with pytest.raises(OutOfSequence):
            self.near.acknowledge(self.near.sent + ahead)

    @invariant()
    def it_only_goes_forward_and_at_most_one_waits(self) -> None:
        assert self.arrived == sorted(set(self.arrived))
        waiting = self.near.unconfirmed()
        assert len(waiting) == self.near.waiting <= 1
        assert waiting in ([], [(len(self.sent) - 1, self.sent[-1])])

    def teardown(self) -> None:
        self.change_over()
        self.deliver(len(self.way) or 1)
        assert self.far.received == len(self.sent) - 1
        self.near.acknowledge(self.far.received)
        assert self.near.waiting == 0


TestNewests = Newests.TestCase
TestNewests.settings = simulated
