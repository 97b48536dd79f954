"""The Links of a page: how they come about, what they are called, and how they are used."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from peerscript import DataConnection, Peer
from peerscript.errors import InvalidId, PeerUnavailable, StorageFull
from peerscript.link.link import Link
from peerscript.link.links import Links
from peerscript.protocol.link.invites import InvalidSecret
from peerscript.protocol.link.state import LinkState
from peerscript.testing import MemoryNetwork
from tests.clock import until
from tests.unit.peerscript.conftest import OpenPage
from tests.unit.peerscript.link.dials import WRONG, refused
from tests.unit.peerscript.pages import Page

# A Link, and what is none


async def test_a_link_in_a_few_lines(network: MemoryNetwork) -> None:
    """What the module's docstring shows."""
    async with (
        Peer("alice", browser=network) as alice,
        Links(alice, name="Ada") as links,
        Peer("bob", browser=network) as bob,
        Links(bob, name="Bob", capabilities=["files"]) as others,
    ):
        link = await others.connect("alice", links.invites.issue().secret)
        await link.channel("chat").send("hello")
        async for theirs in links:
            async for text in theirs.channel("chat"):
                assert text == "hello"
                break
            break
        assert (theirs.name, link.name, links.own_id) == ("Bob", "Ada", "alice")
        assert links.all == (theirs,)
        assert theirs.peer_id == "bob"


async def test_each_new_link_is_an_event_as_well(host: Page, open_page: OpenPage) -> None:
    told: list[tuple[str, str]] = []
    host.links.on("link", lambda link: told.append((link.peer_id, link.scope)))
    guest = await open_page("bob")
    await guest.links.connect("alice", host.links.invites.issue(scope="slides").secret)
    assert told == [("bob", "slides")]  # the scope is known from the first moment
    await until(lambda: host.open_all(host.link("bob")))  # and iterating gives it all the same


async def test_a_connection_that_is_no_link_s(host: Page, mallory: Peer) -> None:
    closed = await mallory.connect("alice")
    await closed.wait_closed()
    got: list[object] = []

    @host.links.on("connection")
    async def echo(connection: DataConnection) -> None:
        async for value in connection:
            got.append(value)  # noqa: PERF401

    async with mallory.connect("alice", label="of another program") as connection:
        await connection.send("hello")
        await until(lambda: got == ["hello"])


async def test_a_new_invite_after_a_dial_that_found_nobody(open_page: OpenPage) -> None:
    bob = await open_page("bob")
    with pytest.raises(PeerUnavailable):
        await bob.links.connect("alice", WRONG)
    alice = await open_page("alice")
    assert (await bob.links.connect("alice", alice.links.invites.issue().secret)).connected


async def test_no_more_people_than_a_page_can_hold(
    host: Page, guest: Page, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("sessions", "host"):
        monkeypatch.setattr(f"peerscript.link.{module}.MAX_LINKS", 2)
    secret = host.links.invites.issue().secret
    carol, dave = await open_page("carol"), await open_page("dave")
    await carol.links.connect("alice", secret)
    assert (await refused(dave, secret))[:2] == ("busy", True)
    await guest.unload()
    await until(lambda: host.link("bob").state is LinkState.LOST)
    assert (await dave.links.connect("alice", secret)).connected
    assert {link.peer_id for link in host.links.all} == {"carol", "dave"}  # Bob is forgotten


# The broker, the end of Links, and faults of ours


async def test_the_broker_comes_and_goes_and_the_page_stays_reachable(
    host: Page, guest: Page, network: MemoryNetwork, open_page: OpenPage
) -> None:
    network.go_down()
    await asyncio.sleep(20)
    assert guest.link("alice").connected  # a path needs no broker
    network.come_back()
    await until(lambda: host.peer.open)
    carol = await open_page("carol")
    await carol.links.connect("alice", host.links.invites.issue().secret)


async def test_an_id_that_was_taken_meanwhile(
    host: Page, guest: Page, network: MemoryNetwork, caplog: pytest.LogCaptureFixture
) -> None:
    host.peer.disconnect()
    network.pages["alice"] = network.pages["bob"]
    await asyncio.sleep(1)
    assert "taken" in caplog.text


async def test_closing_ends_no_link(host: Page, guest: Page, network: MemoryNetwork) -> None:
    await guest.links.close()
    assert [link async for link in guest.links] == []
    await until(lambda: host.link("bob").state is LinkState.RECONNECTING)
    await guest.reload()
    await until(lambda: host.link("bob").connected)


async def test_a_fault_of_ours_is_told_to_the_loop(network: MemoryNetwork) -> None:
    told: list[object] = []
    asyncio.get_running_loop().set_exception_handler(
        lambda _, context: told.append(context["exception"])
    )
    fault = ZeroDivisionError("in a task")

    async def fail() -> None:
        raise fault

    async with Peer("bob", browser=network) as peer, Links(peer, storage={}) as links:
        links._sessions.tasks.start(fail())
        await until(lambda: told == [fault])


# Names, storage, scopes


async def test_a_name_that_is_too_long_or_no_text(network: MemoryNetwork, host: Page) -> None:
    async with (
        Peer("bob", browser=network) as peer,
        Links(peer, name="\ud83d" + "é" * 100, storage={}) as links,
    ):
        await links.connect("alice", host.links.invites.issue().secret)
        await until(lambda: host.link("bob").connected)
        assert host.link("bob").name == "\ufffd" + "é" * 58 + "…"


async def test_a_new_name_is_told_at_once_to_everybody(network: MemoryNetwork, host: Page) -> None:
    async with Peer("bob", browser=network) as peer, Links(peer, name="Bob", storage={}) as links:
        await links.connect("alice", host.links.invites.issue().secret)
        await until(lambda: host.link("bob").name == "Bob")
        links.name = " Robert\u202e "
        assert links.name == "Robert"
        await until(lambda: host.link("bob").name == "Robert")
        with pytest.raises(TypeError, match="a text, not 7"):
            links.name = 7  # type: ignore[assignment]
        network.cut()
        links.name = "Rob"  # while nothing connects them
        await until(lambda: host.link("bob").name == "Rob")


async def test_a_name_from_a_page_that_cleans_nothing(network: MemoryNetwork, host: Page) -> None:
    async with Peer("bob", browser=network) as peer, Links(peer, storage={}) as links:
        links._sessions.name = "\u202eBob\n\u200b B."
        await links.connect("alice", host.links.invites.issue().secret)
        await until(lambda: host.link("bob").connected)
        assert host.link("bob").name == "Bob B."


async def test_a_storage_that_is_full_when_dialling(open_page: OpenPage, host: Page) -> None:
    class Full(dict[str, str]):
        def __setitem__(self, name: str, value: str) -> None:
            raise OSError("QuotaExceededError")

    bob = await open_page("bob", storage=Full())
    with pytest.raises(StorageFull):
        bob.links.dial("alice", WRONG)
    assert bob.links.all == ()


async def test_what_the_proven_invite_leads_to_is_known_after_a_reload(
    host: Page, open_page: OpenPage
) -> None:
    invite = host.links.invites.issue(scope="slides")
    guest = await open_page("carol")
    link = guest.links.dial("alice", invite.secret, "elsewhere")
    await link.wait_connected()
    assert host.link("carol").scope == "slides"  # by the secret; what the guest thinks is its own
    await host.reload()
    assert host.link("carol").scope == "slides"
    await guest.reload()
    assert guest.link("alice").scope == "elsewhere"


# A task for each Link


async def test_each_guest_is_served_in_a_task_that_ends_alone(network: MemoryNetwork) -> None:
    async def answer(link: Link) -> None:
        talk = link.channel("talk")
        async for text in talk:
            await talk.send(f"{link.name}: {text}")

    async with (
        Peer("alice", browser=network) as alice,
        Peer("bob", browser=network) as bob,
        Peer("carol", browser=network) as carol,
        Links(alice, storage={}) as host,
        Links(bob, name="Bob", storage={}) as bobs,
        Links(carol, name="Carol", storage={}) as carols,
    ):
        handling = asyncio.create_task(host.handle_links(answer))
        invite = host.invites.issue()
        links = [await each.connect("alice", invite.secret) for each in (bobs, carols)]
        talks = [link.channel("talk") for link in links]
        for talk in talks:
            await talk.send("hello")
        assert [await talk.receive() for talk in talks] == ["Bob: hello", "Carol: hello"]
        await links[0].close()
        await talks[1].send("still here")
        assert await talks[1].receive() == "Carol: still here"
        await host.close()
        await handling  # though Carol's Link could be resumed, and her channel has no end yet


# Wrong arguments


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda peer: Links(None), "Links takes a Peer, not None"),  # type: ignore[arg-type]
        (lambda peer: Links(peer, "Ada"), r"Links\(…, name=…\)"),  # type: ignore[call-arg]
        (lambda peer: Links(peer, name=5), "a text, not 5"),  # type: ignore[arg-type]
    ],
)
async def test_wrong_arguments_of_links(
    alice: Peer, wrong: Callable[[Peer], object], words: str
) -> None:
    with pytest.raises(TypeError, match=words):
        wrong(alice)


async def test_what_is_pasted_as_an_id_or_a_secret(host: Page) -> None:
    whole: Any = host.links.invites.issue()
    link = f"https://example.org/#bob.{whole.secret}"
    secret: Any
    for peer_id, secret, words in (
        ("bob", whole, "invite.secret"),
        ("bob", 5, "a text, not int"),
        ("bob", link, "whole link"),
        ("bob", f"bob.{whole.secret}", "whole link"),
        (link, whole.secret, "whole link"),
    ):
        with pytest.raises((InvalidSecret, InvalidId), match=words):
            await host.links.connect(peer_id, secret)
    with pytest.raises(TypeError, match="a number of seconds, or None, not '5'"):
        await host.links.connect("bob", whole.secret, timeout="5")  # type: ignore[arg-type]
    assert host.links.all == ()


async def test_a_link_tells_that_its_channels_carry_the_values(host: Page, guest: Page) -> None:
    link: Any = guest.link("alice")
    with pytest.raises(AttributeError, match=r'link.channel\("…"\).send'):
        link.send("hello")
    with pytest.raises(AttributeError, match="it is peer_id"):
        link.peerId  # noqa: B018
    with pytest.raises(TypeError, match=r"async for value in link.channel"):
        aiter(link)
    with pytest.raises(TypeError, match=r"async for value in link.channel"):
        iter(link)
    with pytest.raises(ValueError, match="async for value in channel"):
        link.channel("chat").on("data", print)
    with pytest.raises(TypeError, match="a PeerScriptError, such as LinkClosed.*, not 'bye'"):
        await link.close("bye")
    assert link.connected
