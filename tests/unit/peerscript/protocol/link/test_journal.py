"""Messages and counters outlive the page, and what matters most is dropped last."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

import pytest

from peerscript.protocol.link.delivery import OutOfSequence
from peerscript.protocol.link.journal import BUDGET, Entry, Journal, JournalFull

PREFIX = "messages/ada/"
RECORD = 130  # characters that a record has besides the message, and a few


class SmallStorage(dict[str, str]):
    """Holds so many characters, like a browser's."""

    def __init__(self, room: int) -> None:
        super().__init__()
        self.room = room

    def __setitem__(self, name: str, value: str) -> None:
        others = sum(len(each) for key, each in self.items() if key != name)
        if others + len(value) > self.room:
            raise OSError("QuotaExceededError")
        super().__setitem__(name, value)


def opened(storage: dict[str, str], budget: int = BUDGET, prefix: str = PREFIX) -> Journal:
    """The journal, as a page finds it when it loads."""
    ticks = itertools.count(1)
    return Journal(storage, prefix, lambda: float(next(ticks)), budget)


def payloads(journal: Journal, *, mine: bool) -> list[bytes | None]:
    return [entry.payload for entry in journal.entries if entry.mine is mine]


def take_all(journal: Journal, arriving: Iterable[bytes]) -> None:
    for payload in arriving:
        assert journal.take(journal.lane.received + 1, payload) is not None


def test_an_empty_journal() -> None:
    journal = opened({})
    assert journal.entries == []
    assert (journal.lane.sent, journal.lane.received, journal.lane.waiting) == (0, 0, 0)


def test_both_directions_in_order() -> None:
    journal = opened({})
    assert journal.send(b"hello") == Entry(1, True, b"hello", 1.0, False)
    assert journal.take(1, b"hi") == Entry(1, False, b"hi", 2.0, True)
    journal.send(b"bye")
    assert [(entry.number, entry.mine, entry.payload) for entry in journal.entries] == [
        (1, True, b"hello"),
        (1, False, b"hi"),
        (2, True, b"bye"),
    ]
    assert journal.lane.unconfirmed() == [(1, b"hello"), (2, b"bye")]


def test_a_reload_changes_nothing() -> None:
    storage: dict[str, str] = {}
    journal = opened(storage)
    for payload in (b"one", b"two", bytes(range(256))):
        journal.send(payload)
    take_all(journal, [b"un", b"deux"])
    journal.acknowledge(2)
    again = opened(storage)
    assert again.entries == journal.entries
    assert [entry.delivered for entry in again.entries if entry.mine] == [True, True, False]
    assert (again.lane.sent, again.lane.received) == (3, 2)
    assert again.lane.unconfirmed() == [(3, bytes(range(256)))]
    assert again.send(b"four").number == 4


def test_journals_in_one_storage_do_not_mix() -> None:
    storage: dict[str, str] = {"messages": "somebody's"}
    ada, bob = opened(storage), opened(storage, prefix="messages/bob/")
    ada.send(b"to ada")
    bob.send(b"to bob")
    ada.acknowledge(1)
    assert [entry.delivered for entry in opened(storage).entries] == [True]
    bob = opened(storage, prefix="messages/bob/")
    assert [(entry.payload, entry.delivered) for entry in bob.entries] == [(b"to bob", False)]
    ada.forget()
    assert opened(storage).entries == []
    assert opened(storage, prefix="messages/bob/").entries == bob.entries


def test_the_empty_message_is_not_one_that_was_too_large() -> None:
    storage: dict[str, str] = {}
    opened(storage).send(b"")
    assert payloads(opened(storage), mine=True) == [b""]
    assert opened(storage).lane.unconfirmed() == [(1, b"")]


def test_any_prefix_will_do() -> None:
    storage: dict[str, str] = {}
    for _ in range(12):
        opened(storage, prefix="p").send(b"text")
    assert [entry.number for entry in opened(storage, prefix="p").entries] == list(range(1, 13))


def test_to_forget_leaves_nothing() -> None:
    storage: dict[str, str] = {"other": "stays"}
    journal = opened(storage, budget=400)
    journal.send(b"mine")
    journal.take(1, b"theirs")
    journal.acknowledge(1)
    journal.forget()
    assert storage == {"other": "stays"}
    assert journal.entries == []
    journal.send(b"x" * 200)  # there is room again


def test_what_was_here_before_is_not_saved_again() -> None:
    storage: dict[str, str] = {}
    journal = opened(storage)
    journal.take(1, b"one")
    before = dict(storage)
    assert journal.take(1, b"one") is None
    assert journal.take(1, b"another") is None
    assert storage == before


def test_what_comes_before_its_turn_is_not_saved() -> None:
    storage: dict[str, str] = {}
    journal = opened(storage)
    with pytest.raises(OutOfSequence):
        journal.take(2, b"two")
    with pytest.raises(OutOfSequence):
        journal.acknowledge(1)
    assert storage == {}


def test_a_confirmation_names_what_is_new_in_it() -> None:
    journal = opened({})
    for payload in (b"one", b"two", b"three"):
        journal.send(payload)
    assert [entry.payload for entry in journal.acknowledge(2)] == [b"one", b"two"]
    assert journal.acknowledge(2) == []
    assert journal.acknowledge(1) == []
    assert [entry.payload for entry in journal.acknowledge(3)] == [b"three"]
    assert all(entry.delivered for entry in journal.entries)


def test_the_oldest_that_are_delivered_go_first() -> None:
    storage: dict[str, str] = {}
    journal = opened(storage, budget=4 * (RECORD + 136))
    journal.send(b"m" * 100)
    take_all(journal, [b"a" * 100, b"b" * 100, b"c" * 100, b"d" * 100])
    assert payloads(journal, mine=True) == [b"m" * 100]
    assert payloads(journal, mine=False)[-1] == b"d" * 100
    assert b"a" * 100 not in payloads(journal, mine=False)
    journal.acknowledge(1)
    take_all(journal, [b"e" * 100])
    assert payloads(journal, mine=True) == []
    assert opened(storage).entries == journal.entries
    assert (journal.lane.sent, journal.lane.received) == (1, 5)


def test_the_budget_counts_what_a_record_takes_and_not_its_text_alone() -> None:
    storage: dict[str, str] = {}
    journal = opened(storage, budget=10_000)
    take_all(journal, [b""] * 500)
    take_all(journal, [b"\0" * 300] * 50)
    assert sum(map(len, storage.values())) <= 10_000
    assert opened(storage).lane.received == 550


def test_what_waits_is_not_dropped_for_more() -> None:
    storage: dict[str, str] = {}
    journal = opened(storage, budget=3 * (RECORD + 268))
    sent = [journal.send(b"x" * 200).payload for _ in range(3)]
    before = dict(storage)
    with pytest.raises(JournalFull, match="characters wait"):
        journal.send(b"y" * 200)
    assert storage == before
    assert [payload for _, payload in opened(storage).lane.unconfirmed()] == sent
    journal.acknowledge(1)
    assert journal.send(b"y" * 200).number == 4


def test_a_text_that_can_never_fit_costs_nobody_their_place() -> None:
    storage: dict[str, str] = {}
    journal = opened(storage, budget=2000)
    take_all(journal, [b"a", b"b", b"c"])
    with pytest.raises(JournalFull):
        journal.send(b"x" * 2000)
    assert payloads(journal, mine=False) == [b"a", b"b", b"c"]
    arrived = journal.take(4, b"y" * 2000)
    assert arrived is not None
    assert arrived.payload == b"y" * 2000  # for now
    assert payloads(opened(storage), mine=False) == [b"a", b"b", b"c", None]


def test_a_large_text_that_arrived_makes_room_for_a_large_one_that_goes() -> None:
    storage: dict[str, str] = {}
    journal = opened(storage, budget=1200)
    journal.take(1, b"a" * 700)
    journal.send(b"b" * 700)
    assert [entry.payload for entry in opened(storage).entries] == [b"b" * 700]
    assert opened(storage).lane.received == 1


def test_what_arrives_is_counted_though_there_is_no_room_to_keep_it() -> None:
    storage: dict[str, str] = {}
    journal = opened(storage, budget=1150)
    journal.send(b"x" * 700)
    take_all(journal, [b"a" * 300, b"b" * 300, b"c" * 300])
    again = opened(storage)
    assert payloads(again, mine=True) == [b"x" * 700]
    assert set(payloads(again, mine=False)) == {None}
    assert again.lane.received == 3
    assert sum(map(len, storage.values())) <= 1150 + 2 * RECORD


def test_a_storage_that_is_full_before_the_budget_is() -> None:
    storage = SmallStorage(1200)
    journal = opened(storage)
    take_all(journal, [bytes([letter]) * 300 for letter in b"abcdef"])
    assert payloads(journal, mine=False) == [b"e" * 300, b"f" * 300]
    assert opened(storage).lane.received == 6


def test_a_storage_that_is_full_of_others_things() -> None:
    storage = SmallStorage(1000)
    storage["others"] = "x" * 950
    journal = opened(storage)
    for _ in range(2):
        with pytest.raises(JournalFull, match="Quota"):
            journal.send(b"text")
        with pytest.raises(JournalFull, match="Quota"):
            journal.take(1, b"text")
    assert (journal.lane.sent, journal.lane.received) == (0, 0)
    del storage["others"]
    assert journal.take(1, b"text") is not None
    assert journal.send(b"text").number == 1


def test_a_storage_with_room_for_a_number_alone() -> None:
    storage = SmallStorage(400)
    journal = opened(storage)
    take_all(journal, [b"a" * 1000])
    assert payloads(opened(storage), mine=False) == [None]
    assert opened(storage).lane.received == 1


def test_a_confirmation_that_cannot_be_saved_counts_all_the_same() -> None:
    storage = SmallStorage(1000)
    journal = opened(storage)
    journal.send(b"x")
    storage.room = 0
    assert [entry.payload for entry in journal.acknowledge(1)] == [b"x"]
    assert [entry.delivered for entry in journal.entries] == [True]
    again = opened(storage)
    assert again.lane.unconfirmed() == [(1, b"x")]  # the other side has to say it once more
    storage.room = 1000
    assert len(again.acknowledge(1)) == 1
    assert opened(storage).lane.unconfirmed() == []


def test_the_longest_text_of_a_link_can_be_kept() -> None:
    longest = b"x" * (1024 * 1024)
    storage: dict[str, str] = {}
    opened(storage).send(longest)
    assert opened(storage).lane.unconfirmed() == [(1, longest)]
