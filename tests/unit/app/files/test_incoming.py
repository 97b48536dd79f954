"""The receiver believes nothing: names, sizes, offsets, sums."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from app.files.channels import FileChannels
from app.files.messages import FileCancel, FileDone, FileOffer, FilePiece
from app.files.transfer import TransferState


async def test_a_name_is_made_safe(apps: Any, wait: Any) -> None:
    alice, bob = apps
    channels = FileChannels(alice.contact("bob"))
    await channels.send(FileOffer(1, "../con.\u202etxt. ", size=1, type=""))
    await wait(lambda: bob.view.transfers)
    assert bob.transfer.name == "_con.txt"
    assert "Alice wants to send you _con.txt." in bob.notices.announced


async def test_a_reason_is_shown_as_the_senders_words(apps: Any, wait: Any) -> None:
    alice, bob = apps
    channels = FileChannels(alice.contact("bob"))
    await channels.send(FileOffer(1, "x", size=1, type=""))
    await channels.send(FileCancel(1, "Your disk\n\u202eis full."))
    await wait(lambda: bob.view.transfers and bob.transfer.over)
    assert bob.transfer.problem == "Alice: Your disk is full."


async def accepted(apps: Any, wait: Any, size: int = 10) -> Any:
    """A hostile Alice's channels to Bob, who has accepted what she offers."""
    alice, bob = apps
    channels = FileChannels(alice.contact("bob"))
    await channels.send(FileOffer(1, "x", size=size, type=""))
    await wait(lambda: bob.view.transfers)
    bob.tasks.start(bob.files.act(bob.transfer.key, "accept"))
    await wait(lambda: bob.transfer.state.value == "active")
    return channels


@pytest.mark.parametrize(("offset", "data"), [(5, b"x"), (0, b"x" * 11), (0, b""), (2**50, b"x")])
async def test_bytes_that_do_not_fit(apps: Any, wait: Any, offset: int, data: bytes) -> None:
    _, bob = apps
    channels = await accepted(apps, wait)
    await channels.send_data(FilePiece(1, offset, data))
    await wait(lambda: bob.transfer.over)
    assert bob.transfer.problem == "The sender's bytes do not fit the file."
    await wait(lambda: bob.store.discarded)
    assert bob.people.connected


@pytest.mark.parametrize("sent", [b"0123456789", b"01234"])
async def test_a_sum_that_does_not_fit(apps: Any, wait: Any, sent: bytes) -> None:
    _, bob = apps
    channels = await accepted(apps, wait)
    await channels.send_data(FilePiece(1, 0, sent))
    await channels.send_data(FileDone(1, "0" * 64))
    await wait(lambda: bob.transfer.over)
    assert bob.transfer.problem == "What arrived is not what was sent."
    assert bob.store.kept == {}


async def test_a_sender_that_does_not_wait(apps: Any, wait: Any) -> None:
    _, bob = apps
    bob.store.gate.clear()
    channels = await accepted(apps, wait, size=10**12)
    for number in range(100):
        await channels.send_data(FilePiece(1, number * 100_000, bytes(100_000)))
    await wait(lambda: bob.transfer.over)
    assert bob.transfer.problem == "The sender does not wait for this page."
    bob.store.gate.set()


async def test_no_room(apps: Any, wait: Any, source: Any) -> None:
    alice, bob = apps
    bob.store.full = True
    alice.files.offer([source("x", b"x")])
    await wait(lambda: bob.view.transfers)
    await bob.files.act(bob.transfer.key, "accept")
    await wait(lambda: alice.transfer.over)
    assert "no room" in bob.transfer.problem
    assert "no room" in alice.transfer.problem


async def test_cancelled_by_the_receiver(apps: Any, wait: Any, source: Any) -> None:
    alice, bob = apps
    bob.store.gate.clear()
    alice.files.offer([source("x", bytes(10_000_000))])
    await wait(lambda: bob.view.transfers)
    bob.tasks.start(bob.files.act(bob.transfer.key, "accept"))
    await wait(lambda: bob.transfer._arrived > 1_000_000)
    await bob.files.act(bob.transfer.key, "cancel")
    bob.store.gate.set()
    await wait(lambda: alice.transfer.over)
    assert alice.transfer.problem == "Bob: Cancelled."
    await wait(lambda: bob.store.discarded == ["x"])


async def test_what_was_cancelled_is_not_kept_even_if_all_of_it_is_there(
    apps: Any, wait: Any
) -> None:
    alice, bob = apps
    bob.store.gate.clear()
    channels = await accepted(apps, wait)
    await channels.send_data(FilePiece(1, 0, b"0123456789"))
    await channels.send_data(FileDone(1, hashlib.sha256(b"0123456789").hexdigest()))
    alice.chat.send("that was all")
    await wait(lambda: bob.view.messages)
    await bob.files.act(bob.transfer.key, "cancel")
    bob.store.gate.set()
    await wait(lambda: bob.store.discarded == ["x"])
    assert bob.store.kept == {}
    assert bob.transfer.state is TransferState.CANCELLED


async def test_the_sender_fails(apps: Any, wait: Any) -> None:
    _, bob = apps
    channels = await accepted(apps, wait)
    await channels.send_data(FilePiece(1, 0, b"01234"))
    await channels.send(FileCancel(1, "It caught fire.", failed=True))
    await wait(lambda: bob.store.discarded == ["x"])
    assert bob.transfer.state is TransferState.FAILED
    assert bob.transfer.problem == "Alice: It caught fire."


async def test_accepting_twice_is_once(apps: Any, wait: Any) -> None:
    _, bob = apps
    channels = await accepted(apps, wait)
    await bob.files.act(bob.transfer.key, "accept")
    await bob.files.act(bob.transfer.key, "decline")
    await channels.send_data(FilePiece(1, 0, b"0123456789"))
    await channels.send_data(FileDone(1, hashlib.sha256(b"0123456789").hexdigest()))
    await wait(lambda: bob.transfer.state is TransferState.DONE)
    assert bob.store.kept == {"x": b"0123456789"}
