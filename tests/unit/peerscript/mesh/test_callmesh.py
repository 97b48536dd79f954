"""Pages in one call, over the network in memory."""

from __future__ import annotations

import asyncio

import pytest

from peerscript.calls import CallEnd
from peerscript.errors import LinkClosed
from peerscript.mesh import CallMesh, introducer_of
from peerscript.protocol.calls.mesh import MAX_PAGES, RETRY, Expect, Meet, MeshMessage, Present
from peerscript.protocol.link.state import LinkState, Verification
from peerscript.testing import MemoryNetwork
from tests.clock import until
from tests.unit.peerscript.mesh.callers import Caller, in_call
from tests.unit.peerscript.mesh.conftest import Open


async def say(caller: Caller, peer_id: str, message: MeshMessage) -> None:
    """Send a message that an honest page would not send now."""
    link = caller.link(peer_id)
    _, channel = caller.mesh._channels[link.key]
    await channel.send(message)
    await channel.flush()


def seen(witness: Caller, peer_id: str) -> tuple[str, str]:
    """A page's ID, and its certificate as another page has proved it."""
    return peer_id, witness.link(peer_id).certificate.hex()


async def test_everybody_meets_everybody_and_who_called_first_may_leave(callers: Open) -> None:
    everybody = ada, *others = await callers("ada", "bob", "cleo", "dave", "erin", "frank")
    for other in others:
        await other.call(ada)
    await until(lambda: in_call(*everybody))
    assert all(not other.asked for other in others)
    bob, cleo = others[:2]
    link = bob.link("cleo")
    assert link.verification is Verification.SECRET
    assert introducer_of(link) == introducer_of(cleo.link("bob")) == "Ada"
    assert introducer_of(bob.link("ada")) is None
    ada.hang_up()
    await until(lambda: in_call(*others))
    assert not ada.others
    await ada.call(cleo)
    await until(lambda: in_call(*everybody))


async def test_a_page_that_is_gone_ends_nobodys_call(callers: Open) -> None:
    ada, *others = await callers("ada", "bob", "cleo", "dave")
    for other in others:
        await other.call(ada)
    await until(lambda: in_call(ada, *others))
    await ada.unload()
    await until(lambda: in_call(*others))


@pytest.mark.parametrize("who", [0, 1, 2])
async def test_a_page_that_is_reloaded_comes_back(callers: Open, who: int) -> None:
    everybody = ada, bob, cleo = await callers("ada", "bob", "cleo")
    await bob.call(ada)
    await cleo.call(ada)
    await until(lambda: in_call(*everybody))
    await everybody[who].reload()
    await until(lambda: in_call(*everybody))
    (dave,) = await callers("dave")
    await dave.call(bob)
    await until(lambda: in_call(*everybody, dave))


async def test_those_who_know_each_other_need_no_new_link(callers: Open) -> None:
    everybody = ada, bob, cleo = await callers("ada", "bob", "cleo")
    link = await cleo.links.connect("bob", bob.invite.secret)
    await bob.call(ada)
    await cleo.call(ada)
    await until(lambda: in_call(*everybody))
    assert cleo.link("bob") is link
    assert len(bob.links.all) == 2


@pytest.mark.parametrize("names", [("bob", "cleo"), ("cleo", "bob")])
async def test_who_rings_already_when_they_are_introduced_is_taken_in(
    callers: Open, names: tuple[str, str]
) -> None:
    ada, one, two = await callers("ada", *names)
    await one.call(ada)
    await until(lambda: in_call(ada, one))
    one.takes = False
    await two.call(one)
    await until(lambda: one.asked == [two.id])
    await two.call(ada)
    await until(lambda: in_call(ada, one, two))


async def test_two_who_introduce_the_same_two(callers: Open) -> None:
    ada, bob, cleo, dave = await callers("ada", "bob", "cleo", "dave")
    for one, two in ((bob, ada), (cleo, ada)):
        await one.call(two)
    await until(lambda: in_call(ada, bob, cleo))
    await asyncio.gather(dave.call(ada), dave.call(bob))
    await until(lambda: in_call(ada, bob, cleo, dave))
    assert len(cleo.links.all) == len(dave.links.all) == 3


async def test_a_seventh_is_told_that_it_is_full(callers: Open) -> None:
    ada, *others, late = await callers("ada", "bob", "cleo", "dave", "erin", "frank", "gina")
    for other in others:
        await other.call(ada)
    await until(lambda: in_call(ada, *others))
    assert ada.mesh.full
    call = await late.call(ada)
    assert await call.ended() is CallEnd.FULL
    assert not late.mesh.members
    assert in_call(ada, *others)


async def test_two_calls_of_several_that_would_be_too_many_stay_two(callers: Open) -> None:
    ada, bob, cleo, dave, erin, frank, gina = await callers(
        "ada", "bob", "cleo", "dave", "erin", "frank", "gina"
    )
    one, two = (ada, bob, cleo, gina), (dave, erin, frank)
    for first, *rest in (one, two):
        for other in rest:
            await other.call(first)
    await until(lambda: in_call(*one) and in_call(*two))
    call = await dave.call(ada)
    assert await call.ended() is CallEnd.FULL
    await until(lambda: in_call(*one) and in_call(*two))
    assert sum(len(caller.links.all) for caller in one) <= 3 * 4 + MAX_PAGES


async def test_whose_call_was_ended_alone_stays_away(callers: Open) -> None:
    everybody = ada, bob, cleo = await callers("ada", "bob", "cleo")
    await bob.call(ada)
    await cleo.call(ada)
    await until(lambda: in_call(*everybody))
    cleo.hang_up(bob)
    await until(lambda: "cleo" not in bob.others)
    await asyncio.sleep(5 * RETRY)
    assert (ada.others, bob.others, cleo.others) == ({"bob", "cleo"}, {"ada"}, {"ada"})


# Somebody who lies


async def test_nobody_outside_a_call_introduces(callers: Open) -> None:
    ada, bob, mallory = await callers("ada", "bob", "mallory")
    await bob.call(ada)
    await mallory.links.connect("bob", bob.invite.secret)
    await until(lambda: in_call(ada, bob) and bob.link("mallory").connected)
    await say(mallory, "bob", Present("ada"))
    await say(mallory, "bob", Expect(*seen(bob, "mallory")))
    await say(mallory, "bob", Meet(*seen(bob, "mallory"), mallory.invite.secret))
    await mallory.ring(mallory.link("bob"))
    await until(lambda: bob.asked == ["mallory"])  # as for any stranger's call


@pytest.mark.parametrize(
    ("peer_id", "secret"),
    [("nobody", "A" * 22), ("no id!", "A" * 22), ("cleo", "no secret"), ("cleo", "A" * 22)],
)
async def test_an_introduction_that_leads_nowhere_leaves_nothing(
    callers: Open, monkeypatch: pytest.MonkeyPatch, peer_id: str, secret: str
) -> None:
    ada, bob, _ = await callers("ada", "bob", "cleo")
    await bob.call(ada)
    await until(lambda: in_call(ada, bob))
    met: list[LinkState] = []
    bob.links.on("link", lambda link: met.append(link.state))
    await say(ada, "bob", Meet(peer_id, "00" * 32, secret))
    await until(lambda: any(each.until < 1e9 for each in bob.mesh._mesh._meeting.values()))
    await until(lambda: not bob.mesh._mesh._meeting, 300)
    assert [link.peer_id for link in bob.links.all] == ["ada"]
    assert in_call(ada, bob)


async def test_another_page_than_the_introduced_one_is_not_called(callers: Open) -> None:
    ada, bob, cleo = await callers("ada", "bob", "cleo")
    await bob.call(ada)
    await until(lambda: in_call(ada, bob))
    await say(ada, "bob", Meet("cleo", "00" * 32, cleo.invite.secret))
    await until(lambda: not bob.mesh._mesh._meeting, 300)
    assert bob.others == {"ada"}
    assert not cleo.asked


async def test_a_link_that_is_broken_is_waited_for_and_not_for_ever(
    callers: Open, network: MemoryNetwork
) -> None:
    ada, bob, cleo = await callers("ada", "bob", "cleo")
    await bob.call(ada)
    await bob.links.connect("cleo", cleo.invite.secret)
    await until(lambda: in_call(ada, bob))
    await cleo.unload()
    await until(lambda: bob.link("cleo").state is LinkState.RECONNECTING)
    await say(ada, "bob", Meet(*seen(bob, "cleo"), cleo.invite.secret))
    await until(lambda: not bob.mesh._mesh._meeting, 300)
    assert bob.others == {"ada"}


async def test_nothing_is_said_over_a_link_that_is_lost(
    callers: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, bob, cleo = await callers("ada", "bob", "cleo")
    await bob.call(ada)
    await cleo.call(ada)
    await until(lambda: in_call(ada, bob, cleo))
    for limit in ("GONE_AFTER", "GIVE_UP_AFTER"):
        monkeypatch.setattr(f"peerscript.link.reconnection.{limit}", -1.0)
    await bob.unload()
    await cleo.unload()
    await until(lambda: not ada.others)
    assert all(link.state is LinkState.LOST for link in ada.links.all)


# Its own life


async def test_a_page_without_introductions_is_in_the_call_as_before(callers: Open) -> None:
    ada, bob, cleo = await callers("ada", "bob", "cleo")
    await cleo.mesh.close()
    cleo.mesh = CallMesh(cleo.links)  # never started
    await bob.call(ada)
    await cleo.call(ada)
    await until(lambda: ada.others == {"bob", "cleo"})
    await asyncio.sleep(RETRY)
    assert bob.others == {"ada"}


async def test_as_a_block(callers: Open) -> None:
    (ada,) = await callers("ada")
    await ada.mesh.close()
    async with CallMesh(ada.links) as mesh:
        assert mesh.members == ()
    assert [link async for link in mesh.introduced()] == []


async def test_a_link_that_is_closed_in_a_call(callers: Open) -> None:
    everybody = ada, bob, cleo = await callers("ada", "bob", "cleo")
    await bob.call(ada)
    await cleo.call(ada)
    await until(lambda: in_call(*everybody))
    await ada.link("bob").close(LinkClosed("enough"))
    await until(lambda: in_call(bob, cleo) is False and "bob" not in ada.others)
    await until(lambda: in_call(*everybody))  # Cleo has introduced them
