"""What has ended is kept in moderation, and what a contact has sent goes with them."""

from __future__ import annotations

from typing import Any

import pytest

from app.files.channels import FileChannels
from app.files.messages import FileCancel, FileOffer
from app.files.transfers import KEPT, TransferList


async def offer_and_cancel(app: Any, peer_id: str, numbers: range) -> None:
    channels = FileChannels(app.contact(peer_id))
    for number in numbers:
        await channels.send(FileOffer(number, f"file {number}", size=1, type=""))
        await channels.send(FileCancel(number, ""))


async def all_heard(sender: Any, receiver: Any, wait: Any) -> None:
    """What goes the same way has arrived, too."""
    channels = FileChannels(sender.people.all[0])
    await channels.send(FileOffer(2**20, "the last", size=1, type=""))
    await wait(lambda: any(each.name == "the last" for each in receiver.view.transfers.values()))


def names(app: Any) -> list[str]:
    return [transfer.name for transfer in app.view.transfers.values()]


async def test_the_newest_of_what_has_ended_is_kept(apps: Any, wait: Any) -> None:
    alice, bob = apps
    await offer_and_cancel(alice, "bob", range(KEPT + 20))
    await all_heard(alice, bob, wait)
    assert names(bob) == [f"file {number}" for number in range(20, KEPT + 20)] + ["the last"]


async def test_nobody_pushes_out_the_rows_of_another(
    apps: Any, carol: Any, wait: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.files.transfers.KEPT_IN_ALL", 10)
    alice, bob = apps
    await offer_and_cancel(bob, "alice", range(2))
    await all_heard(bob, alice, wait)
    await offer_and_cancel(carol, "alice", range(100, 120))
    await wait(lambda: "file 119" in names(alice))
    assert names(alice)[:2] == ["file 0", "file 1"]
    assert len(names(alice)) == 11


async def test_offers_come_no_faster_than_a_person_can_see(
    apps: Any, wait: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.files.files.OFFERS_PER_SECOND", 0)
    monkeypatch.setattr("app.files.files.MAX_OFFERS", 5)
    alice, bob = apps
    channels = FileChannels(alice.contact("bob"))
    await channels.send(FileOffer(0, "file 0", size=1, type=""))
    await offer_and_cancel(alice, "bob", range(1, 20))
    await channels.send(FileCancel(0, "that was all"))
    await wait(
        lambda: bob.view.transfers and all(each.over for each in bob.view.transfers.values())
    )
    assert names(bob) == [f"file {number}" for number in range(5)]


async def test_what_ends_after_it_was_forgotten_is_not_shown_again(
    apps: Any, source: Any, wait: Any
) -> None:
    alice, bob = apps
    alice.files.offer([source("x", b"x")])
    await wait(lambda: bob.view.transfers)
    transfer = bob.transfer
    transfers = TransferList(bob.view)
    transfers.show(transfer)
    transfers.forget(bob.contact("alice"))
    assert bob.transfer is transfer
