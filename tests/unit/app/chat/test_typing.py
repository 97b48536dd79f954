"""Who writes is seen while they do, and no longer."""

from __future__ import annotations

from typing import Any

import pytest

from app.chat.typing import EVERY, SHOWN_FOR


async def test_who_writes_is_seen_until_it_is_sent(apps: Any, wait: Any) -> None:
    alice, bob = apps
    alice.chat.write("h")
    await wait(lambda: bob.view.writing == "Alice is writing…")
    assert alice.view.writing == ""
    alice.chat.write("hello")
    alice.chat.send("hello")
    await wait(lambda: bob.view.writing == "" and bob.texts)


async def test_until_nothing_is_left_of_it(apps: Any, wait: Any) -> None:
    alice, bob = apps
    alice.chat.write("h")
    await wait(lambda: bob.view.writing)
    alice.chat.write(" ")
    await wait(lambda: not bob.view.writing)


async def test_who_stops_is_not_seen_for_long(apps: Any, wait: Any) -> None:
    alice, bob = apps
    alice.chat.write("h")
    await wait(lambda: bob.view.writing)
    took = await wait(lambda: not bob.view.writing)
    assert took == pytest.approx(SHOWN_FOR, abs=0.1)


async def test_it_is_said_again_and_not_with_each_letter(apps: Any, wait: Any) -> None:
    alice, bob = apps
    heard: list[bool] = []
    writers = bob.chat._writers
    note = writers.note

    def hear(contact: Any, *, on: bool) -> None:
        heard.append(on)
        note(contact, on=on)

    writers.note = hear
    for _ in range(5):
        alice.chat.write("h")
    await wait(lambda: heard)
    await wait(lambda: not bob.view.writing)
    assert SHOWN_FOR > EVERY
    assert heard == [True, False]
    alice.chat.write("he")
    await wait(lambda: heard == [True, False, True])


async def test_it_is_said_to_those_who_are_addressed(apps: Any, carol: Any, wait: Any) -> None:
    alice, bob = apps
    alice.people.choose_all()
    bob.people.choose_all()
    alice.chat.write("h")
    await wait(lambda: bob.view.writing and carol.view.writing)
    await alice.act("bob", "choose")
    alice.chat.write("he")
    await wait(lambda: bob.view.writing and not carol.view.writing)
    bob.chat.write("me too")
    await wait(lambda: alice.view.writing == "Bob is writing…")


async def test_who_is_away_is_not_told(apps: Any, part: Any, network: Any, wait: Any) -> None:
    alice, bob = apps
    await part(*apps)
    alice.chat.write("h")
    network.release()
    await wait(lambda: alice.contact("bob").link.connected and bob.contact("alice").link.connected)
    alice.chat.send("here again")
    await wait(lambda: bob.texts)
    assert bob.view.writing == ""
