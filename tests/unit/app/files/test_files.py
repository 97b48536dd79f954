"""Files go from page to page, whole, one after the other, with a yes."""

from __future__ import annotations

from typing import Any

import pytest

from app.files.transfer import TransferState
from peerscript.protocol.link.state import LinkState
from peerscript.testing import MemoryNetwork
from tests.unit.app.files.between import accepted, is_whole, offered

CONTENT = bytes(range(256)) * 40_000  # 10 MB: more than the window
SMALL = b"a small file"


# From page to page


async def test_a_file_arrives_whole(apps: Any, source: Any, wait: Any) -> None:
    alice, bob = apps
    assert alice.files.doing == bob.files.doing == ""
    await accepted(alice, bob, source("a/b\\c.bin", CONTENT), wait)
    assert bob.transfer.title == "c.bin"
    assert alice.files.doing == bob.files.doing == "the transfer is over"
    await wait(lambda: alice.transfer.state is TransferState.DONE)
    assert alice.files.doing == bob.files.doing == ""
    assert is_whole(bob, "c.bin", CONTENT)
    assert bob.transfer.saved == {0: CONTENT}
    assert alice.transfer.sha256 == bob.transfer.sha256
    assert alice.transfer.moved == len(CONTENT)
    assert "Alice wants to send you c.bin." in bob.notices.announced


async def test_many_files_are_one_card(apps: Any, source: Any, wait: Any) -> None:
    alice, bob = apps
    alice.files.offer([source(f"{n}", bytes([n]) * n * 100_000) for n in range(4)])
    await wait(lambda: bob.view.transfers)
    assert bob.transfer.title == alice.transfer.title == "0 and 3 more"
    assert bob.contact("alice").unread == 0  # she is the chosen one
    assert "Alice wants to send you 4 files." in bob.notices.announced
    await bob.files.act(bob.transfer.key, "accept-all")
    await wait(lambda: alice.transfer.state is bob.transfer.state is TransferState.DONE)
    assert {name: len(content) for name, content in bob.store.whole.items()} == {
        str(n): n * 100_000 for n in range(4)
    }
    assert sorted(bob.transfer.saved) == [0, 1, 2, 3]
    assert alice.transfer.sha256 == bob.transfer.sha256 == ""  # each file has its own


async def test_one_of_many_is_cancelled(apps: Any, source: Any, wait: Any) -> None:
    alice, bob = apps
    bob.store.gate.clear()
    alice.files.offer([source(f"{n}", b"x") for n in range(2)])
    await wait(lambda: bob.view.transfers)
    await bob.files.act(bob.transfer.key, "accept-all")
    await bob.files.act(bob.transfer.key, "cancel", 1)
    bob.store.gate.set()
    await wait(lambda: alice.transfer.over and bob.transfer.over)
    assert list(bob.store.whole) == ["0"]
    assert bob.transfer.state is TransferState.DONE


async def test_the_permission_to_notify_is_asked_for_when_something_is_pressed(
    apps: Any, source: Any, wait: Any
) -> None:
    alice, bob = apps
    await accepted(alice, bob, source("x", SMALL), wait)
    await wait(lambda: alice.transfer.over and bob.transfer.over)
    assert alice.view.asked == bob.view.asked == 1
    assert alice.view.told == ["Bob has x."]
    assert bob.view.told == ["x has arrived from Alice."]


async def test_to_whom_files_can_be_offered(apps: Any, carol: Any, part: Any, wait: Any) -> None:
    alice, bob = apps
    assert alice.view.open_to == ("Bob", "")
    await alice.act("carol", "choose")
    assert alice.view.open_to == ("Carol", "")
    await bob.act("alice", "close")
    await wait(lambda: not bob.people.all)
    assert bob.view.open_to == ("", "Nobody is connected yet.")


async def test_both_send_at_once(apps: Any, source: Any, wait: Any) -> None:
    alice, bob = apps
    for app in apps:
        app.files.offer([source(app.peer_id, CONTENT[: 1_000_000 * len(app.peer_id)])])
    await wait(lambda: len(alice.view.transfers) == len(bob.view.transfers) == 2)
    for app in apps:
        for key in tuple(app.view.transfers):
            app.tasks.start(app.files.act(key, "accept"))
    every = [each for app in apps for each in app.view.transfers.values()]
    await wait(lambda: all(each.state is TransferState.DONE for each in every))
    assert bob.store.whole == {"alice": CONTENT[:5_000_000]}
    assert alice.store.whole == {"bob": CONTENT[:3_000_000]}


async def test_a_card_is_removed_when_it_has_ended(apps: Any, wait: Any, source: Any) -> None:
    alice, bob = apps
    await offered(alice, bob, source("x", SMALL), wait)
    await bob.files.act(bob.transfer.key, "remove")
    assert not bob.transfer.over
    await bob.files.act(bob.transfer.key, "accept")
    await wait(lambda: bob.transfer.over)
    await bob.files.act(bob.transfer.key, "remove")
    assert not bob.view.transfers


async def test_what_no_card_is_for_is_not_done(apps: Any, source: Any, wait: Any) -> None:
    alice, bob = apps
    await bob.files.act("no such key", "accept")
    await offered(alice, bob, source("x", SMALL), wait)
    await alice.files.act(alice.transfer.key, "accept")  # one's own offer
    assert alice.transfer.state is TransferState.OFFERED


# Over a path that breaks


@pytest.mark.parametrize("arrived", [0, 1_000_000, 3_000_000, 5_000_000])
async def test_it_pauses_while_the_path_is_broken_and_arrives_whole(
    apps: Any, source: Any, network: MemoryNetwork, part: Any, wait: Any, arrived: int
) -> None:
    alice, bob = apps
    await accepted(alice, bob, source("x", CONTENT), wait)
    await wait(lambda: bob.transfer.moved >= arrived)
    await part(alice, bob)
    assert [app.transfer.state for app in apps] == [TransferState.PAUSED] * 2
    network.release()
    await wait(lambda: alice.transfer.state is bob.transfer.state is TransferState.DONE)
    assert is_whole(bob, "x", CONTENT)
    active, paused = TransferState.ACTIVE, TransferState.PAUSED
    expected = [TransferState.OFFERED, active, paused, active, TransferState.DONE]
    assert alice.steps == bob.steps == expected


@pytest.mark.parametrize("sender", [0, 1])
async def test_the_path_breaks_again_and_again(
    apps: Any, source: Any, network: MemoryNetwork, wait: Any, sender: int
) -> None:
    sending, receiving = apps[sender], apps[1 - sender]
    await accepted(sending, receiving, source("x", CONTENT), wait)
    for arrived in range(1_000_000, 10_000_000, 1_500_000):
        await wait(lambda arrived=arrived: receiving.transfer.moved >= arrived)
        network.cut()
        await wait(lambda: not receiving.people.connected)
    await wait(lambda: sending.transfer.state is TransferState.DONE)
    assert is_whole(receiving, "x", CONTENT)


async def test_what_has_arrived_before_the_path_broke_is_not_lost(
    apps: Any, source: Any, network: MemoryNetwork, part: Any, wait: Any
) -> None:
    alice, bob = apps
    bob.store.gate.clear()  # the disk stands still
    await accepted(alice, bob, source("x", SMALL), wait)
    await wait(lambda: alice.transfer.sha256)
    alice.chat.send("FileDone went before this")
    await wait(lambda: bob.view.messages)
    await part(alice, bob)
    bob.store.gate.set()
    await wait(lambda: bob.transfer.state is TransferState.DONE)
    assert alice.transfer.state.value == "paused"
    network.release()
    await wait(lambda: alice.transfer.state.value == "done")
    assert is_whole(bob, "x", SMALL)


async def test_what_is_offered_and_accepted_while_the_path_is_broken(
    apps: Any, source: Any, network: MemoryNetwork, part: Any, wait: Any
) -> None:
    alice, bob = apps
    await offered(alice, bob, source("x", CONTENT), wait)
    await part(alice, bob)
    bob.tasks.start(bob.files.act(bob.transfer.key, "accept"))
    await wait(lambda: bob.transfer.state is TransferState.PAUSED)
    alice.files.offer([source("y", SMALL)])
    network.release()
    await wait(lambda: len(bob.view.transfers) == 2)
    await wait(lambda: "x" in bob.store.whole)
    assert bob.store.whole["x"] == CONTENT


async def test_cancelled_while_the_path_is_broken(
    apps: Any, source: Any, network: MemoryNetwork, part: Any, wait: Any
) -> None:
    alice, bob = apps
    await accepted(alice, bob, source("x", CONTENT), wait)
    await wait(lambda: bob.transfer.moved)
    await part(alice, bob)
    await alice.files.act(alice.transfer.key, "cancel")
    network.release()
    await wait(lambda: bob.transfer.over)
    assert bob.transfer.problem == "Alice: Cancelled."
    await wait(lambda: bob.store.discarded == ["x"])


# When it cannot go on


@pytest.mark.parametrize("sender", [0, 1])
async def test_files_go_after_a_reload_as_before(
    apps: Any, source: Any, reload: Any, wait: Any, sender: int
) -> None:
    sending, receiving = apps[sender], apps[1 - sender]
    await accepted(sending, receiving, source("x", SMALL), wait)
    await wait(lambda: sending.transfer.over)
    first = receiving.transfer
    again = await reload(sending)
    await wait(lambda: again.people.connected)
    again.files.offer([source("y", CONTENT)])
    await wait(lambda: len(receiving.view.transfers) == 2)
    second = receiving.view.transfers[max(receiving.view.transfers.keys() - {first.key})]
    await receiving.files.act(second.key, "accept")
    await wait(lambda: again.transfer.state is TransferState.DONE)
    assert receiving.store.whole == {"x": SMALL, "y": CONTENT}
    assert first.saved == {0: SMALL}


async def test_it_waits_when_they_are_lost(
    apps: Any, source: Any, wait: Any, give_up_at_once: None
) -> None:
    alice, bob = apps
    await accepted(bob, alice, source("x", CONTENT), wait)
    await wait(lambda: alice.transfer.moved > 1_000_000)
    await bob.unload()
    await wait(lambda: alice.transfer.waits)
    assert alice.contact("bob").state is LinkState.LOST
    assert alice.transfer.state is TransferState.PAUSED
    assert alice.view.open_to == ("Bob", "Bob is out of reach.")


@pytest.mark.parametrize("sender", [0, 1])
@pytest.mark.parametrize("answered", [False, True])
async def test_whom_only_one_side_had_lost_is_offered_the_file_again(
    apps: Any,
    source: Any,
    network: MemoryNetwork,
    wait: Any,
    monkeypatch: pytest.MonkeyPatch,
    sender: int,
    answered: bool,
) -> None:
    sending, receiving = apps[sender], apps[1 - sender]
    alice, bob = apps
    await (accepted if answered else offered)(sending, receiving, source("x", CONTENT), wait)
    monkeypatch.setattr("peerscript.link.reconnection.GONE_AFTER", -1.0)
    page = network.pages.pop("alice")
    network.cut()
    await wait(lambda: bob.contact("alice").state is LinkState.LOST)
    assert alice.contact("bob").state is LinkState.RECONNECTING
    network.pages["alice"] = page
    await bob.act("alice", "retry")
    await wait(lambda: alice.people.connected and bob.people.connected)
    if not answered:
        await wait(lambda: receiving.transfer.state is TransferState.OFFERED)
        await receiving.files.act(receiving.transfer.key, "accept")
    await wait(lambda: alice.transfer.state is bob.transfer.state is TransferState.DONE)
    assert receiving.store.whole == {"x": CONTENT}


@pytest.mark.parametrize("closes", [0, 1])
async def test_it_waits_when_somebody_disconnects(
    apps: Any, source: Any, wait: Any, closes: int
) -> None:
    alice, bob = apps
    await accepted(alice, bob, source("x", CONTENT), wait)
    await wait(lambda: bob.transfer.moved > 1_000_000)
    leaver, other = apps[closes], apps[1 - closes]
    await leaver.act(other.peer_id, "close")
    await wait(lambda: alice.transfer.waits and bob.transfer.waits)
    await wait(lambda: leaver.notices.problems and other.notices.problems)
    assert leaver.notices.problems == ["A transfer was not finished. You have disconnected."]
    assert other.notices.problems == [f"A transfer was not finished. {leaver.name} has left."]
    assert bob.store.discarded == []


async def test_what_has_arrived_can_be_saved_when_its_sender_is_gone(
    apps: Any, source: Any, wait: Any
) -> None:
    alice, bob = apps
    await accepted(alice, bob, source("x", SMALL), wait)
    await wait(lambda: alice.transfer.over)
    await bob.act("alice", "close")
    await wait(lambda: not alice.people.all and not bob.people.all)
    assert bob.files.find(bob.transfer.key).saved == {0: SMALL}
    assert alice.transfer.state is TransferState.DONE  # what was sent is history, too


async def test_an_offer_ends_with_its_reason(apps: Any, source: Any, wait: Any) -> None:
    alice, bob = apps
    await offered(alice, bob, source("x", SMALL), wait)
    await alice.act("bob", "close")
    await wait(lambda: alice.transfer.waits and bob.view.removed)
    assert alice.transfer.problem.endswith("You have disconnected.")
    assert bob.view.removed[0].problem.endswith("Alice has left.")
    assert bob.notices.problems == []  # it was never taken


async def test_what_is_with_others_goes_on(apps: Any, carol: Any, source: Any, wait: Any) -> None:
    alice, bob = apps
    await accepted(alice, bob, source("x", CONTENT), wait)
    await carol.act("alice", "close")
    await wait(lambda: alice.find("carol") is None)
    await wait(lambda: alice.transfer.state is TransferState.DONE)
    assert is_whole(bob, "x", CONTENT)


async def test_a_link_that_ends_as_it_begins_is_no_problem(
    open_app: Any, join: Any, wait: Any
) -> None:
    alice = await open_app("alice")
    alice.people.bind(alice.chat)  # her files hear of him below
    await join("bob", alice)
    contact = alice.contact("bob")
    alice.files.on_joined(contact)
    await contact.link.close()
    await wait(lambda: not alice.people.all)
    assert alice.notices.problems == []
