"""One person: who they are, what they say, and when it is too much."""

from __future__ import annotations

import asyncio
from typing import Any

from app.contact import MAX_MALFORMED, Contact, ContactState, short_name
from app.messages import Hello, encode, encode_piece
from peerscript import Peer
from peerscript.memory import MemoryNetwork


class Recorder:
    def __init__(self) -> None:
        self.heard: list[Any] = []

    async def on_message(self, contact: Contact, message: Any) -> None:
        self.heard.append(message)

    async def on_piece(self, contact: Contact, number: int, offset: int, data: bytes) -> None:
        self.heard.append((number, offset, data))

    def on_gone(self, contact: Contact, reason: str) -> None:
        raise AssertionError


def test_names() -> None:
    assert short_name("otter") == "otter"
    assert short_name("e8d5cde2-8b8c-4f20-83fd-5691ddd8bae0") == "Guest e8d5"


async def test_a_conversation(network: MemoryNetwork) -> None:
    async with Peer("alice", browser=network) as alice, Peer("bob", browser=network) as bob:
        near = await alice.connect("bob", serialization="raw")
        far = await anext(bob.connections())
        contact, recorder = Contact("bob", "Alice"), Recorder()
        await contact.meet(near)
        assert await far.receive() == encode(Hello(1, "Alice"))
        assert contact.signature == "Alice"
        assert contact.piece_size > 60_000
        await contact.send_piece(1, 2, b"data")
        assert await far.receive() == encode_piece(1, 2, b"data")
        for frame in (encode(Hello(1, " Bob ")), encode_piece(3, 4, b"x"), "rubbish", b"short"):
            await far.send(frame)
        await far.close()
        assert await contact.listen((recorder,)) is None
        assert recorder.heard == [Hello(1, " Bob "), (3, 4, b"x")]
        assert contact.name == "Bob"
        assert contact.state is ContactState.CLOSED


async def test_too_much_rubbish_ends_it(network: MemoryNetwork) -> None:
    async with Peer("alice", browser=network) as alice, Peer("bob", browser=network) as bob:
        near = await alice.connect("bob", serialization="raw")
        far = await anext(bob.connections())
        contact = Contact("bob", "")
        await contact.meet(near)
        assert contact.signature == "The other side"
        listening = asyncio.create_task(contact.listen((Recorder(),)))
        for _ in range(MAX_MALFORMED + 1):
            await far.send("rubbish")
        await listening
        await far.wait_closed()
