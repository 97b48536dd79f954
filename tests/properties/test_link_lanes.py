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

from peerscript.protocol.link.delivery import Lane, OutOfStep
from tests.properties.crashing import simulated


class Lanes(RuleBasedStateMachine):
    """A lane that nobody keeps: paths break, come back and repeat, and the other side may lie."""

    def __init__(self) -> None:
        super().__init__()
        self.near: Lane[str | bytes] = Lane()
        self.far: Lane[str | bytes] = Lane()
        self.sent: list[str | bytes] = []
        self.arrived: list[str | bytes] = []
        self.way: deque[tuple[int, str | bytes]] = deque()
        self.old: list[deque[tuple[int, str | bytes]]] = []

    @rule(payload=st.text(max_size=3) | st.binary(max_size=3))
    def send(self, payload: str | bytes) -> None:
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

    def _deliver(self, way: deque[tuple[int, str | bytes]], count: int) -> None:
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
            with pytest.raises(OutOfStep):
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
