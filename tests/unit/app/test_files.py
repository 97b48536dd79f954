"""Files go from page to page, whole, one after the other, with a yes."""

from __future__ import annotations

import hashlib
from typing import Any

from app.files import MAX_OFFERS
from app.messages import FileOffer
from peerscript.memory import MemoryNetwork

CONTENT = bytes(range(256)) * 40_000  # 10 MB: more than the window


async def test_a_file_arrives_whole(apps: Any, source: Any, wait: Any) -> None:
    alice, bob = apps
    alice.files.offer([source("a/b\\c.bin", CONTENT)])
    await wait(lambda: bob.view.transfers)
    assert bob.transfer.name == "c.bin"
    await bob.files.act(bob.transfer.key, "accept")
    await wait(lambda: alice.transfer.state.value == "done")
    assert bob.store.kept == {"c.bin": CONTENT}
    assert bob.transfer.saved == CONTENT
    digest = hashlib.sha256(CONTENT).hexdigest()
    assert alice.transfer.sha256 == bob.transfer.sha256 == digest
    assert alice.transfer.moved == len(CONTENT)


async def test_several_at_once_and_an_empty_one(apps: Any, source: Any, wait: Any) -> None:
    alice, bob = apps
    alice.files.offer([source(f"{n}", bytes([n]) * n * 100_000) for n in range(4)])
    await wait(lambda: len(bob.view.transfers) == 4)
    for key in tuple(bob.view.transfers):
        alice.tasks.start(bob.files.act(key, "accept"))
    await wait(lambda: all(each.state.value == "done" for each in alice.view.transfers.values()))
    assert {name: len(content) for name, content in bob.store.kept.items()} == {
        str(n): n * 100_000 for n in range(4)
    }


async def test_declined(apps: Any, source: Any, wait: Any) -> None:
    alice, bob = apps
    alice.files.offer([source("x", b"x")])
    await wait(lambda: bob.view.transfers)
    await bob.files.act(bob.transfer.key, "decline")
    await wait(lambda: alice.transfer.over)
    assert alice.transfer.problem == "Bob declined it."
    assert bob.store.kept == {}


async def test_nobody_to_send_to(apps: Any, source: Any, wait: Any) -> None:
    alice, _ = apps
    await alice.people.close("bob")
    await wait(lambda: not alice.people.connected)
    alice.files.offer([source("x", b"x")])
    assert "no file was sent" in alice.notices.problems[0]


async def test_a_path_that_breaks_in_the_middle(
    apps: Any, source: Any, network: MemoryNetwork, wait: Any
) -> None:
    alice, bob = apps
    bob.store.gate.clear()
    alice.files.offer([source("x", CONTENT)])
    await wait(lambda: bob.view.transfers)
    bob.tasks.start(bob.files.act(bob.transfer.key, "accept"))
    await wait(lambda: bob.transfer._arrived > 1_000_000)
    network.cut()
    await wait(lambda: alice.transfer.over and bob.transfer.over)
    bob.store.gate.set()
    await wait(lambda: bob.store.discarded == ["x"])
    for app in apps:
        assert app.transfer.state.value == "failed"
        assert "before the file had arrived" in app.transfer.problem


async def test_too_many_offers_are_declined_unseen(apps: Any, wait: Any) -> None:
    alice, bob = apps
    contact = alice.people.contacts["bob"]
    for number in range(MAX_OFFERS + 5):
        await contact.send(FileOffer(number + 1, "spam", size=1, type=""))
    await contact.send(FileOffer(1, "the same number again", size=1, type=""))
    await alice.chat.send("that was all")
    await wait(lambda: bob.view.messages)
    assert len(bob.view.transfers) == MAX_OFFERS
