"""The sender waits for room, for the checksum, and for nobody who has gone."""

from __future__ import annotations

from typing import Any

from app.files.messages import FileProgress, FileReceived
from app.files.transfer import WINDOW

CONTENT = bytes(WINDOW * 3)


async def offer(apps: Any, source: Any, wait: Any) -> None:
    alice, bob = apps
    alice.files.offer([source])
    await wait(lambda: bob.view.transfers)
    bob.tasks.start(bob.files.act(bob.transfer.key, "accept"))
    await wait(lambda: bob.transfer.state.value != "offered")


async def test_it_stays_within_the_window(apps: Any, source: Any, wait: Any) -> None:
    alice, bob = apps
    bob.store.gate.clear()  # the disk stands still
    await offer(apps, source("x", CONTENT), wait)
    await wait(lambda: bob.transfer._arrived > WINDOW - 200_000)
    alice.chat.send("everything before this has arrived")
    await wait(lambda: bob.view.messages)
    assert bob.transfer._arrived <= WINDOW
    bob.store.gate.set()
    await wait(lambda: alice.transfer.state.value == "done")


async def test_a_file_that_shrinks(apps: Any, source: Any, wait: Any) -> None:
    alice, bob = apps
    shrinking = source("x", CONTENT)
    shrinking.content = CONTENT[:100]
    await offer(apps, shrinking, wait)
    await wait(lambda: alice.transfer.over and bob.transfer.over)
    assert "became shorter" in alice.transfer.problem
    assert "became shorter" in bob.transfer.problem


async def test_another_checksum(apps: Any, source: Any, wait: Any) -> None:
    alice, bob = apps
    bob.store.gate.clear()
    await offer(apps, source("x", b"content"), wait)
    await alice.transfer.on_message(FileReceived(alice.transfer.number, "0" * 64))
    await wait(lambda: alice.transfer.over)
    assert alice.transfer.problem == "What arrived is not what was sent. Send it again."
    bob.store.gate.set()


async def test_more_than_there_is_was_not_received(apps: Any, source: Any, wait: Any) -> None:
    alice, bob = apps
    bob.store.gate.clear()
    await offer(apps, source("x", b"content"), wait)
    await alice.transfer.on_message(FileProgress(alice.transfer.number, 8))
    assert alice.transfer.moved == 0
    bob.store.gate.set()
    await wait(lambda: alice.transfer.state.value == "done")


async def test_cancelled_by_the_sender(apps: Any, source: Any, wait: Any) -> None:
    alice, bob = apps
    bob.store.gate.clear()
    await offer(apps, source("x", CONTENT), wait)
    await alice.files.act(alice.transfer.key, "cancel")
    await wait(lambda: bob.transfer.over)
    bob.store.gate.set()
    assert bob.transfer.problem == "Alice: Cancelled."
    await wait(lambda: bob.store.discarded == ["x"])
