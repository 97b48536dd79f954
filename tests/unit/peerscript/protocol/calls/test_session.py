"""Two pages' calls agree, whatever their people do and in whichever order it arrives."""

from __future__ import annotations

from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peerscript.protocol.calls.messages import Accept, CallMessage, Leave, Rejoin, Ring
from peerscript.protocol.calls.session import CallEnd, CallSession, LinkCallState


class Side:
    """A page: its call, if it has one, and what is on the way to it."""

    def __init__(self, first: int) -> None:
        self.call: CallSession | None = None
        self.remembered: int | None = None  # over a reload
        self.inbox: deque[CallMessage | str] = deque()
        self.sent: list[CallMessage] = []
        self.numbers = iter(range(first, 10_000, 2))

    @property
    def live(self) -> CallSession | None:
        return self.call if self.call and not self.call.ended else None

    def press_call(self) -> None:
        if self.live is None:
            self.call = CallSession.ring(next(self.numbers))
        else:
            self.live.accept()

    def press_leave(self) -> None:
        if self.live:
            self.live.leave()

    def reload(self) -> None:
        was = self.live.id if self.live and self.live.joined else None
        self.call = CallSession.rejoin(was) if was else None

    def take(self, message: CallMessage | str) -> None:
        call = self.live
        if isinstance(message, str):
            if call:
                call.on_restart()
            return
        match message:
            case Ring() if call is None:
                self.call = CallSession(message.call, LinkCallState.RINGING)
            case Ring() if call:
                call.on_ring(message.call)
            case _ if call is None or not call.is_for(message.call):
                if isinstance(message, Rejoin):
                    self.sent.append(Leave(message.call, "reloaded"))
            case Accept():
                call.on_accept()
            case Rejoin():
                call.on_rejoin()
            case Leave():
                call.on_leave(message.reason)


def deliver(sender: Side, receiver: Side) -> None:
    """Put what the sender has to say on its way. A Link drops what it is given before it has
    noticed that the other page was reloaded.
    """
    outgoing, sender.sent = sender.sent, []
    if sender.call:
        outgoing += sender.call.outgoing
        sender.call.outgoing.clear()
    if "restart" not in sender.inbox:
        receiver.inbox.extend(outgoing)


def read(reader: Side, writer: Side) -> None:
    """Read one message."""
    if reader.inbox:
        reader.take(reader.inbox.popleft())
        deliver(reader, writer)


STEPS = st.lists(
    st.tuples(st.sampled_from(["call", "leave", "read", "reload"]), st.booleans()), max_size=40
)


@given(STEPS)
def test_both_pages_agree_in_the_end(steps: list[tuple[str, bool]]) -> None:
    sides = Side(1), Side(2)
    for step, second in steps:
        one, other = (sides[1], sides[0]) if second else sides
        match step:
            case "call":
                one.press_call()
            case "leave":
                one.press_leave()
            case "read":
                read(one, other)
            case _:
                one.reload()
                one.inbox.clear()
                other.inbox.append("restart")
        deliver(one, other)
    while sides[0].inbox or sides[1].inbox:
        read(sides[0], sides[1])
        read(sides[1], sides[0])
    first, second_call = sides[0].live, sides[1].live
    if first is None or second_call is None:
        assert first is second_call
        return
    assert first.id == second_call.id
    assert first.joined == second_call.joined
    states = {first.state, second_call.state}
    assert states == {LinkCallState.CALLING, LinkCallState.RINGING} or first.joined
    if first.joined:
        assert first.paths > 0
        assert second_call.paths > 0


def calling() -> tuple[CallSession, CallSession]:
    caller, callee = CallSession.ring(1), CallSession(1, LinkCallState.RINGING)
    caller.outgoing.clear()
    return caller, callee


@pytest.mark.parametrize(
    ("state", "reason"),
    [(LinkCallState.CALLING, CallEnd.CANCELLED), (LinkCallState.RINGING, CallEnd.DECLINED)],
)
def test_leaving_means_what_the_state_says(state: LinkCallState, reason: CallEnd) -> None:
    call = CallSession(7, state)
    call.leave()
    assert (call.reason, call.told, call.outgoing) == (reason, False, [Leave(7, reason.value)])
    call.leave(CallEnd.BUSY)
    assert call.reason is reason


def test_a_call_that_was_taken_is_hung_up() -> None:
    caller, callee = calling()
    callee.accept()
    caller.on_accept()
    callee.on_connected()
    callee.leave()
    caller.on_leave("hung-up")
    assert (callee.reason, caller.reason) == (CallEnd.HUNG_UP, CallEnd.HUNG_UP)
    assert (callee.told, caller.told) == (False, True)


def test_an_unknown_reason_is_a_hang_up() -> None:
    caller, _ = calling()
    caller.on_leave("of a later version")
    assert caller.reason is CallEnd.HUNG_UP


def test_a_path_comes_and_goes() -> None:
    caller, callee = calling()
    callee.accept()
    caller.on_accept()
    caller.on_connected()
    caller.on_connected()
    caller.on_disconnected()
    assert (caller.state, caller.paths) == (LinkCallState.RECONNECTING, 1)
    caller.on_disconnected()
    caller.on_connected()
    assert (caller.state, caller.paths) == (LinkCallState.CONNECTED, 1)


def test_nothing_happens_to_a_call_that_is_over() -> None:
    call = CallSession(7, LinkCallState.RINGING)
    call.leave()
    call.outgoing.clear()
    for happens in (call.accept, call.on_accept, call.on_restart, call.on_connected):
        happens()
    call.on_disconnected()
    call.on_leave("hung-up")
    assert (call.state, call.reason, call.outgoing) == (
        LinkCallState.ENDED,
        CallEnd.DECLINED,
        [],
    )
    assert not call.is_for(7)
    with pytest.raises(RuntimeError, match="no way from ENDED to CONNECTED"):
        call._move(LinkCallState.CONNECTED)


def test_a_page_that_was_reloaded_while_it_rang_is_told_that_the_call_is_over() -> None:
    call = CallSession(7, LinkCallState.CALLING)
    call.on_rejoin()
    assert call.reason is CallEnd.RELOADED


def test_who_rings_again_replaces_the_ring() -> None:
    call = CallSession(7, LinkCallState.RINGING)
    call.on_ring(9)
    assert (call.id, call.state, call.is_for(7)) == (9, LinkCallState.RINGING, False)


def test_who_forgot_the_call_and_calls_again_is_in_it_again() -> None:
    caller, callee = calling()
    callee.accept()
    caller.on_accept()
    callee.outgoing.clear()
    callee.on_ring(9)
    assert callee.outgoing == [Accept(9)]
    assert (callee.id, callee.paths, callee.state) == (9, 2, LinkCallState.RECONNECTING)
    assert callee.is_for(9)
    assert not callee.is_for(1)
