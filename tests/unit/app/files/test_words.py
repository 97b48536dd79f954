"""The texts of a card."""

from __future__ import annotations

from typing import Any

import pytest

from app.files.transfer import Transfer, TransferState
from app.files.words import announcement, contents, file_status, percent, status
from peerscript.transfer import FileState


async def offered(apps: Any, wait: Any, *sources: Any) -> tuple[Transfer, Transfer]:
    alice, bob = apps
    bob.store.gate.clear()
    alice.files.offer(sources)
    await wait(lambda: bob.view.transfers)
    return alice.transfer, bob.transfer


@pytest.mark.parametrize(
    ("types", "words"),
    [
        (["image/png"], "Picture · 7 B"),
        (["application/pdf"], "PDF · 7 B"),
        ([""], "File · 7 B"),
        (["image/png", "image/jpeg"], "2 pictures · 14 B"),
        (["image/png", "video/mp4", "video/mp4"], "3 files (2 films, 1 picture) · 21 B"),
        (["image/png", "", "x/y"], "3 files (1 picture) · 21 B"),
        (["", ""], "2 files · 14 B"),
    ],
)
async def test_what_is_in_it(
    apps: Any, source: Any, wait: Any, types: list[str], words: str
) -> None:
    sources = [source(f"{n}", b"content", type) for n, type in enumerate(types)]
    for transfer in await offered(apps, wait, *sources):
        assert contents(transfer) == words


async def test_one_file_from_the_offer_to_the_end(apps: Any, source: Any, wait: Any) -> None:
    alice, bob = apps
    out, came = await offered(apps, wait, source("x", bytes(2_000_000)))
    assert status(out) == "Offered to Bob"
    assert status(came) == "Alice wants to send you this"
    await bob.files.act(came.key, "accept")
    assert (status(came), percent(came)) == ("0 B of 2.0 MB", "0 %")
    assert file_status(came, 0) == "Waits its turn"
    await bob.files.act(came.key, "pause")
    assert status(came) == "Paused by you · 0 B of 2.0 MB"
    assert file_status(came, 0) == "Paused"
    await wait(lambda: out.state is TransferState.PAUSED)
    assert status(out) == "Paused by Bob · 0 B of 2.0 MB"
    await alice.files.act(out.key, "pause")
    assert status(out) == "Paused by you and Bob · 0 B of 2.0 MB"
    came.files[0].moved = 1_000_000
    assert file_status(came, 0) == "50 %"
    came.files[0].moved = 0
    bob.store.gate.set()
    for app, transfer in ((alice, out), (bob, came)):
        await app.files.act(transfer.key, "resume")
    await wait(lambda: out.over and came.over)
    assert status(out) == "Bob has it, checked (SHA-256)"
    assert status(came) == "Received from Alice, checked (SHA-256)"
    assert file_status(came, 0) == f"Checked: {came.sha256[:12]}…"
    assert percent(came) == "100 %"
    assert announcement(out) == "Bob has x."


async def test_many_files(apps: Any, source: Any, wait: Any) -> None:
    _, bob = apps
    out, came = await offered(apps, wait, *(source(f"{n}", bytes(1000)) for n in range(4)))
    assert status(came) == "Alice wants to send you these 4 files"
    bob.files.want(came.key, 3, wanted=False)
    await bob.files.act(came.key, "accept")
    await wait(lambda: status(came) == "0 of 3 files · 0 B of 3.0 kB")
    bob.store.gate.set()
    await wait(lambda: out.over and came.over)
    assert status(out) == "Bob has 3 of 4 files, checked (SHA-256)"
    assert status(came) == "Received 3 of 4 files from Alice, checked (SHA-256)"
    assert file_status(out, 3) == "Bob declined it."
    came.counts[FileState.DONE] = 4
    assert status(came) == "Received all 4 files from Alice, checked (SHA-256)"


async def test_speed_and_time_left(apps: Any, source: Any, wait: Any) -> None:
    _, came = await offered(apps, wait, source("x", bytes(1_000_000)))
    await apps[1].files.act(came.key, "accept")
    came._clock = lambda: 1.0
    came._rate.restart(0.0, 0)
    came.moved = 250_000
    came._rate.add(1.0, came.moved)
    assert status(came) == "250 kB of 1.0 MB · 250 kB/s · 3 s left"


async def test_a_broken_path(apps: Any, source: Any, wait: Any, part: Any, network: Any) -> None:
    _, came = await offered(apps, wait, source("x", bytes(1000)))
    await apps[1].files.act(came.key, "accept")
    await part(*apps)
    assert status(came).startswith("Paused, goes on by itself when Alice is back · ")
    network.release()


async def test_what_has_not_arrived(apps: Any, source: Any, wait: Any) -> None:
    _, bob = apps
    out, came = await offered(apps, wait, source("a", b"x"), source("b", b"x"))
    await bob.files.act(came.key, "accept-all")
    assert came.offer is not None
    came.offer.cancel([1], reason="The disk is full.", failed=True)
    assert file_status(came, 1) == "The disk is full."
    bob.store.gate.set()
    await wait(lambda: out.over and came.over)
    assert status(came) == "1 of 2 files have arrived. b: The disk is full."
    assert announcement(came) == "a and 1 more has not arrived. b: The disk is full."


async def test_declined(apps: Any, source: Any, wait: Any) -> None:
    out, came = await offered(apps, wait, source("a", b"x"))
    await apps[1].files.act(came.key, "decline")
    await wait(lambda: out.over)
    assert (status(out), status(came)) == ("Bob declined it.", "Declined.")


async def test_no_room(apps: Any, source: Any, wait: Any) -> None:
    apps[1].store.full = True
    _, came = await offered(apps, wait, source("a", b"x"))
    await wait(lambda: came.problem)
    assert status(came) == "It cannot be kept: no room."
