"""What has ended is kept in moderation, and what was not accepted goes with its sender."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from app.files.activity import Activity
from app.files.transfers import KEPT, TransferList


def names(app: Any) -> list[str]:
    return [transfer.title for transfer in app.view.transfers.values()]


async def offers_end(sender: Any, receiver: Any, count: int, source: Any, wait: Any) -> None:
    """So many files are offered one by one and, once they are shown, taken back."""
    link = sender.contact(receiver.peer_id).link
    for number in range(count):
        before = len(receiver.view.steps)
        offer = await link.send_files([source(f"{sender.peer_id} {number}", b"x")])
        await wait(lambda before=before: len(receiver.view.steps) > before)
        offer.cancel()
        await wait(lambda: all(each.over for each in receiver.view.transfers.values()))


async def test_the_newest_of_what_has_ended_is_kept(apps: Any, source: Any, wait: Any) -> None:
    alice, bob = apps
    await offers_end(alice, bob, KEPT + 20, source, wait)
    assert names(bob) == [f"alice {number}" for number in range(20, KEPT + 20)]


async def test_nobody_pushes_out_the_cards_of_another(
    apps: Any, carol: Any, source: Any, wait: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.files.transfers.KEPT_IN_ALL", 10)
    alice, bob = apps
    await offers_end(bob, alice, 2, source, wait)
    await offers_end(carol, alice, 20, source, wait)
    assert names(alice)[:2] == ["bob 0", "bob 1"]
    assert len(names(alice)) == 10


def test_one_that_goes_on_after_all_is_not_dropped_for_newer_ones() -> None:
    removed: list[str] = []
    view: Any = SimpleNamespace(show=lambda _: None, remove=lambda card: removed.append(card.key))
    activity: Any = SimpleNamespace(note=lambda _: None, forget=lambda _: None)
    transfers = TransferList(view, activity)

    def ended(key: str) -> Any:
        record = SimpleNamespace(group="")
        return SimpleNamespace(key=key, over=True, saved=False, contact="Ann", record=record)

    first = ended("first")
    transfers.add(first)
    first.over = False  # the path was lost, and the same offer has come again
    transfers.show(first)
    for number in range(KEPT):
        transfers.add(ended(str(number)))
    assert removed == []
    first.over = True
    transfers.show(first)
    assert removed == ["0"]
    first.contact = "Bob"  # it went on with somebody else
    transfers.remove(first)
    for number in range(KEPT, KEPT + 2):
        transfers.add(ended(str(number)))
    assert removed == ["0", "first", "1"]


async def test_what_was_accepted_is_history_and_what_was_not_is_removed_with_its_sender(
    apps: Any, source: Any, wait: Any
) -> None:
    alice, bob = apps
    await offers_end(alice, bob, 2, source, wait)
    alice.files.offer([source("wanted", b"x")])
    await wait(lambda: "wanted" in names(bob))
    *_, key = bob.view.transfers
    await bob.files.act(key, "accept")
    await wait(lambda: bob.view.transfers[key].over)
    await bob.act("alice", "close")
    await wait(lambda: not bob.people.all)
    assert names(bob) == ["wanted"]


async def test_what_is_forgotten_is_not_shown_again(apps: Any, source: Any, wait: Any) -> None:
    alice, bob = apps
    alice.files.offer([source("x", b"x")])
    await wait(lambda: bob.view.transfers)
    transfer = bob.transfer
    transfers = TransferList(bob.view, Activity(bob.view))
    transfers.show(transfer)
    transfers.remove(transfer)
    assert bob.transfer is transfer
    transfers.add(transfer)
    transfers.forget(bob.contact("alice"))
    assert transfers.find(transfer.key) is None
