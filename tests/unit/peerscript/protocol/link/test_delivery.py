"""A lane counts, holds what may not have arrived, and does not believe everything."""

from __future__ import annotations

import pytest

from peerscript.protocol.link.delivery import Lane, Newest, OutOfSequence


def lane_of(*payloads: bytes) -> Lane:
    lane = Lane()
    assert [lane.send(payload) for payload in payloads] == list(range(1, len(payloads) + 1))
    return lane


def test_what_is_sent_is_held_until_it_is_confirmed() -> None:
    lane = lane_of(b"one", b"three", b"")
    assert lane.unconfirmed() == [(1, b"one"), (2, b"three"), (3, b"")]
    assert (lane.sent, lane.waiting, lane.waiting_size) == (3, 3, 8)
    assert lane.acknowledge(2) == [1, 2]
    assert (lane.sent, lane.waiting, lane.waiting_size) == (3, 1, 0)
    assert lane.acknowledge(3) == [3]
    assert lane.unconfirmed() == []


@pytest.mark.parametrize("number", [0, 1, 2])
def test_what_is_confirmed_twice_is_not_new(number: int) -> None:
    lane = lane_of(b"one", b"two", b"three")
    lane.acknowledge(2)
    assert lane.acknowledge(number) == []
    assert lane.unconfirmed() == [(3, b"three")]


def test_a_confirmation_of_what_was_never_sent() -> None:
    lane = lane_of(b"one")
    with pytest.raises(OutOfSequence, match="2 is confirmed, and 1 was the last"):
        lane.acknowledge(2)
    assert lane.unconfirmed() == [(1, b"one")]


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
    lane = Lane(received=2)
    with pytest.raises(OutOfSequence, match=f"message {number} came after 2"):
        lane.take(number)
    assert lane.received == 2
    assert lane.take(3)


def test_a_lane_goes_on_where_it_was() -> None:
    lane = Lane(sent=7, received=4, outbox=((6, b"six"), (7, b"seven")))
    assert (lane.waiting, lane.waiting_size) == (2, 8)
    assert lane.send(b"eight") == 8
    assert lane.acknowledge(6) == [6]
    assert lane.unconfirmed() == [(7, b"seven"), (8, b"eight")]
    assert lane.take(5)


def test_what_was_unconfirmed_then_is_not_changed_by_what_comes() -> None:
    lane = lane_of(b"one")
    before = lane.unconfirmed()
    lane.send(b"two")
    lane.acknowledge(1)
    assert before == [(1, b"one")]


# Where the newest alone counts


def test_the_newest_takes_the_place_of_what_was_before() -> None:
    newest = Newest()
    assert newest.unconfirmed() == []
    assert [newest.send(payload) for payload in (b"one", b"two")] == [1, 2]
    assert (newest.sent, newest.waiting) == (2, 1)
    assert newest.unconfirmed() == [(2, b"two")]
    assert newest.acknowledge(1) == []
    assert newest.unconfirmed() == [(2, b"two")]
    assert newest.acknowledge(2) == []
    assert (newest.waiting, newest.unconfirmed()) == (0, [])
    assert newest.send(b"") == 3
    assert newest.unconfirmed() == [(3, b"")]


def test_what_is_newer_is_taken_whatever_is_missing() -> None:
    newest = Newest()
    assert [newest.take(number) for number in (1, 1, 5, 3, 5, 6)] == [
        *(True, False, True),
        *(False, False, True),
    ]
    assert newest.received == 6


def test_a_confirmation_of_a_newest_that_was_never_sent() -> None:
    newest = Newest()
    newest.send(b"one")
    with pytest.raises(OutOfSequence, match="2 is confirmed, and 1 was the last"):
        newest.acknowledge(2)
    assert newest.unconfirmed() == [(1, b"one")]
