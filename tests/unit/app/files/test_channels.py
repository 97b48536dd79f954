"""The two channels that carry files: what comes is handed on in order, until the end."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from app.files.channels import FileChannels
from app.files.messages import MAX_PIECE, FileAccept, FileDone, FileOffer, FilePiece
from peerscript.errors import LinkMisused
from tests.unit.app.conftest import send_raw


async def test_the_largest_piece(apps: Any, wait: Any) -> None:
    alice, bob = apps
    await FileChannels(alice.contact("bob")).send_data(FilePiece(7, 0, bytes(MAX_PIECE)))
    alice.chat.send("taken")
    await wait(lambda: bob.view.messages)
    assert bob.people.connected


@pytest.mark.parametrize(
    ("channel", "rubbish"),
    [
        ("files", "rubbish"),
        ("files", None),
        ("files", {"kind": "progress", "id": -1, "received": 0}),
        ("file-data", b"short"),
        ("file-data", {"kind": "done", "id": 1, "sha256": "0" * 65}),
        ("file-data", {"kind": "piece", "id": 1, "offset": 0, "data": "text"}),
        ("file-data", {"kind": "piece", "id": 1, "offset": 0, "data": bytes(MAX_PIECE + 1)}),
    ],
)
async def test_rubbish_drops_the_link(apps: Any, wait: Any, channel: str, rubbish: object) -> None:
    alice, bob = apps
    link = bob.contact("alice").link
    await send_raw(alice.contact("bob"), channel, rubbish)
    await wait(lambda: not bob.people.all)
    assert isinstance(link.error, LinkMisused)


async def test_a_kind_of_a_later_version_is_passed_over(apps: Any, wait: Any) -> None:
    alice, bob = apps
    await send_raw(alice.contact("bob"), "files", {"kind": "teleport", "to": "Mars"})
    await FileChannels(alice.contact("bob")).send(FileOffer(1, "x", size=1, type=""))
    await wait(lambda: bob.view.transfers)
    assert bob.people.connected


async def test_nothing_is_handed_on_after_the_end(open_app: Any, join: Any, wait: Any) -> None:
    alice = await open_app("alice")
    alice.people.bind(alice.chat)  # her files are read below
    bob = await join("bob", alice)
    heard: list[object] = []
    gate = asyncio.Event()

    async def slow(message: object) -> None:
        heard.append(message)
        await gate.wait()

    channels = FileChannels(alice.contact("bob"))
    reading = asyncio.ensure_future(channels.read(slow, slow))
    theirs = FileChannels(bob.contact("alice"))
    for number in range(1, 7):
        await theirs.send(FileAccept(number))
        await theirs.send_data(FileDone(number, "0" * 64))
    await wait(lambda: heard)
    await bob.act("alice", "close")
    gate.set()
    await reading
    assert len(heard) <= 2  # one of each channel was being handled
