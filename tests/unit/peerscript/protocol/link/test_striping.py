"""Messages over several stripes come in order, whatever overtakes or is lost."""

from __future__ import annotations

import pytest

from peerscript.protocol.link import striping
from peerscript.protocol.link.delivery import OutOfSequence
from peerscript.protocol.link.striping import IDLE, LONG, SLOW, Demand, Early, InFlight


def sent(flight: InFlight[str], message: str, size: int = 10) -> None:
    flight.begin(message)
    flight.add(size)
    flight.end()


def test_what_was_not_read_to_its_end_is_lost() -> None:
    flight = InFlight[str]()
    for message in ("one", "two", "three"):
        sent(flight, message)
    assert flight.sent == 30
    flight.begin("four")
    flight.add(10)
    assert flight.lost() == ["one", "two", "three", "four"]
    flight.read(19)
    assert flight.lost() == ["two", "three", "four"]
    flight.read(40)
    assert flight.lost() == ["four"]  # its end is not known yet
    flight.end()
    assert flight.lost() == []


def test_messages_come_in_order_and_once() -> None:
    early, received = Early(), 0
    heard = []
    for number in (2, 3, 2, 1, 1, 3, 5, 4, 4):
        for each, payload in early.take(number, b"%d" % number, received):
            received = each
            heard.append(payload)
    assert heard == [b"1", b"2", b"3", b"4", b"5"]


def test_what_waits_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(striping, "EARLY_LIMIT", 10_000)
    early = Early()
    for number in range(2, 10):
        assert list(early.take(number, bytes(900), 0)) == []
    with pytest.raises(OutOfSequence):
        list(early.take(11, bytes(900), 0))
    early.clear()
    assert list(early.take(3, bytes(900), 0)) == []
    assert [number for number, _ in early.take(1, b"", 0)] == [1]


def test_they_are_worth_it_when_much_is_sent_over_a_long_path() -> None:
    demand = Demand(0.0)
    demand.tick(LONG, 0, SLOW, True, 1.0)
    assert demand.wanted
    demand.tick(2 * LONG, 0, SLOW / 2, True, 2.0)
    assert not demand.wanted
    demand.tick(3 * LONG, 0, SLOW, False, 3.0)
    assert not demand.wanted
    demand.tick(3 * LONG, 0, SLOW, True, 4.0)
    demand.tick(4 * LONG - 1, 0, SLOW, True, 5.0)
    assert not demand.wanted  # there was a pause
    demand.tick(4 * LONG, 0, SLOW, True, 6.0)
    assert demand.wanted


def test_they_are_idle_when_nothing_moves_either_way() -> None:
    demand = Demand(0.0)
    demand.tick(1, 0, 0.0, False, 1.0)
    demand.tick(1, 1, 0.0, False, IDLE)
    demand.tick(1, 1, 0.0, False, 2 * IDLE - 1)
    assert not demand.idle
    demand.tick(1, 1, 0.0, False, 2 * IDLE)
    assert demand.idle
    demand.tick(1, 2, 0.0, False, 2 * IDLE + 1)
    assert not demand.idle
