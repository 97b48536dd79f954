"""Transfers go on after a reload of either page, and the next day."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.files.actions import actions, file_actions, must_choose
from app.files.transfer import TransferState
from app.files.words import percent, status

CONTENT = bytes(range(256)) * 40_000  # 10 MB
SMALL = b"a small file"


async def under_way(apps: Any, wait: Any, *sources: Any) -> None:
    """Alice sends to Bob, and more than 1 MB of it has arrived."""
    alice, bob = apps
    alice.files.offer(sources)
    await wait(lambda: bob.view.transfers)
    await bob.files.act(bob.transfer.key, "accept-all")
    await wait(lambda: bob.transfer.moved > 1_000_000)


async def test_the_receiver_is_loaded_again(apps: Any, source: Any, reload: Any, wait: Any) -> None:
    alice, bob = apps
    await under_way(apps, wait, source("x", CONTENT))
    before = bob.store.written
    again = await reload(bob)
    await wait(lambda: not again.view.waits)
    assert again.transfer.waits
    assert status(again.transfer).startswith("Waiting for Alice to go on · ")
    assert list(actions(again.transfer)) == ["remove"]
    await wait(lambda: alice.transfer.over and again.transfer.over)
    assert again.transfer.state is alice.transfer.state is TransferState.DONE
    assert again.store.whole == {"x": CONTENT}
    assert again.store.written < before + len(CONTENT)  # it went on
    assert len(alice.view.transfers) == len(again.view.transfers) == 1


async def test_the_sender_is_loaded_again_and_chooses_the_file(
    apps: Any, source: Any, reload: Any, wait: Any
) -> None:
    alice, bob = apps
    await under_way(apps, wait, source("x", CONTENT, modified=5.0))
    again = await reload(alice)
    await wait(lambda: bob.transfer.waits and again.people.connected and again.view.transfers)
    transfer = again.transfer
    words = "Waiting for the file: after a reload, choose it again"
    assert (status(transfer), percent(transfer)) == (words, "")
    assert actions(transfer)["choose"] == "Choose the file"
    assert file_actions(transfer, 0) == set()  # nothing is on its way that could be cancelled
    assert transfer.contact is again.contact("bob")
    for other in (
        source("y", CONTENT),
        source("x", SMALL, modified=5.0),
        source("x", CONTENT, modified=9.0),
    ):
        await again.files.go_on(transfer.key, [other])
        assert transfer.problem in (
            "It cannot go on: x is not among them.",
            "It cannot go on: x is not the same any more: it has another size or date.",
        )
        assert transfer.waits
    await again.files.go_on(transfer.key, [source("x", CONTENT, modified=5.0)])
    await wait(lambda: transfer.over and bob.transfer.over)
    assert transfer.state is bob.transfer.state is TransferState.DONE
    assert bob.store.whole == {"x": CONTENT}
    assert again.journal.records == {}


async def test_the_sender_is_loaded_again_and_has_handles(
    apps: Any, source: Any, reload: Any, wait: Any
) -> None:
    alice, bob = apps
    file = source("x", CONTENT, folder="photos")
    file.handle = file
    await under_way(apps, wait, file)
    again = await reload(alice)
    await wait(lambda: again.people.connected and again.view.transfers)
    assert actions(again.transfer)["choose"] == "Go on"
    await again.files.act(again.transfer.key, "choose")
    await wait(lambda: again.transfer.over and bob.transfer.over)
    assert bob.store.whole == {"photos/x": CONTENT}


async def test_a_handle_that_leads_nowhere(apps: Any, source: Any, reload: Any, wait: Any) -> None:
    alice, _ = apps
    file = source("x", CONTENT)
    file.handle = source("x", CONTENT, folder="moved")
    await under_way(apps, wait, file)
    again = await reload(alice)
    await wait(lambda: again.people.connected and again.view.transfers)
    await again.files.act(again.transfer.key, "choose")
    assert again.transfer.problem == "It cannot go on: x is gone."
    assert must_choose(again.transfer)


async def test_some_of_many_files_go_on(apps: Any, source: Any, reload: Any, wait: Any) -> None:
    alice, bob = apps
    alice.files.offer([source(name, CONTENT) for name in "abc"])
    await wait(lambda: bob.view.transfers)
    bob.files.want(bob.transfer.key, 1, wanted=False)
    await bob.files.act(bob.transfer.key, "accept")
    await wait(lambda: 0 in bob.transfer.saved)
    await bob.files.act(bob.transfer.key, "pause")
    again = await reload(bob)
    await wait(lambda: again.view.transfers)
    assert again.transfer.waits
    assert list(actions(again.transfer)) == ["save", "save-folder", "remove"]
    await again.files.act(again.transfer.key, "save", 0)
    assert again.view.downloads == {"a": CONTENT}
    await wait(lambda: again.transfer.over)
    assert again.store.whole == {"a": CONTENT, "c": CONTENT}
    assert sorted(again.transfer.saved) == [0, 2]


async def test_what_has_arrived_can_be_saved_after_a_reload(
    apps: Any, source: Any, reload: Any, wait: Any
) -> None:
    alice, bob = apps
    alice.files.offer([source("x", SMALL)])
    await wait(lambda: bob.view.transfers)
    await bob.files.act(bob.transfer.key, "accept")
    await wait(lambda: bob.transfer.over)
    again = await reload(bob)
    await wait(lambda: again.view.transfers)
    assert again.transfer.state is TransferState.DONE
    assert again.transfer.sha256 == bob.transfer.sha256
    await again.files.act(again.transfer.key, "save")
    assert again.view.downloads == {"x": SMALL}
    third = await reload(again)
    await wait(lambda: not third.journal.records)
    assert not third.view.transfers
    assert await third.store.kept(bob.transfer.record.key) == {}


async def test_the_next_day_with_another_session(
    apps: Any, source: Any, open_app: Any, join: Any, wait: Any
) -> None:
    """Both browsers were closed; each page comes as somebody new."""
    alice, bob = apps
    await under_way(apps, wait, source("x", CONTENT))
    for app in apps:
        await app.unload()
    host = await open_app("alice2", journal=alice.journal)
    guest = await open_app("bob2", journal=bob.journal, store=bob.store)
    guest.people.connect(host.invite_link.invite())
    await wait(lambda: host.people.connected and guest.people.connected)
    await wait(lambda: host.view.transfers and guest.view.transfers)
    assert host.transfer.contact is None
    await host.files.go_on(host.transfer.key, [source("x", CONTENT)])
    await wait(lambda: host.transfer.over and guest.transfer.over)
    assert guest.transfer.state is TransferState.DONE
    assert guest.transfer.person == "Alice2"
    assert bob.store.whole == {"x": CONTENT}


async def test_it_goes_on_when_the_link_was_closed(
    apps: Any, source: Any, join: Any, open_app: Any, wait: Any
) -> None:
    alice, bob = apps
    await under_way(apps, wait, source("x", CONTENT))
    await bob.act("alice", "close")
    await wait(lambda: alice.transfer.waits and not alice.people.all)
    await alice.files.act(alice.transfer.key, "choose")
    assert "no file was sent" in alice.notices.problems[-1]
    await wait(lambda: not bob.people.all)
    bob.people.connect(alice.invite_link.invite())
    await wait(lambda: alice.people.connected and bob.people.connected)
    assert actions(alice.transfer)["choose"] == "Go on"  # the page has it yet
    await alice.files.act(alice.transfer.key, "choose")
    await wait(lambda: alice.transfer.over and bob.transfer.over)
    assert bob.store.whole == {"x": CONTENT}


@pytest.mark.parametrize("side", [0, 1])
async def test_it_is_removed_for_good(
    apps: Any, source: Any, reload: Any, wait: Any, side: int
) -> None:
    await under_way(apps, wait, source("x", CONTENT))
    await apps[1 - side].unload()
    again = await reload(apps[side])
    await wait(lambda: again.view.transfers)
    key = again.transfer.record.key
    await again.files.act(again.transfer.key, "remove")
    assert not again.view.transfers
    assert again.journal.records == {}
    assert await again.store.kept(key) == {}


async def test_another_offer_under_the_same_key_is_not_accepted(
    apps: Any, source: Any, reload: Any, wait: Any
) -> None:
    alice, bob = apps
    await under_way(apps, wait, source("x", CONTENT))
    again = await reload(alice)
    await wait(lambda: bob.transfer.waits and again.people.connected)
    link = again.contact("bob").link
    await link.send_files([source("other", SMALL)], key=bob.transfer.record.key)
    await wait(lambda: len(bob.view.transfers) == 2)
    states = [each.state.value for each in bob.view.transfers.values()]
    assert states == ["paused", "offered"]


async def test_no_room_for_the_rest(apps: Any, source: Any, reload: Any, wait: Any) -> None:
    _, bob = apps
    await under_way(apps, wait, source("x", CONTENT))
    await bob.unload()
    bob.store.full = True
    again = await reload(bob)
    await wait(
        lambda: again.view.transfers and again.transfer.problem == "It cannot be kept: no room."
    )
    assert again.transfer.state is TransferState.OFFERED


async def test_what_is_unreadable_or_old_or_open_elsewhere_is_not_shown(
    apps: Any, source: Any, reload: Any, wait: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice, bob = apps
    await under_way(apps, wait, source("x", CONTENT))
    await alice.unload()
    ((text, _),) = bob.journal.records.values()
    table = json.loads(text)
    bob.journal.records["in-old"] = (json.dumps({**table, "key": "old", "time": 0}), ())
    bob.journal.records["in-bad"] = ("{}", ())

    async def busy(key: str) -> Any:
        raise OSError("another page has it open")

    monkeypatch.setattr(bob.store, "kept", busy)
    again = await reload(bob)
    await wait(again.files._restored.is_set)
    assert not again.view.transfers
    assert set(again.journal.records) == {f"in-{table['key']}", "in-bad"}


async def test_the_files_of_what_is_removed_may_be_busy(
    apps: Any, source: Any, reload: Any, wait: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice, bob = apps
    await under_way(apps, wait, source("x", CONTENT))
    await alice.unload()
    again = await reload(bob)
    await wait(lambda: again.view.transfers)

    async def busy(key: str) -> None:
        raise OSError("it is busy")

    monkeypatch.setattr(again.store, "forget", busy)
    await again.files.act(again.transfer.key, "remove")
    assert not again.view.transfers


async def test_only_what_waits_goes_on(apps: Any, source: Any, wait: Any) -> None:
    alice, bob = apps
    await under_way(apps, wait, source("x", CONTENT))
    for key in (alice.transfer.key, "no such card"):
        await alice.files.act(key, "choose")
    await bob.files.go_on(bob.transfer.key, [])
    await bob.files.go_on("no such card", [])
    await wait(lambda: alice.transfer.over and bob.transfer.over)
    assert len(bob.view.transfers) == 1


async def test_a_file_that_was_cancelled_is_not_wanted_after_a_reload(
    apps: Any, source: Any, wait: Any
) -> None:
    _, bob = apps
    bob.store.gate.clear()
    apps[0].files.offer([source("a", SMALL), source("b", SMALL)])
    await wait(lambda: bob.view.transfers)
    await bob.files.act(bob.transfer.key, "accept-all")
    await bob.files.act(bob.transfer.key, "cancel", 0)
    ((text, _),) = bob.journal.records.values()
    assert json.loads(text)["wanted"] == [1]
    bob.store.gate.set()
