"""Who is connected, and how they come and go."""

from __future__ import annotations

from typing import Any

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
