"""A lane counts, holds what may not have arrived, and does not believe everything."""

from __future__ import annotations

import pytest

from peerscript.protocol.link.delivery import Lane, OutOfStep


def lane_of(*payloads: str | bytes) -> Lane[str | bytes]:
    lane: Lane[str | bytes] = Lane()
    assert [lane.send(payload) for payload in payloads] == list(range(1, len(payloads) + 1))
    return lane


def test_what_is_sent_is_held_until_it_is_confirmed() -> None:
    lane = lane_of("one", b"three", "")
    assert lane.unconfirmed() == [(1, "one"), (2, b"three"), (3, "")]
    assert (lane.sent, lane.waiting, lane.waiting_size) == (3, 3, 8)
    assert lane.acknowledge(2) == [1, 2]
    assert (lane.sent, lane.waiting, lane.waiting_size) == (3, 1, 0)
    assert lane.acknowledge(3) == [3]
    assert lane.unconfirmed() == []


@pytest.mark.parametrize("number", [0, 1, 2])
def test_what_is_confirmed_twice_is_not_new(number: int) -> None:
    lane = lane_of("one", "two", "three")
    lane.acknowledge(2)
    assert lane.acknowledge(number) == []
    assert lane.unconfirmed() == [(3, "three")]


def test_a_confirmation_of_what_was_never_sent() -> None:
    lane = lane_of("one")
    with pytest.raises(OutOfStep, match="2 is confirmed, and 1 was the last"):
        lane.acknowledge(2)
    assert lane.unconfirmed() == [(1, "one")]


def test_what_arrives_is_new_once() -> None:
    lane = lane_of()
    assert [lane.take(number) for number in (1, 1, 2, 1, 2, 3)] == [
        *(True, False, True),
        *(False, False, True),
    ]
    assert lane.received == 3
    assert not lane.take(0)


@pytest.mark.parametrize("number", [4, 2**53 - 1])
def test_a_message_before_its_turn(number: int) -> None:
    lane: Lane[str] = Lane(received=2)
    with pytest.raises(OutOfStep, match=f"message {number} came after 2"):
        lane.take(number)
    assert lane.received == 2
    assert lane.take(3)


def test_a_lane_goes_on_where_it_was() -> None:
    lane = Lane(sent=7, received=4, outbox=((6, "six"), (7, "seven")))
    assert (lane.waiting, lane.waiting_size) == (2, 8)
    assert lane.send("eight") == 8
    assert lane.acknowledge(6) == [6]
    assert lane.unconfirmed() == [(7, "seven"), (8, "eight")]
    assert lane.take(5)


def test_what_was_unconfirmed_then_is_not_changed_by_what_comes() -> None:
    lane = lane_of("one")
    before = lane.unconfirmed()
    lane.send("two")
    lane.acknowledge(1)
    assert before == [(1, "one")]
