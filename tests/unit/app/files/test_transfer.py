"""A transfer's states, speed and time left."""

from __future__ import annotations

from typing import Any

from app.files.transfer import Transfer, TransferState
from peerscript.transfer import FileState, Progress


async def of_a_kilobyte(apps: Any, source: Any, wait: Any, now: list[float]) -> Transfer:
    """A card of a file that was accepted; nothing of it is written yet."""
    alice, bob = apps
    bob.store.gate.clear()
    alice.files.offer([source("name", bytes(1000))])
    await wait(lambda: bob.view.transfers)
    transfer = Transfer("key", alice.transfer.record, clock=lambda: now[0])
    transfer.go(alice.contact("bob"), alice.transfer.offer)
    await bob.files.act(bob.transfer.key, "accept")
    await wait(lambda: alice.transfer.state is TransferState.ACTIVE)
    return transfer


def advance(transfer: Transfer, moved: int) -> None:
    transfer.note(Progress(transfer.moved + moved, 1000, 0, None, transfer.files))


async def test_speed_and_time_left(apps: Any, source: Any, wait: Any) -> None:
    now = [0.0]
    transfer = await of_a_kilobyte(apps, source, wait, now)
    assert transfer.speed == 0
    assert transfer.seconds_left is None
    transfer.refresh()
    for _ in range(10):
        now[0] += 1
        advance(transfer, 50)
    assert transfer.speed == 50
    assert transfer.seconds_left == 10


async def test_a_pause_does_not_count_for_the_speed(
    apps: Any, source: Any, wait: Any, part: Any, network: Any
) -> None:
    now = [0.0]
    transfer = await of_a_kilobyte(apps, source, wait, now)
    transfer.refresh()
    await part(*apps)
    transfer.refresh()
    assert transfer.state is TransferState.PAUSED
    now[0] += 1000
    network.release()
    await wait(lambda: apps[0].people.connected)
    transfer.refresh()
    now[0] += 1
    advance(transfer, 100)
    assert transfer.speed == 100


async def test_nothing_is_whole_before_it_is_confirmed(apps: Any, source: Any, wait: Any) -> None:
    transfer = await of_a_kilobyte(apps, source, wait, [0.0])
    advance(transfer, 1000)
    assert transfer.share == 0.99
    apps[1].store.gate.set()
    await wait(lambda: apps[0].transfer.over)
    transfer.end()
    assert transfer.share == 1


async def test_what_was_begun_waits_when_it_is_interrupted(
    apps: Any, source: Any, wait: Any
) -> None:
    transfer = await of_a_kilobyte(apps, source, wait, [0.0])
    transfer.lose("because")
    transfer.refresh()
    transfer.lose("for another reason")
    assert transfer.waits
    assert (transfer.state, transfer.problem) == (TransferState.PAUSED, "because")
    assert transfer.file_state(0) is TransferState.PAUSED


async def test_the_worst_of_many_files_is_what_the_card_shows(
    apps: Any, source: Any, wait: Any
) -> None:
    alice, bob = apps
    bob.store.gate.clear()
    alice.files.offer([source(f"{n}", b"x") for n in range(4)])
    await wait(lambda: bob.view.transfers)
    bob.files.want(bob.transfer.key, 3, wanted=False)
    await bob.files.act(bob.transfer.key, "accept")
    offer = bob.transfer.offer
    offer.pause([0])
    await bob.files.act(bob.transfer.key, "pause", 1)
    assert bob.transfer.state is TransferState.ACTIVE
    assert bob.transfer.file_state(1) is TransferState.PAUSED
    await bob.files.act(bob.transfer.key, "pause")
    assert bob.transfer.paused_by == ["you"]
    offer.cancel([1], reason="it was moved", failed=True)
    bob.store.gate.set()
    await bob.files.act(bob.transfer.key, "resume")
    await wait(lambda: alice.transfer.over and bob.transfer.over)
    for app, words in ((bob, "1: it was moved"), (alice, "1: Bob: it was moved")):
        assert app.transfer.state is TransferState.FAILED
        assert app.transfer.problem == words
        assert app.transfer.counts[FileState.DONE] == 2
    assert sorted(bob.transfer.saved) == [0, 2]
