"""The receiver believes nothing: names, sizes, offsets, sums."""

from __future__ import annotations

from typing import Any

import pytest

from app.incoming import safe_name
from app.messages import FileDone, FileOffer, encode_piece


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("notes.md", "notes.md"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Windows\\system.ini", "system.ini"),
        ("ü 😀.txt", "ü 😀.txt"),
        ("a\x00b\n.txt", "a_b_.txt"),
        ("gpj.\u202eexe", "gpj._exe"),
        ("", "file"),
        (" .. ", "file"),
        ("x" * 500 + ".txt", "x" * 176 + ".txt"),
    ],
)
def test_names_are_made_safe(name: str, safe: str) -> None:
    assert safe_name(name) == safe


async def accepted(apps: Any, wait: Any, size: int = 10) -> Any:
    """A hostile Alice's raw connection, and Bob's transfer."""
    alice, bob = apps
    contact = alice.people.contacts["bob"]
    await contact.send(FileOffer(1, "x", size=size, type=""))
    await wait(lambda: bob.view.transfers)
    bob.tasks.start(bob.files.act(bob.transfer.key, "accept"))
    await wait(lambda: bob.transfer.state.value == "active")
    return contact


@pytest.mark.parametrize(("offset", "data"), [(5, b"x"), (0, b"x" * 11), (0, b""), (2**60, b"x")])
async def test_bytes_that_do_not_fit(apps: Any, wait: Any, offset: int, data: bytes) -> None:
    _, bob = apps
    contact = await accepted(apps, wait)
    await contact._session.send(encode_piece(1, offset, data))
    await wait(lambda: bob.transfer.over)
    assert bob.transfer.problem == "The sender's bytes do not fit the file."
    await wait(lambda: bob.store.discarded)
    assert bob.people.connected


@pytest.mark.parametrize("sent", [b"0123456789", b"01234"])
async def test_a_sum_that_does_not_fit(apps: Any, wait: Any, sent: bytes) -> None:
    _, bob = apps
    contact = await accepted(apps, wait)
    await contact._session.send(encode_piece(1, 0, sent))
    await contact.send(FileDone(1, "0" * 64))
    await wait(lambda: bob.transfer.over)
    assert bob.transfer.problem == "What arrived is not what was sent."
    assert bob.store.kept == {}


async def test_a_sender_that_does_not_wait(apps: Any, wait: Any) -> None:
    _, bob = apps
    bob.store.gate.clear()
    contact = await accepted(apps, wait, size=10**12)
    for number in range(100):
        await contact._session.send(encode_piece(1, number * 100_000, bytes(100_000)))
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
    assert alice.transfer.problem == "Bob stopped it: Cancelled."
