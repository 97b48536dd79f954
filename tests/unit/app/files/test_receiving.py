"""What is offered is shown, and nothing comes without a yes."""

from __future__ import annotations

from typing import Any

import pytest

from app.files.transfer import TransferState


async def offered(sender: Any, receiver: Any, source: Any, wait: Any) -> None:
    sender.files.offer([source])
    await wait(lambda: receiver.view.transfers)


async def test_some_of_many_files(apps: Any, source: Any, wait: Any) -> None:
    alice, bob = apps
    alice.files.offer([source(f"{n}", b"x") for n in range(4)])
    await wait(lambda: bob.view.transfers)
    key = bob.transfer.key
    bob.files.want(key, None, wanted=False)
    bob.files.want(key, 1, wanted=True)
    bob.files.want(key, 2, wanted=True)
    bob.files.want(key, 2, wanted=False)
    bob.files.want("no such card", 2, wanted=False)
    await bob.files.act(key, "accept")
    await wait(lambda: alice.transfer.state is bob.transfer.state is TransferState.DONE)
    assert list(bob.store.whole) == ["1"]
    assert [file.state.value for file in alice.transfer.files] == [
        *("declined", "done", "declined", "declined")
    ]


async def test_declined(apps: Any, source: Any, wait: Any) -> None:
    alice, bob = apps
    await offered(alice, bob, source("x", b"x"), wait)
    await bob.files.act(bob.transfer.key, "decline")
    await wait(lambda: alice.transfer.over)
    assert alice.transfer.problem == "Bob declined it."
    assert bob.store.whole == {}


@pytest.mark.parametrize("limit", ["MAX_OFFERS_IN_ALL", "MAX_OFFERED_IN_ALL"])
async def test_too_many_files_are_declined_unseen(
    apps: Any, source: Any, wait: Any, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.setattr(f"app.files.receiving.{limit}", 1 if "OFFERS" in limit else 5)
    alice, bob = apps
    alice.files.offer([source(f"{n}", b"x") for n in range(3)])
    await wait(lambda: bob.view.transfers)
    alice.files.offer([source(f"{n}", b"x") for n in range(3)])
    await wait(lambda: any(each.over for each in alice.view.transfers.values()))
    assert len(bob.view.transfers) == 1


async def test_a_name_is_made_safe(apps: Any, source: Any, wait: Any) -> None:
    alice, bob = apps
    await offered(alice, bob, source("../con.\u202etxt. ", b"x"), wait)
    assert bob.transfer.title == "_con.txt"
    assert "Alice wants to send you _con.txt." in bob.notices.announced


async def test_no_room_is_said_before_and_the_offer_stays(
    apps: Any, wait: Any, source: Any
) -> None:
    alice, bob = apps
    bob.store.full = True
    await offered(alice, bob, source("x", b"x"), wait)
    await wait(lambda: bob.transfer.problem)
    assert bob.transfer.problem == "It cannot be kept: no room."
    await bob.files.act(bob.transfer.key, "accept")
    assert bob.transfer.state.value == alice.transfer.state.value == "offered"
    bob.store.full = False
    await bob.files.act(bob.transfer.key, "accept")
    await wait(lambda: alice.transfer.state is bob.transfer.state is TransferState.DONE)
    assert bob.transfer.problem == ""
