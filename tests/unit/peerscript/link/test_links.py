"""The Links of a page: who gets one, who does not, and what is found again after a reload."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from peerscript import DataConnection, Peer
from peerscript.errors import (
    ConnectionClosed,
    ConnectTimeout,
    Disconnected,
    InvalidId,
    LinkClosed,
    LinkRefused,
    OwnId,
    PeerUnavailable,
    StorageFull,
)
from peerscript.link.handshake import handshake_as_guest
from peerscript.link.host import LABEL
from peerscript.link.link import Link
from peerscript.link.links import Links
from peerscript.protocol.link.invites import InvalidSecret, secret_bytes
from peerscript.protocol.link.state import LinkState, Verification
from peerscript.testing import MemoryNetwork
from tests.clock import until
from tests.unit.peerscript.pages import Page

OpenPage = Callable[..., Awaitable[Page]]
WRONG = "AAAAAAAAAAAAAAAAAAAAAA"


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


# Invites, and what refuses a guest


async def refused(page: Page, secret: str | None) -> tuple[str, bool, Link]:
    """Why the page is not taken, whether the other side said so, and the Link."""
    link = page.links.dial("alice", secret)
    with pytest.raises(LinkRefused) as error:
        await link.wait_connected()
    assert link.state is LinkState.LOST
    assert link.error is error.value
    assert link.name == ""
    return error.value.reason, error.value.told, link


async def test_the_wrong_secret(host: Page, open_page: OpenPage) -> None:
    bob = await open_page("bob")
    assert (await refused(bob, WRONG))[:2] == ("proof", True)
    assert host.links.all == ()
    assert host.refused == [("proof", "bob")]
    secret = host.links.invites.issue().secret
    assert (await bob.links.connect("alice", secret)).connected  # a new invite, and all is well


async def test_an_invite_that_has_expired(
    host: Page, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    bob = await open_page("bob")
    invite = host.links.invites.issue(expires=time.time() + 3600)
    monkeypatch.setattr("peerscript.link.host.time.time", lambda: invite.expires)
    assert (await refused(bob, invite.secret))[0] == "expired"


async def test_an_invite_that_was_revoked(host: Page, guest: Page, open_page: OpenPage) -> None:
    (invite,) = host.links.invites
    host.links.invites.revoke(invite.secret)
    carol = await open_page("carol")
    assert (await refused(carol, invite.secret))[0] == "revoked"
    await guest.reload()
    await until(lambda: guest.link("alice").connected)  # whoever is in stays


async def test_a_late_dial_of_who_is_here_already_is_of_no_account(
    host: Page, guest: Page, open_page: OpenPage
) -> None:
    invite = guest.links.invites.issue(scope="a call")
    guest.links.invites.revoke(invite.secret)
    for page in (host, await open_page("carol")):
        link = page.links.dial(guest.id, invite.secret)
        with pytest.raises(LinkRefused, match="taken back"):
            await link.wait_connected()
    assert guest.refused == [("revoked", "carol")]  # and nothing about the host
    assert host.link(guest.id).connected


async def test_an_invite_for_two(host: Page, open_page: OpenPage) -> None:
    secret = host.links.invites.issue(uses=2).secret
    pages = [await open_page(name) for name in ("bob", "carol", "dave")]
    for page in pages[:2]:
        await page.links.connect("alice", secret)
    assert (await refused(pages[2], secret))[0] == "used-up"
    assert host.refused == [("used-up", "dave")]


async def test_invites_survive_a_reload(host: Page, open_page: OpenPage) -> None:
    once, never = host.links.invites.issue(uses=1), host.links.invites.issue()
    host.links.invites.revoke(never.secret)
    await host.reload()
    bob, carol = await open_page("bob"), await open_page("carol")
    await bob.links.connect("alice", once.secret)
    await host.reload()
    assert (await refused(carol, once.secret))[0] == "used-up"
    assert (await refused(carol, never.secret))[0] == "revoked"


async def test_a_session_that_nobody_knows_any_more(host: Page, guest: Page) -> None:
    await guest.write("alice", "kept until the end")
    await until(lambda: host.heard["bob"])
    host.storage.clear()
    await host.reload()
    link = guest.link("alice")
    await until(lambda: link.state is LinkState.LOST)
    assert isinstance(link.error, LinkRefused)
    assert link.error.reason == "session"
    assert [message.value for message in guest.chat("alice").history] == ["kept until the end"]
    again = await guest.links.connect("alice", host.links.invites.issue().secret)
    assert link.state is LinkState.CLOSED
    assert guest.open_all(again)["chat"].history == []


async def test_ones_own_id(host: Page) -> None:
    with pytest.raises(OwnId):
        await host.links.connect("alice", WRONG)


async def test_ones_own_certificate(open_page: OpenPage) -> None:
    """Somebody sends back what this page says."""
    config = {"certificates": [b"the same"]}
    alice = await open_page("alice", config=config)
    bob = await open_page("bob", config=config)
    assert (await refused(bob, alice.links.invites.issue().secret))[:2] == ("oneself", False)


async def test_nobody_and_nonsense(host: Page) -> None:
    with pytest.raises(PeerUnavailable):
        await host.links.connect("nobody", WRONG)
    kept = dict(host.storage)
    with pytest.raises(InvalidSecret):
        host.links.dial("bob", "not a secret")
    with pytest.raises(InvalidId):
        host.links.dial("not an ID!", WRONG)
    assert [link.peer_id for link in host.links.all] == ["nobody"]
    assert host.storage == kept


# Both dial, or one is ended meanwhile


async def test_a_guest_with_a_secret_never_does_without(host: Page, open_page: OpenPage) -> None:
    bob = await open_page("bob")
    _, _, link = await refused(bob, WRONG)
    link.reconnect()
    await until(lambda: link.state is LinkState.LOST)
    assert isinstance(link.error, LinkRefused)
    assert link.phrase == ""
    await bob.reload()
    link = bob.link("alice")
    await until(lambda: link.state is LinkState.LOST)
    assert link.phrase == ""


@pytest.mark.parametrize("first", ["alice", "bob", "both"])
async def test_both_dial_and_one_link_stays(open_page: OpenPage, first: str) -> None:
    alice, bob = await open_page("alice"), await open_page("bob")
    secrets = {page.id: page.links.invites.issue().secret for page in (alice, bob)}
    dials = [
        (alice, "bob", secrets["bob"]),
        (bob, "alice", secrets["alice"]),
    ]
    if first == "bob":
        dials.reverse()
    for page, other, secret in dials:
        page.links.dial(other, secret)
        if first != "both":
            for _ in range(7):  # somewhere in the handshake of the one before
                await asyncio.sleep(0)
    await until(
        lambda: (
            [len(page.links.all) for page in (alice, bob)] == [1, 1]
            and alice.link("bob").connected
            and bob.link("alice").connected
        )
    )
    await asyncio.sleep(60)
    near, far = alice.link("bob"), bob.link("alice")
    assert near.connected
    assert far.connected
    assert near.is_guest is not far.is_guest
    await alice.write("bob", "to Bob")
    await bob.write("alice", "to Alice")
    await until(lambda: alice.heard["bob"] == ["to Alice"] and bob.heard["alice"] == ["to Bob"])
    await alice.reload()
    await bob.reload()
    await until(lambda: alice.link("bob").connected and bob.link("alice").connected)


@pytest.mark.parametrize("turns", range(0, 24, 3))
async def test_both_dial_without_a_secret(open_page: OpenPage, turns: int) -> None:
    alice, bob = await open_page("alice"), await open_page("bob")
    alice.links.dial("bob")
    for _ in range(turns):
        await asyncio.sleep(0)
    bob.links.dial("alice")

    def asking() -> list[Link]:
        every = [link for page in (alice, bob) for link in page.links.all]
        return [link for link in every if link.state is LinkState.ASKING]

    await until(asking)
    asking()[0].accept()
    await until(lambda: len(alice.links.all) == len(bob.links.all) == 1)
    await until(lambda: alice.link("bob").connected and bob.link("alice").connected)
    await asyncio.sleep(60)
    assert len(alice.links.all) == len(bob.links.all) == 1
    assert alice.link("bob").connected


async def test_dialling_somebody_whose_link_there_is(host: Page, guest: Page) -> None:
    link = guest.link("alice")
    assert guest.links.dial("alice", WRONG) is link
    assert link.connected
    await host.unload()
    await until(lambda: link.state is LinkState.LOST)
    await host.load()
    assert await guest.links.connect("alice") is link


async def test_a_connect_that_is_ended(host: Page, open_page: OpenPage) -> None:
    bob = await open_page("bob")
    connecting = asyncio.create_task(bob.links.connect("alice", WRONG))
    await asyncio.sleep(0)
    bob.link("alice")._session.end(None)
    with pytest.raises(LinkClosed):
        await connecting


async def test_a_link_that_is_ended_by_whoever_hears_of_its_proof(
    host: Page, open_page: OpenPage
) -> None:
    bob = await open_page("bob")
    link = bob.links.dial("alice", host.links.invites.issue().secret)
    link.on("change", lambda: link._session.end(None) if link._session.record.key else None)
    await until(lambda: link.state is LinkState.CLOSED)
    await until(lambda: not [each for each in host.network.channels if each._open])
    assert not bob.storage


async def test_dialling_from_a_full_page(
    host: Page, guest: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whom this page dials itself it takes in, and ends nobody for it who is here."""
    monkeypatch.setattr("peerscript.link.sessions.MAX_LINKS", 1)
    host.links.dial("carol", WRONG)
    assert host.link("bob").connected
    assert len(host.links.all) == 2


async def test_a_dial_that_is_ended_leaves_nothing(host: Page, open_page: OpenPage) -> None:
    bob = await open_page("bob")
    link = bob.links.dial("alice", host.links.invites.issue().secret)
    waiting = asyncio.create_task(link.wait_connected())
    await asyncio.sleep(0)
    await link.close()
    with pytest.raises(LinkClosed):
        await waiting
    await asyncio.sleep(1)
    assert not bob.storage
    assert bob.links.all == ()
    await until(lambda: not host.network.channels, 15)


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


# Before the start, after the end, and in time


async def test_links_whose_peer_has_not_started_or_is_closed(network: MemoryNetwork) -> None:
    peer = Peer("bob", browser=network)
    with pytest.raises(Disconnected, match="has not started: enter it with"):
        Links(peer, storage={}).start()
    async with peer:
        links = Links(peer, storage={})
        with pytest.raises(RuntimeError, match="these Links have not started: enter them with"):
            links.dial("alice", WRONG)
        with pytest.raises(RuntimeError, match="these Links have not started: enter them with"):
            aiter(links)
        with pytest.raises(RuntimeError, match="these Links have not started: enter them with"):
            await links.handle_links(lambda link: asyncio.sleep(0))
        async with links:
            with pytest.raises(RuntimeError, match="these Links have started already"):
                links.start()
            peer.disconnect()  # it may come back
            await Links(Peer(browser=network), storage={}).close()
        await links.close()
        with pytest.raises(RuntimeError, match="these Links are closed for good: make new ones"):
            links.start()
        with pytest.raises(LinkClosed, match="these Links are closed for good: make new ones"):
            await links.connect("alice", WRONG)
        with pytest.raises(LinkClosed, match="these Links are closed for good: make new ones"):
            await links.handle_links(lambda link: asyncio.sleep(0))
        assert [link async for link in links] == []
    with pytest.raises(Disconnected, match="closed for good: make a new Peer"):
        Links(peer, storage={}).start()


@pytest.mark.parametrize("what", ["links", "peer"])
async def test_whoever_waits_for_a_link_is_told_that_links_or_peer_are_closed(
    open_page: OpenPage, host: Page, what: str
) -> None:
    bob = await open_page("bob")
    link = await bob.links.connect("alice", host.links.invites.issue().secret)
    await host.unload()
    await until(lambda: link.state is LinkState.RECONNECTING)
    waiting = asyncio.create_task(link.wait_connected())
    dialling = asyncio.create_task(bob.links.connect("nobody", WRONG))
    host.network.go_down()
    await asyncio.sleep(0)
    await getattr(bob, what).close()
    for each in (waiting, dialling):
        with pytest.raises(ConnectionClosed, match="this page's (Links were|own peer was) closed"):
            await each
    link.reconnect()
    assert link.state is LinkState.LOST
    with pytest.raises(LinkClosed if what == "links" else Disconnected, match="closed for good"):
        await bob.links.connect("alice", WRONG)
    assert any(name.startswith("peerscript/session/") for name in bob.storage)


async def test_who_asks_to_be_let_in_is_turned_away_when_links_close(
    open_page: OpenPage, host: Page
) -> None:
    bob = await open_page("bob")
    bob.links.dial("alice")
    await until(lambda: host.has_link("bob"))
    link = host.link("bob")
    await host.links.close()
    assert link.state is LinkState.CLOSED


async def test_a_connect_that_is_cancelled_leaves_nothing(
    network: MemoryNetwork, open_page: OpenPage
) -> None:
    async with Peer("alice", browser=network) as alice:  # who has no Links yet
        bob = await open_page("bob")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await bob.links.connect("alice", WRONG)
        assert bob.links.all == ()
        assert not bob.storage
        async with Links(alice, storage={}) as links:
            assert (await bob.links.connect("alice", links.invites.issue().secret)).connected


async def test_another_secret_replaces_one_that_is_being_dialled(
    network: MemoryNetwork, open_page: OpenPage
) -> None:
    async with Peer("alice", browser=network) as alice:
        bob = await open_page("bob")
        first = asyncio.create_task(bob.links.connect("alice", WRONG))
        await asyncio.sleep(0)
        assert bob.links.dial("alice") is bob.link("alice")  # goes on with its own secret
        async with Links(alice, storage={}) as links:
            assert (await bob.links.connect("alice", links.invites.issue().secret)).connected
        with pytest.raises(LinkClosed, match="dialled again, with another invite"):
            await first


async def test_a_connect_waits_for_a_minute_if_not_told_otherwise(
    host: Page, guest: Page, open_page: OpenPage
) -> None:
    loop = asyncio.get_running_loop()
    bob = await open_page("carol")
    for dialling, seconds in (
        (bob.links.connect("alice"), 60),
        (bob.links.connect("alice", timeout=5), 5),
    ):
        began = loop.time()
        with pytest.raises(ConnectTimeout, match=f"nobody .* accept this page .* {seconds} s"):
            await dialling  # nobody there decides
        assert loop.time() - began == pytest.approx(seconds, abs=1)
        assert bob.links.all == ()
        await until(lambda: not host.has_link("carol"))
    link = guest.link("alice")
    await host.unload()
    await until(lambda: link.state is LinkState.RECONNECTING)
    with pytest.raises(ConnectTimeout, match="nobody .* answer at alice within 1 s"):
        await guest.links.connect("alice", timeout=1)
    assert guest.links.all == (link,)  # it was there before, and looks for a path


async def test_a_page_without_links_is_told_as_it_is(open_page: OpenPage, alice: Peer) -> None:
    bob = await open_page("bob")
    with pytest.raises(ConnectTimeout, match="no handshake with alice"):
        await bob.links.connect("alice", WRONG)


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


# Another invite, over a Link that stands


async def test_another_invite_is_redeemed_over_the_link_that_stands(
    host: Page, guest: Page
) -> None:
    there, link = host.link("bob"), guest.link("alice")
    told: list[tuple[str, ...]] = []
    there.on("granted", lambda: told.append(there.granted))
    assert there.granted == ("",)
    for scope in ("slides", "watch", "slides"):
        await guest.links.redeem(link, host.links.invites.issue(scope=scope).secret)
    await until(lambda: len(told) == 3)
    assert told == [("", "slides"), ("", "slides", "watch"), ("", "watch", "slides")]
    assert (there.scope, link.granted) == ("", ())
    assert (host.links.all, guest.links.all) == ((there,), (link,))
    assert there.connected
    await host.reload()
    await until(lambda: host.link("bob").connected)
    assert host.link("bob").granted == ("", "watch", "slides")


async def test_what_was_proved_first_is_proved_again(host: Page, guest: Page) -> None:
    await guest.links.redeem(guest.link("alice"), host.links.invites.issue(scope="slides").secret)
    await guest.links.redeem(guest.link("alice"), host.links.invites.issue().secret)
    await until(lambda: host.link("bob").granted == ("slides", ""))


async def test_the_host_of_a_link_redeems_an_invite_of_its_guest(host: Page, guest: Page) -> None:
    await host.links.redeem(host.link("bob"), guest.links.invites.issue(scope="watch").secret)
    await until(lambda: guest.link("alice").granted == ("watch",))
    assert host.link("bob").granted == ("",)


async def test_an_invite_that_is_dialled_counts_for_the_link_that_stands(
    host: Page, guest: Page
) -> None:
    secret = guest.links.invites.issue(scope="watch").secret
    assert await host.links.connect("bob", secret) is host.link("bob")
    assert guest.link("alice").granted == ("watch",)


async def test_a_redeemed_invite_verifies_a_link(host: Page, open_page: OpenPage) -> None:
    carol = await open_page("carol")
    link = carol.links.dial("alice")
    await until(lambda: host.has_link("carol") and link.state is LinkState.WAITING)
    host.link("carol").accept()
    await until(lambda: link.connected and host.link("carol").connected)
    assert not link.verification.verified
    await carol.links.redeem(link, host.links.invites.issue().secret)
    await until(lambda: host.link("carol").verification is Verification.SECRET)
    assert link.verification.verified


@pytest.mark.parametrize("fault", ["revoked", "used-up", "proof"])
async def test_an_invite_that_is_none_adds_nothing(host: Page, guest: Page, fault: str) -> None:
    invite = host.links.invites.issue(scope="watch", uses=1)
    secret = "A" * 22 if fault == "proof" else invite.secret
    if fault == "used-up":
        await guest.links.redeem(guest.link("alice"), secret)
    elif fault == "revoked":
        host.links.invites.revoke(secret)
    granted = host.link("bob").granted
    with pytest.raises(LinkRefused) as refused:
        await guest.links.redeem(guest.link("alice"), secret)
    assert refused.value.reason == fault
    assert host.link("bob").granted == granted
    assert host.link("bob").connected
    assert host.refused == []  # they are here: it is their page that says so


async def test_nobody_redeems_for_a_session_of_another_page(
    host: Page, guest: Page, network: MemoryNetwork
) -> None:
    session = guest.link("alice")._session.record.session
    secret = secret_bytes(host.links.invites.issue(scope="slides").secret)
    async with Peer("mallory", browser=network) as mallory:
        connection = await mallory.connect("alice", label=LABEL, serialization="raw")
        with pytest.raises(LinkRefused, match="not known there"):
            await handshake_as_guest(connection, "mallory", secret, session=session, redeem=True)
    assert host.link("bob").granted == ("",)


async def test_an_invite_is_not_redeemed_at_another_page(
    host: Page, guest: Page, network: MemoryNetwork
) -> None:
    """Somebody else has the host's ID by now."""
    secret = host.links.invites.issue(scope="slides").secret
    link = guest.link("alice")
    link._session.certificate = b"another page's"
    with pytest.raises(LinkClosed, match="another page's now"):
        await guest.links.redeem(link, secret)
    with pytest.raises(TypeError, match="redeem takes a Link"):
        await guest.links.redeem("alice", secret)  # type: ignore[arg-type]
