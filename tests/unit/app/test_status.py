"""The state of the page as a whole, in one word and in a few."""

from __future__ import annotations

from typing import Any

from app.connection.invite import Invite
from app.status import page_status
from peerscript.protocol.link.state import LinkState
from peerscript.testing import MemoryNetwork


def stands(app: Any) -> tuple[str, str]:
    return page_status(app.peer, app.people)


async def test_alone(dave: Any) -> None:
    assert stands(dave) == ("ready", "Ready")


async def test_connected(apps: Any, carol: Any) -> None:
    assert stands(apps[0]) == ("connected", "Connected to Bob, Carol")


async def test_who_has_left_is_named_until_somebody_comes(apps: Any, dave: Any, wait: Any) -> None:
    alice, bob = apps
    await alice.people.act(alice.contact("bob").key, "close")
    await wait(lambda: not bob.people.all)
    assert stands(bob) == ("ready", "Alice has left.")
    assert stands(alice) == ("ready", "Ready")
    bob.people.connect(Invite("dave"))
    await wait(lambda: bob.people.all)
    assert not bob.people.left


async def test_connecting(dave: Any, network: MemoryNetwork, wait: Any) -> None:
    network.hold()
    dave.people.connect(Invite("alice"))
    await wait(lambda: dave.people.all)
    assert stands(dave) == ("connecting", "Connecting to alice")
    network.release()


async def test_waiting_to_be_let_in(apps: Any, dave: Any, wait: Any) -> None:
    dave.people.connect(Invite("alice"))
    await wait(lambda: dave.find("alice"))
    await wait(lambda: dave.contact("alice").state is LinkState.WAITING)
    assert stands(dave) == ("connecting", "Connecting to alice")


async def test_reconnecting(apps: Any, part: Any, network: MemoryNetwork) -> None:
    await part(*apps)
    assert stands(apps[0]) == ("reconnecting", "Reconnecting to Bob")
    network.release()


async def test_who_is_there_counts_more_than_who_is_not(apps: Any, carol: Any, wait: Any) -> None:
    alice, bob = apps
    await bob.unload()
    await wait(lambda: alice.contact("bob").state is LinkState.RECONNECTING)
    assert stands(alice) == ("connected", "Connected to Carol")
    alice.people.connect(Invite("nobody"))
    assert stands(alice) == ("connected", "Connected to Carol")


async def test_who_asks_or_is_lost_leaves_the_page_ready(
    apps: Any, dave: Any, wait: Any, give_up_at_once: None
) -> None:
    alice, bob = apps
    await bob.unload()
    await wait(lambda: alice.contact("bob").state is LinkState.LOST)
    dave.people.connect(Invite("alice"))
    await wait(lambda: alice.find("dave"))
    assert stands(alice) == ("ready", "dave asks to be let in")


async def test_without_the_broker(dave: Any, network: MemoryNetwork, wait: Any) -> None:
    network.go_down()
    await wait(lambda: not dave.peer.open)
    assert stands(dave) == ("offline", "Offline: looking for the broker")
    network.come_back()
    await wait(lambda: stands(dave) == ("ready", "Ready"))


async def test_whoever_is_connected_stays_so_without_the_broker(
    apps: Any, network: MemoryNetwork, wait: Any
) -> None:
    network.go_down()
    await wait(lambda: not apps[0].peer.open)
    assert stands(apps[0]) == ("connected", "Connected to Bob")
