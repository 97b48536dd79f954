"""A lane over stripes that lag, repeat and are lost arrives whole, once and in order."""

from __future__ import annotations

from collections import deque

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from peerscript.protocol.link.delivery import Lane
from peerscript.protocol.link.striping import Early, InFlight
from tests.properties.crashing import simulated

COUNT = 3
SIZE = 4  # bytes of a part; a message has three


class Stripes(RuleBasedStateMachine):
    """Two pages, and stripes between them. One that is lost is made anew."""

    def __init__(self) -> None:
        super().__init__()
        self.near, self.far, self.early = Lane(), Lane(), Early()
        self.sent: list[bytes] = []
        self.arrived: list[bytes] = []
        self.waiting: deque[tuple[int, bytes]] = deque()
        self.flights = [InFlight[tuple[int, bytes]]() for _ in range(COUNT)]
        # Of each stripe: what has left, a part each; of the last part of one, the message.
        self.ways: list[deque[tuple[int, bytes] | None]] = [deque() for _ in range(COUNT)]
        self.read = [0] * COUNT

    @rule(payload=st.binary(max_size=3))
    def send(self, payload: bytes) -> None:
        self.sent.append(payload)
        self.waiting.append((self.near.send(payload), payload))

    @precondition(lambda self: self.waiting)
    @rule(stripe=st.integers(0, COUNT - 1), cut=st.booleans())
    def take(self, stripe: int, cut: bool) -> None:
        message, flight = self.waiting.popleft(), self.flights[stripe]
        flight.begin(message)
        for part in range(3):
            if cut and part == 2:
                self.lose(stripe)
                return
            flight.add(SIZE)
            self.ways[stripe].append(message if part == 2 else None)
        flight.end()

    @rule(stripe=st.integers(0, COUNT - 1), parts=st.integers(1, 7), told=st.booleans())
    def deliver(self, stripe: int, parts: int, told: bool) -> None:
        way = self.ways[stripe]
        for _ in range(min(parts, len(way))):
            message = way.popleft()
            self.read[stripe] += SIZE
            if message:
                for number, payload in self.early.take(*message, self.far.received):
                    assert self.far.take(number)
                    self.arrived.append(payload)
        if told:
            self.flights[stripe].read(self.read[stripe])

    @rule(stripe=st.integers(0, COUNT - 1))
    def lose(self, stripe: int) -> None:
        self.waiting.extendleft(reversed(self.flights[stripe].lost()))
        self.flights[stripe] = InFlight()
        self.ways[stripe].clear()
        self.read[stripe] = 0

    @rule()
    def confirm(self) -> None:
        self.near.acknowledge(self.far.received)

    @rule()
    def change_path(self) -> None:
        for stripe in range(COUNT):
            self.lose(stripe)
        self.near.acknowledge(self.far.received)
        self.early.clear()
        self.waiting = deque(self.near.unconfirmed())

    @invariant()
    def nothing_is_wrong_so_far(self) -> None:
        assert self.arrived == self.sent[: len(self.arrived)]

    def teardown(self) -> None:
        while self.waiting or any(self.ways):
            if self.waiting:
                self.take(0, cut=False)
            for stripe in range(COUNT):
                self.deliver(stripe, 1000, told=True)
        assert self.arrived == self.sent
        assert not any(flight.lost() for flight in self.flights)


TestStripes = Stripes.TestCase
TestStripes.settings = simulated
