"""What is offered is shown, and nothing comes without a yes."""

from __future__ import annotations

from typing import Any

import pytest

from app.files.actions import actions, file_actions
from app.files.transfer import TransferState
from app.files.words import status
from peerscript.transfer import FileState


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


async def test_into_a_folder(apps: Any, source: Any, wait: Any) -> None:
    alice, bob = apps
    alice.files.offer([source("a", b"1", folder="p"), source("b", b"2", folder="p/q")])
    await wait(lambda: bob.view.transfers)
    came = bob.transfer
    bob.files.want(came.key, 0, wanted=False)
    await bob.files.act(came.key, "accept-folder")
    await wait(lambda: came.over and alice.transfer.over)
    assert bob.directory.into.files == {"p/q/b": b"2"}
    assert bob.store.files == {}
    assert status(came) == (
        "Received 1 of 2 files from Alice, checked (SHA-256), in the folder “Pictures”"
    )
    assert list(actions(came)) == ["remove"]  # they are where they belong
    assert file_actions(came, 1) == set()
    await wait(lambda: not bob.journal.records)
    await bob.files.act(came.key, "remove")
    assert bob.directory.into.files == {"p/q/b": b"2"}


async def test_no_folder_is_chosen(apps: Any, source: Any, wait: Any) -> None:
    alice, bob = apps
    alice.files.offer([source("a", b"1")])
    await wait(lambda: bob.view.transfers)
    came = bob.transfer
    bob.view.folder, folder = None, bob.view.folder
    await bob.files.act(came.key, "accept-folder")
    assert came.state is TransferState.OFFERED
    bob.view.folder, bob.view.denied = folder, True
    await bob.files.act(came.key, "accept-folder")
    assert came.problem == ("It cannot be kept: choosing a folder: the browser does not allow it.")
    await bob.files.act(came.key, "accept")
    await wait(lambda: came.over)
    assert came.saved == {0: b"1"}


async def test_a_folder_goes_on_while_the_page_is_open(
    apps: Any, source: Any, reload: Any, wait: Any
) -> None:
    alice, bob = apps
    alice.files.offer([source("a", b"1"), source("b", bytes(10_000_000))])
    await wait(lambda: bob.view.transfers)
    came = bob.transfer
    gate = bob.directory.into.gate
    gate.clear()
    await bob.files.act(came.key, "accept-folder")
    await wait(lambda: came.state is TransferState.ACTIVE)
    await alice.unload()
    again = await reload(alice)
    await wait(lambda: again.view.transfers)
    gate.set()
    await again.files.go_on(again.transfer.key, [source("a", b"1"), source("b", bytes(10_000_000))])
    await wait(lambda: came.over)
    assert came.state is TransferState.DONE
    assert set(bob.directory.into.files) == {"a", "b"}
    assert bob.store.files == {}


@pytest.fixture
async def interrupted(apps: Any, source: Any, wait: Any) -> tuple[Any, Any]:
    """Two of three files arrive in a folder of Bob's; of those one is whole, and some of the other
    is there. He is about to load his page again.
    """
    alice, bob = apps
    alice.files.offer([source("a", b"1"), source("b", b"2"), source("c", bytes(10_000_000))])
    await wait(lambda: bob.view.transfers)
    gate = bob.directory.into.gate
    bob.files.want(bob.transfer.key, 0, wanted=False)
    await bob.files.act(bob.transfer.key, "accept-folder")
    await wait(lambda: bob.transfer.counts[FileState.DONE] and bob.transfer.moved > 1)
    gate.clear()
    await bob.unload()
    assert set(bob.directory.into.files) == {"b"}
    assert [len(part) for part in bob.directory.into.parts.values()] > [0]
    gate.set()
    return alice, bob


async def ended(app: Any, wait: Any, arrived: int = 2) -> None:
    await wait(lambda: app.transfer.over)
    assert status(app.transfer) == (
        f"Received {arrived} of 3 files from Alice, checked (SHA-256), in the folder “Pictures”"
    )
    await wait(lambda: not app.journal.records)


async def test_a_folder_goes_on_after_a_reload(interrupted: Any, reload: Any, wait: Any) -> None:
    _, bob = interrupted
    into = bob.directory.into
    before = into.written
    again = await reload(bob)
    await wait(lambda: again.view.transfers)
    await ended(again, wait)
    assert set(into.files) == {"b", "c"}
    assert into.written <= 10_000_001
    assert before > 1


async def test_the_browser_asks_before_a_folder_goes_on(
    interrupted: Any, reload: Any, wait: Any
) -> None:
    _, bob = interrupted
    directory = bob.directory
    directory.access, directory.answer = "prompt", "denied"
    again = await reload(bob)
    await wait(lambda: again.view.transfers and "“Pictures”" in again.transfer.problem)
    came = again.transfer
    assert came.state is TransferState.OFFERED
    assert "The browser asks you" in status(came)
    assert actions(came) == {
        "choose": "Go on",
        "accept-folder": "Into another folder",
        "decline": "Decline",
    }
    await again.files.act(came.key, "choose")
    assert came.state is TransferState.OFFERED
    directory.access, directory.answer = "prompt", "granted"
    await again.files.act(came.key, "choose")
    await again.files.act(came.key, "choose")
    await ended(again, wait)
    assert set(directory.into.files) == {"b", "c"}


async def test_another_folder_is_chosen_after_a_reload(
    interrupted: Any, reload: Any, wait: Any
) -> None:
    _, bob = interrupted
    bob.directory.access = "gone"
    again = await reload(bob)
    await wait(lambda: again.view.transfers and "“Pictures”" in again.transfer.problem)
    came = again.transfer
    assert "it is not there any more" in status(came)
    assert came.unwanted == {0}
    assert set(actions(came)) == {"accept", "accept-all", "accept-folder", "decline"}
    await again.files.act(came.key, "accept-folder")
    await ended(again, wait, arrived=1)  # what has arrived in the other one is not sent again
    assert set(again.directory.into.files) == {"c"}


async def test_what_is_in_a_folder_counts_after_a_reload(
    interrupted: Any, reload: Any, wait: Any, give_up_at_once: Any
) -> None:
    alice, bob = interrupted
    await alice.unload()
    # The page's own store keeps the parts of a folder's files.
    bob.store.parts = dict(bob.directory.into.parts)
    again = await reload(bob)
    await wait(lambda: again.view.transfers)
    assert again.transfer.moved == sum(map(len, bob.store.parts.values())) > 0
    assert again.transfer.saved == {}
