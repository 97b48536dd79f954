"""Calls of remote functions in any order: honest pages agree, and others stay within bounds."""

from __future__ import annotations

from collections import deque

from hypothesis import given
from hypothesis import strategies as st

from peerscript.protocol.remote.failures import cancelled
from peerscript.protocol.remote.messages import (
    CREDIT,
    MAX_RUNNING,
    Call,
    Cancel,
    End,
    Failed,
    Item,
    More,
    Result,
)
from peerscript.protocol.remote.pending import Calls, Pending
from peerscript.protocol.remote.running import Running, RunningCalls
from peerscript.protocol.vocabulary import Malformed

Answer = Result | Item | End | Failed


class Talk:
    """Two honest pages: one calls, the other runs; what they say arrives in order, some time."""

    def __init__(self) -> None:
        self.calls, self.running = Calls(), RunningCalls()
        self.there: deque[Call | More | Cancel] = deque()
        self.here: deque[Answer] = deque()
        self.mine: list[Pending] = []
        self.theirs: list[tuple[Running, bool]] = []

    def call(self, number: int) -> None:
        if len(self.calls) < MAX_RUNNING:
            stream = number % 2 == 1
            self.there.append(Call(self.calls.next_id, stream, "f", b""))
            self.calls.add(call := Pending("f", stream=stream))
            self.mine.append(call)

    def read(self, number: int) -> None:
        if (ready := [call for call in self.mine if call.items]) and number >= 0:
            _, more = ready[number % len(ready)].read()
            if more:
                self.there.append(more)

    def abandon(self, number: int) -> None:
        if self.mine and (message := self.mine.pop(number % len(self.mine)).abandon()):
            self.there.append(message)

    def arrive_there(self, number: int) -> None:
        if not self.there:
            return
        message = self.there.popleft()
        if isinstance(message, Call):
            call = self.running.begin(message)
            assert call, "an honest page is never refused"
            self.theirs.append((call, message.stream))
        else:
            self.running.on_message(message)

    def arrive_here(self, number: int) -> None:
        if self.here:
            self.calls.on_message(self.here.popleft())

    def give(self, number: int) -> None:
        streams = [call for call, stream in self.theirs if stream and call.credit]
        if streams:
            call = streams[number % len(streams)]
            call.credit -= 1
            self.here.append(Item(call.id, b""))

    def end(self, number: int) -> None:
        if not self.theirs:
            return
        call, stream = self.theirs.pop(number % len(self.theirs))
        done: Answer = End(call.id) if stream else Result(call.id, b"")
        self.here.append(cancelled(call.id) if call.cancelled and number % 3 else done)
        self.running.end(call)

    def settle(self) -> None:
        while self.there or self.here or self.theirs:
            self.arrive_there(0)
            self.arrive_here(0)
            if not self.there:
                self.end(0)


ACTS = ("call", "read", "abandon", "arrive_there", "arrive_here", "give", "end")


@given(st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 40)), max_size=300))
def test_honest_pages_agree_on_what_runs(steps: list[tuple[str, int]]) -> None:
    talk = Talk()
    for act, number in steps:
        getattr(talk, act)(number)
        assert len(talk.running) <= len(talk.calls) <= MAX_RUNNING
        assert all(len(call.items) <= CREDIT for call in talk.mine)
    talk.settle()
    assert len(talk.calls) == len(talk.running) == 0


IDS = st.integers(0, 40)
ASKED = st.one_of(
    st.builds(Call, IDS, st.booleans(), st.just("f"), st.just(b"")),
    st.builds(More, IDS, st.integers(0, 20)),
    st.builds(Cancel, IDS),
    st.just("reload"),
)
ANSWERED = st.one_of(
    st.builds(Result, IDS, st.just(b"")),
    st.builds(Item, IDS, st.just(b"")),
    st.builds(End, IDS),
    st.builds(Failed, IDS, st.just("raised"), st.just("E"), st.just("")),
)


@given(st.lists(ASKED, max_size=200))
def test_whatever_is_asked_runs_within_bounds(messages: list[Call | More | Cancel | str]) -> None:
    running, begun = RunningCalls(), []
    for message in messages:
        try:
            if isinstance(message, str):
                running.forget()
            elif isinstance(message, Call):
                begun.append(running.begin(message))
            else:
                running.on_message(message)
        except Malformed:
            break
        assert len(running) <= MAX_RUNNING
        assert all(call.credit <= CREDIT for call in begun if call)
    for call in begun:
        if call:
            running.end(call)
    assert len(running) == 0


@given(st.lists(st.booleans(), max_size=16), st.lists(ANSWERED, max_size=200))
def test_whatever_is_answered_stays_within_bounds(
    streams: list[bool], messages: list[Answer]
) -> None:
    calls, mine = Calls(), [Pending("f", stream=stream) for stream in streams]
    for call in mine:
        calls.add(call)
    for message in messages:
        try:
            answered = calls.on_message(message)
        except Malformed:
            break
        assert answered.id == message.id
        assert len(answered.items) <= CREDIT
    assert len(calls) == sum(not call.ended for call in mine)
