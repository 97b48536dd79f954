"""One person: who they are, what they say, and when it is over."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from app.files.messages import FileAccept, FileDone, FileOffer, encode
from app.people.contact import Contact, Listener, short_name
from peerscript.errors import LinkMisused


class Recorder(Listener):
    def __init__(self) -> None:
        self.heard: list[Any] = []
        self.ready = asyncio.Event()
        self.ready.set()

    async def on_message(self, contact: Contact, message: Any) -> None:
        self.heard.append(message)
        await self.ready.wait()

    async def on_piece(self, contact: Contact, number: int, offset: int, data: bytes) -> None:
        self.heard.append((number, offset, data))

    def on_text(self, contact: Contact, text: str) -> None:
        self.heard.append(text)


def test_names() -> None:
    assert short_name("otter") == "otter"
    assert short_name("e8d5cde28b8c4f20") == "Guest e8d5"


async def test_who_they_are(apps: Any) -> None:
    alice, _ = apps
    contact = alice.contact("bob")
    assert (contact.peer_id, contact.name) == ("bob", "Bob")
    assert contact.signature == "Alice"
    assert Contact(contact.link, "").signature == "The other side"
    assert contact.known


async def test_what_they_say_comes_in_order(open_app: Any, join: Any, wait: Any) -> None:
    alice = await open_app("alice")
    recorder = Recorder()
    alice.people.tell(alice.chat, recorder)
    bob = await join("bob", alice)
    contact = bob.contact("alice")
    await contact.send(FileAccept(1))
    await contact.send_piece(1, 2, b"data")
    await contact.link.send_live('{"kind": "of another listener"}')
    await contact.send(FileAccept(2))
    await wait(lambda: len(recorder.heard) == 4)
    other = '{"kind": "of another listener"}'
    assert recorder.heard == [FileAccept(1), (1, 2, b"data"), other, FileAccept(2)]


async def test_a_piece_fills_a_message(apps: Any, wait: Any) -> None:
    alice, bob = apps
    contact = alice.contact("bob")
    assert contact.piece_size > 100_000
    await contact.send_piece(7, 0, bytes(contact.piece_size))
    alice.chat.send("taken")
    await wait(lambda: bob.view.messages)
    assert bob.people.connected


@pytest.mark.parametrize(
    "rubbish",
    [
        "rubbish",
        b"short",
        '{"kind": "file-progress", "id": -1, "received": 0}',
        encode(FileDone(1, "0" * 65)),
    ],
)
async def test_rubbish_drops_the_link(apps: Any, wait: Any, rubbish: str | bytes) -> None:
    alice, bob = apps
    link = bob.contact("alice").link
    await alice.contact("bob").link.send_live(rubbish)
    await wait(lambda: not bob.people.all)
    assert isinstance(link.trouble, LinkMisused)


async def test_nothing_is_heard_after_the_end(open_app: Any, join: Any, wait: Any) -> None:
    alice = await open_app("alice")
    slow = Recorder()
    alice.people.tell(alice.chat, alice.files, slow)
    bob = await join("bob", alice)
    contact = bob.contact("alice")
    slow.ready.clear()
    for number in (1, 2):
        await contact.send(FileOffer(number, "x", size=1, type=""))
    await wait(lambda: slow.heard)
    await bob.act("alice", "close")
    await wait(lambda: not alice.people.all)
    slow.ready.set()
    for _ in range(20):
        await asyncio.sleep(0)
    (transfer,) = alice.view.removed
    assert transfer.over
