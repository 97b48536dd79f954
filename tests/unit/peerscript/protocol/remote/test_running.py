"""The table of the other page's calls, whatever it asks."""

from __future__ import annotations

import pytest

from peerscript.protocol.remote.messages import CREDIT, MAX_RUNNING, Call, Cancel, More
from peerscript.protocol.remote.running import Running, RunningCalls
from peerscript.protocol.vocabulary import Malformed


def begun(calls: RunningCalls, id: int) -> Running:
    call = calls.begin(Call(id, True, "count", b""))
    assert call is not None
    return call


def test_so_many_run_at_once() -> None:
    calls = RunningCalls()
    running = [begun(calls, id) for id in range(1, MAX_RUNNING + 1)]
    assert calls.begin(Call(17, False, "add", b"")) is None
    calls.end(running[3])
    begun(calls, 18)
    assert len(calls) == MAX_RUNNING


def test_a_number_is_used_once() -> None:
    calls = RunningCalls()
    calls.end(begun(calls, 2))
    for id in (2, 1, 0):
        with pytest.raises(Malformed, match="after 2"):
            calls.begin(Call(id, False, "add", b""))


def test_cancelling() -> None:
    calls = RunningCalls()
    call = begun(calls, 1)
    assert calls.on_message(Cancel(1)) is call
    assert call.cancelled
    calls.end(call)
    assert calls.on_message(Cancel(1)) is None  # it was on its way
    with pytest.raises(Malformed, match="was not made"):
        calls.on_message(Cancel(2))


def test_more_values_but_not_too_many() -> None:
    calls = RunningCalls()
    call = begun(calls, 1)
    call.credit = 0
    assert calls.on_message(More(1, CREDIT)) is call
    assert call.credit == CREDIT
    with pytest.raises(Malformed, match="17 values"):
        calls.on_message(More(1, 1))


def test_another_load_of_that_page_begins_again_and_what_runs_still_counts() -> None:
    calls = RunningCalls()
    old = [begun(calls, id) for id in range(1, MAX_RUNNING + 1)]
    assert calls.forget() == old
    assert all(call.cancelled and call.silent for call in old)
    assert calls.begin(Call(1, False, "add", b"")) is None
    calls.end(old[0])
    new = begun(calls, 2)
    assert calls.on_message(Cancel(2)) is new
    calls.end(old[1])
    assert len(calls) == MAX_RUNNING - 1
