"""What has happened with somebody stands between the texts, and after a reload, too."""

from __future__ import annotations

from typing import Any

import pytest

from app.chat.events import KEPT
from peerscript.link import reconnection


def happened(app: Any) -> list[str]:
    return [event.text for event in app.view.events.values()]


async def test_after_a_reload(apps: Any, reload: Any, wait: Any) -> None:
    _, bob = apps
    bob.chat.note(bob.contact("alice"), "Call, declined")
    again = await reload(bob)
    await wait(lambda: happened(again) == ["Call, declined"])
    await again.act("alice", "close")
    await wait(lambda: not again.people.all)
    assert again.view.events == {}
    assert "declined" not in again.storage["chat-events"]


async def test_who_is_out_of_reach_and_back(apps: Any, part: Any, network: Any, wait: Any) -> None:
    alice, bob = apps
    await part(*apps)
    assert happened(alice) == []  # it may be a reload
    await wait(lambda: happened(alice), seconds=2 * reconnection.GIVE_UP_AFTER)
    assert happened(alice) == ["Bob is out of reach"]
    network.release()
    await bob.act("alice", "retry")
    await wait(lambda: happened(alice) == ["Bob is out of reach", "Bob is back"])


async def test_who_comes_and_goes_is_said_where_all_talk(
    apps: Any, carol: Any, join: Any, wait: Any
) -> None:
    alice, bob = apps
    alice.people.choose_all()
    assert alice.chat.send("hello")
    await wait(lambda: bob.texts and carol.texts)
    await join("dave", alice)
    await wait(lambda: happened(alice) == ["Dave has joined"])
    await carol.act("alice", "close")
    await wait(lambda: happened(alice) == ["Dave has joined", "Carol has left"])
    assert {place for place, _ in alice.view.events} == {"everyone"}


async def test_the_oldest_go(apps: Any) -> None:
    alice, _ = apps
    contact = alice.contact("bob")
    for number in range(KEPT + 1):
        alice.chat.note(contact, f"number {number}")
    assert '"number 1"' in alice.storage["chat-events"]
    assert '"number 0"' not in alice.storage["chat-events"]


async def test_a_full_storage_loses_them_with_a_reload(
    apps: Any, caplog: pytest.LogCaptureFixture
) -> None:
    alice, _ = apps

    class Full(dict[str, str]):
        def __setitem__(self, name: str, value: str) -> None:
            raise OSError("full")

    alice.chat._events._storage = Full()
    alice.chat.note(alice.contact("bob"), "Missed call")
    assert happened(alice) == ["Missed call"]
    assert "full" in caplog.text
