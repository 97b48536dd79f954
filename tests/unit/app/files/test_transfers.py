"""What has ended is kept in moderation, and what a contact has sent goes with them."""

from __future__ import annotations

from typing import Any

import pytest

from app.files.transfers import KEPT, TransferList


def names(app: Any) -> list[str]:
    return [transfer.name for transfer in app.view.transfers.values()]


async def rows_end(sender: Any, receiver: Any, count: int, source: Any, wait: Any) -> None:
    """So many files are offered and, once they are shown, taken back."""
    link = sender.contact(receiver.peer_id).link
    before = len(receiver.view.steps)
    who = f"{sender.peer_id} "
    offer = await link.send_files([source(f"{who}{number}", b"x") for number in range(count)])
    await wait(lambda: len(receiver.view.steps) == before + count)
    offer.cancel()
    await wait(lambda: all(each.over for each in receiver.view.transfers.values()))


async def test_the_newest_of_what_has_ended_is_kept(apps: Any, source: Any, wait: Any) -> None:
    alice, bob = apps
    await rows_end(alice, bob, KEPT + 20, source, wait)
    assert names(bob) == [f"alice {number}" for number in range(20, KEPT + 20)]


async def test_nobody_pushes_out_the_rows_of_another(
    apps: Any, carol: Any, source: Any, wait: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.files.transfers.KEPT_IN_ALL", 10)
    alice, bob = apps
    await rows_end(bob, alice, 2, source, wait)
    await rows_end(carol, alice, 20, source, wait)
    assert names(alice)[:2] == ["bob 0", "bob 1"]
    assert len(names(alice)) == 10


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
