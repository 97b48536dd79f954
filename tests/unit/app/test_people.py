"""Who is connected, and how they come and go."""

from __future__ import annotations

from typing import Any

import pytest

from peerscript import Peer
from peerscript.memory import MemoryNetwork


async def test_both_see_each_other_by_name(apps: Any) -> None:
    alice, bob = apps
    assert [each.name for each in alice.people.connected] == ["Bob"]
    assert [each.name for each in bob.people.connected] == ["Alice"]


async def test_connecting_twice_is_once(apps: Any) -> None:
    alice, bob = apps
    assert await bob.people.connect(bob.peer, "alice")
    assert len(alice.people.connected) == 1
    assert "already" in bob.notices.announced[-1]


async def test_a_connection_that_fails_is_told(apps: Any) -> None:
    alice, _ = apps
    assert not await alice.people.connect(alice.peer, "nobody")
    assert "Nobody by that ID" in alice.notices.problems[0]
    assert len(alice.view.people) == 1


async def test_disconnecting_is_no_problem(apps: Any, wait: Any) -> None:
    alice, bob = apps
    await alice.people.close("bob")
    await wait(lambda: not alice.view.people and not bob.view.people)
    assert alice.notices.problems == bob.notices.problems == []
    assert await bob.people.connect(bob.peer, "alice")


async def test_a_broken_path_is_one(apps: Any, network: MemoryNetwork, wait: Any) -> None:
    alice, _ = apps
    network.cut()
    await wait(lambda: not alice.view.people)
    assert "The connection broke" in alice.notices.problems[0]


async def test_other_programs_are_turned_away(apps: Any) -> None:
    alice, bob = apps
    stranger = await bob.peer.connect("alice", label="something else")
    await stranger.wait_closed()
    assert len(alice.people.connected) == 1


async def test_somebody_who_comes_again_takes_the_old_ones_place(apps: Any, wait: Any) -> None:
    alice, bob = apps
    before = alice.people.contacts["bob"]
    again = await bob.peer.connect("alice", label="peerscript", serialization="raw")
    await wait(lambda: alice.people.contacts.get("bob") not in (None, before))
    await wait(lambda: alice.view.people == [alice.people.contacts["bob"]])
    await again.close()


@pytest.mark.parametrize("first", [0, 1])
async def test_both_dial_at_once_and_one_connection_stays(apps: Any, wait: Any, first: int) -> None:
    alice, bob = apps
    await bob.people.close("alice")
    await wait(lambda: not alice.view.people and not bob.view.people)
    dialling = [(alice, "bob"), (bob, "alice")]
    for app, other in dialling[first:] + dialling[:first]:
        app.tasks.start(app.people.connect(app.peer, other))
    network = alice.network
    await wait(lambda: alice.people.connected and bob.people.connected)
    await wait(lambda: len(network.channels) == 2)  # the two ends of one
    assert [each.name for each in alice.view.people] == ["Bob"]
    assert [each.name for each in bob.view.people] == ["Alice"]
    assert alice.people.contacts["bob"].dialled
    assert not bob.people.contacts["alice"].dialled
    assert alice.notices.problems == bob.notices.problems == []
    assert await alice.chat.send("still here?")
    await wait(lambda: [each.text for each in bob.view.messages.values()] == ["still here?"])


async def test_giving_up_while_it_connects(apps: Any, network: MemoryNetwork, wait: Any) -> None:
    alice, _ = apps
    async with Peer("carol", browser=network) as carol:
        alice.tasks.start(alice.people.connect(alice.peer, "carol"))
        await wait(lambda: "carol" in alice.people.contacts)
        await alice.people.close("carol")
        assert len(alice.view.people) == 1
        connection = await anext(carol.connections())
        await connection.wait_closed()
    assert alice.notices.problems == []
