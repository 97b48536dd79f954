"""The table of this page's calls, whatever the other page answers."""

from __future__ import annotations

from typing import Any

import pytest

from peerscript.errors import RemoteError, RemoteLost
from peerscript.protocol.remote.messages import CREDIT, Cancel, End, Failed, Item, More, Result
from peerscript.protocol.remote.pending import Calls, Pending
from peerscript.protocol.vocabulary import Malformed


def sent(calls: Calls, *, stream: bool = False, deadline: float | None = None) -> Pending:
    call = Pending("add", stream=stream)
    call.deadline = deadline
    calls.add(call)
    return call


def test_each_answer_finds_its_call() -> None:
    calls = Calls()
    first, second = sent(calls), sent(calls)
    assert (first.id, second.id, len(calls)) == (1, 2, 2)
    assert calls.on_message(Result(2, b"2")) is second
    assert (second.value, second.ended, first.ended) == (b"2", True, False)
    assert calls.on_message(Failed(1, "raised", "ValueError", "no")) is first
    assert isinstance(first.error, RemoteError)
    assert len(calls) == 0


def test_values_then_the_end() -> None:
    calls = Calls()
    call = sent(calls, stream=True)
    for value in (b"1", b"2"):
        assert calls.on_message(Item(1, value)) is call
    calls.on_message(End(1))
    assert [call.read(), call.read()] == [(b"1", None), (b"2", None)]
    assert call.ended
    assert call.error is None


@pytest.mark.parametrize(
    ("stream", "answers"),
    [
        (False, [Result(2, b"")]),
        (False, [Result(1, b""), Result(1, b"")]),
        (False, [Item(1, b"")]),
        (False, [End(1)]),
        (True, [Result(1, b"")]),
        (True, [End(1), Item(1, b"")]),
        (True, [Item(1, b"")] * (CREDIT + 1)),
    ],
)
def test_answers_that_were_not_asked_for(stream: bool, answers: list[Any]) -> None:
    calls = Calls()
    sent(calls, stream=stream)
    *good, bad = answers
    for answer in good:
        calls.on_message(answer)
    with pytest.raises(Malformed):
        calls.on_message(bad)


def test_a_reader_that_reads_lets_more_come() -> None:
    calls = Calls()
    call = sent(calls, stream=True)
    granted = 0
    for number in range(100):
        calls.on_message(Item(1, bytes([number])))
        item, more = call.read()
        assert item == bytes([number])
        granted += more.count if more else 0
        assert more is None or more == More(1, CREDIT // 2)
    assert granted > 80
    for _ in range(CREDIT - (100 - granted)):
        calls.on_message(Item(1, b""))
    with pytest.raises(Malformed):
        calls.on_message(Item(1, b""))


def test_after_a_cancel_what_still_comes_is_dropped() -> None:
    calls = Calls()
    call = sent(calls, stream=True)
    calls.on_message(Item(1, b"1"))
    assert call.abandon() == Cancel(1)
    assert call.abandon() is None
    calls.on_message(Item(1, b"2"))
    assert not call.items
    assert len(calls) == 1  # it runs over there
    calls.on_message(Failed(1, "cancelled", "", ""))
    assert len(calls) == 0


def test_the_first_reason_counts() -> None:
    calls = Calls()
    call = sent(calls)
    changes: list[bool] = []
    call.changed = lambda: changes.append(True)
    call.fail(RemoteLost("first"))
    calls.on_message(Failed(1, "cancelled", "", ""))
    assert isinstance(call.error, RemoteLost)
    assert changes == [True]


def test_all_are_lost() -> None:
    calls = Calls()
    both = [sent(calls), sent(calls)]
    assert calls.take_all() == both
    assert all(call.ended for call in both)
    assert len(calls) == 0
    assert both[0].abandon() is None
    both[0].fail(RemoteLost("nobody waits for it"))
    assert calls.next_id == 3


def test_who_is_due() -> None:
    calls = Calls()
    early, late, _ = sent(calls, deadline=5), sent(calls, deadline=9), sent(calls)
    assert calls.next_deadline() == 5
    assert calls.overdue(4.9) == []
    assert calls.overdue(5) == [early]
    early.abandon()
    assert calls.overdue(9) == [late]
    late.abandon()
    assert calls.next_deadline() is None
