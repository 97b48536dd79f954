"""Messages are sent, delivered or told to have failed."""

from __future__ import annotations

from typing import Any

from app.messages import MAX_TEXT, Text, encode
from peerscript.memory import MemoryNetwork


async def test_a_message_is_delivered(apps: Any, wait: Any) -> None:
    alice, bob = apps
    text = "😀" * 40_000
    assert await alice.chat.send(text)
    await wait(lambda: [each.state for each in alice.view.messages.values()] == ["delivered"])
    (received,) = bob.view.messages.values()
    assert (received.sender, received.name, received.text) == ("alice", "Alice", text)


async def test_what_is_not_sent_is_told(apps: Any, wait: Any) -> None:
    alice, bob = apps
    assert not await alice.chat.send("  \n")
    assert not await alice.chat.send("x" * (MAX_TEXT + 1))
    assert "Send it as a file" in alice.notices.problems[0]
    await bob.people.close("alice")
    await wait(lambda: not alice.people.connected)
    assert not await alice.chat.send("hello?")
    assert "Nobody is connected" in alice.notices.problems[1]


async def test_a_message_that_never_arrived(apps: Any, network: MemoryNetwork, wait: Any) -> None:
    alice, _ = apps
    network.hold()
    await alice.chat.send("into the void")
    network.cut()
    await wait(lambda: [each.state for each in alice.view.messages.values()] == ["failed"])


async def test_a_text_without_end_is_dropped(apps: Any, wait: Any) -> None:
    alice, bob = apps
    contact = alice.people.contacts["bob"]
    for _ in range(MAX_TEXT // 16_000 + 1):
        await contact._session.send(encode(Text(9, "x" * 16_000, more=True)))
    await wait(lambda: bob.notices.problems)
    assert "too long to show" in bob.notices.problems[0]
    assert not bob.view.messages
