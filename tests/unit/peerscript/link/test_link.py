"""Two pages stay together over broken paths and reloads, for as long as they like."""

from __future__ import annotations

import asyncio
import random
from functools import partial
from typing import Any

import pytest

from peerscript import Functions
from peerscript.errors import LinkClosed, LinkMisused, LinkRefused, OutboxFull, StorageFull
from peerscript.protocol.link.channels import Mode
from peerscript.protocol.link.state import LinkState, Verification
from peerscript.testing import MemoryNetwork
from tests.clock import until
from tests.unit.peerscript.conftest import OpenPage
from tests.unit.peerscript.pages import Page, Stranger

NUMBERS = [f"number {number}" for number in range(1000)]


class SmallStorage(dict[str, str]):
    """A storage that is full when told so."""

    full = False

    def __setitem__(self, name: str, value: str) -> None:
        if self.full:
            raise OSError("QuotaExceededError")
        super().__setitem__(name, value)


# Which channels there are


async def test_the_kinds_of_channels(host: Page, guest: Page) -> None:
    link = guest.link("alice")
    kinds = {
        channel.name: channel._session.mode
        for channel in (
            link.channel("a"),
            link.channel("b", kept=False),
            link.channel("c", bulk=True),
            link.channel("d", "live"),
            link.channel("e", "live", kept=False),
        )
    }
    assert kinds == {
        "a": Mode.KEPT,
        "b": Mode.RELIABLE,
        "c": Mode.BULK,
        "d": Mode.LIVE,
        "e": Mode.LIVE,
    }
    assert link.channel("a") is link.channel("a")
    assert link.established
    with pytest.raises(ValueError, match="bulk"):
        link.channel("f", "live", bulk=True)
    with pytest.raises(ValueError, match="delivery"):
        link.channel("f", "fast")  # type: ignore[call-overload]
    with pytest.raises(ValueError, match="open already"):
        link.channel("a", kept=False)
    with pytest.raises(ValueError, match="no name"):
        link.channel("a:b")


# Texts, exactly once and in order


async def test_texts_go_both_ways_and_are_confirmed(host: Page, guest: Page) -> None:
    delivered: list[int] = []
    channel = guest.chat("alice")
    channel.on("delivered", lambda message: delivered.append(message.number))
    for text in ("one", "two 😀", ""):
        await guest.chat("alice").send(text)
    await host.chat("bob").send("three")
    await until(lambda: len(delivered) == 3 and guest.heard["alice"] == ["three"])
    assert host.heard["bob"] == ["one", "two 😀", ""]
    assert delivered == [1, 2, 3]
    assert [(each.value, each.mine, each.delivered) for each in channel.history] == [
        ("one", True, True),
        ("two 😀", True, True),
        ("", True, True),
        ("three", False, True),
    ]


def has_heard(page: Page, count: int) -> bool:
    return len(page.heard["bob"]) >= count


async def say_all(page: Page, peer_id: str) -> None:
    """1,000 numbered texts, in bursts; the page may be another one each time."""
    for begin in range(0, len(NUMBERS), 10):
        for text in NUMBERS[begin : begin + 10]:
            await page.write(peer_id, text)
        await asyncio.sleep(0.01)


async def test_a_thousand_texts_over_cuts_in_mid_stream(
    host: Page, guest: Page, network: MemoryNetwork
) -> None:
    sending = asyncio.gather(say_all(guest, "alice"), say_all(host, "bob"))
    for count in (100, 350, 351, 700):
        await until(partial(has_heard, host, count))
        network.cut()
    await sending
    await until(lambda: len(host.heard["bob"]) >= 1000 and len(guest.heard["alice"]) >= 1000)
    assert host.heard["bob"] == guest.heard["alice"] == NUMBERS


@pytest.mark.parametrize("seed", range(3))
async def test_a_thousand_texts_over_reloads_of_both_and_cuts(
    host: Page, guest: Page, network: MemoryNetwork, seed: int
) -> None:
    """Each is thrown away and made anew on the same storage, at moments of no choice."""
    chance = random.Random(seed)
    sending = asyncio.gather(say_all(guest, "alice"), say_all(host, "bob"))
    for trouble in (guest.reload, network.cut, host.reload, network.cut, host.reload, guest.reload):
        for _ in range(chance.randrange(3000)):
            await asyncio.sleep(0)
        await asyncio.sleep(chance.random() / 5)
        result = trouble()
        if result is not None:
            await result
    await sending
    await until(lambda: len(host.heard["bob"]) >= 1000 and len(guest.heard["alice"]) >= 1000)
    assert host.heard["bob"] == guest.heard["alice"] == NUMBERS


@pytest.mark.usefixtures("tenth")
async def test_ten_thousand_texts_at_once_are_no_flood(host: Page, guest: Page) -> None:
    """Somebody who was away for long has much to say: it comes as fast as the other side allows."""
    many = [str(number) for number in range(10_000 // 10)]
    for text in many:
        await guest.chat("alice").send(text)
    await until(lambda: len(host.heard["bob"]) == len(many))
    assert host.heard["bob"] == many


async def test_a_large_text_travels_in_parts_and_over_a_cut(
    host: Page, guest: Page, network: MemoryNetwork
) -> None:
    text = "".join(chr(0x1F600 + number % 64) for number in range(250_000))
    await guest.chat("alice").send(text)
    for _ in range(40):
        await asyncio.sleep(0)
    network.cut()
    await until(lambda: host.heard["bob"])
    assert host.heard["bob"] == [text]


# Storage that is full


async def test_a_full_storage_refuses_what_is_sent(open_page: OpenPage, host: Page) -> None:
    storage = SmallStorage()
    bob = await open_page("bob", storage=storage)
    await bob.links.connect("alice", host.links.invites.issue().secret)
    storage.full = True
    with pytest.raises(OutboxFull):
        await bob.write("alice", "lost?")
    storage.full = False
    await bob.write("alice", "kept")
    await until(lambda: host.heard["bob"])
    assert host.heard["bob"] == ["kept"]


async def test_a_full_storage_ends_the_link_rather_than_lose_what_comes(
    open_page: OpenPage, host: Page
) -> None:
    storage = SmallStorage()
    bob = await open_page("bob", storage=storage)
    link = await bob.links.connect("alice", host.links.invites.issue().secret)
    await until(lambda: host.link("bob").connected)
    confirmed: list[str] = []
    host.chat("bob").on("delivered", lambda message: confirmed.append(message.value))
    alices = host.link("bob")
    storage.full = True
    await host.chat("bob").send("no room for this")
    await until(lambda: link.state is LinkState.CLOSED)
    assert isinstance(link.error, StorageFull)
    await until(lambda: alices.state is LinkState.LOST)  # for nobody comes back to it
    assert confirmed == []
    assert [message.delivered for message in host.chat("bob").history] == [False]


@pytest.mark.parametrize("whose", ["host", "guest"])
async def test_a_storage_that_is_full_at_the_first_handshake(
    open_page: OpenPage, whose: str
) -> None:
    storage = SmallStorage()
    alice = await open_page("alice", storage=storage if whose == "host" else None)
    bob = await open_page("bob", storage=storage if whose == "guest" else None)
    secret = alice.links.invites.issue().secret
    link = bob.links.dial("alice", secret)
    storage.full = True
    await until(lambda: link.state in (LinkState.LOST, LinkState.CLOSED))
    if whose == "guest":
        assert isinstance(link.error, StorageFull)
    await until(lambda: all(each.state is LinkState.LOST for each in alice.links.all))
    assert not [each for each in alice.network.channels if each._open]


# The end of it


async def test_close_ends_it_for_both_and_delivers_what_was_sent(host: Page, guest: Page) -> None:
    link, far = guest.link("alice"), host.link("bob")
    channels = guest.open_all(link)
    for text in NUMBERS:
        await channels["chat"].send(text)
        await channels["talk"].send(text)
        await channels["laser"].send(text)
    await link.close()
    await until(lambda: far.state is LinkState.CLOSED)
    assert link.state is LinkState.CLOSED
    assert link.error is None
    assert isinstance(far.error, LinkClosed)
    await until(lambda: len(host.heard["bob"]) == len(host.got["bob", "talk"]) == 1000)
    assert host.heard["bob"] == host.got["bob", "talk"] == NUMBERS
    assert host.got["bob", "laser"][-1] == NUMBERS[-1]
    for page in (host, guest):
        assert page.links.all == ()
        assert not [name for name in page.storage if "/messages/" in name or "/session/" in name]
    for channel in channels.values():
        with pytest.raises(LinkClosed):
            await channel.send("too late")
    await link.close()


async def test_close_while_the_other_side_is_away(
    host: Page, guest: Page, network: MemoryNetwork
) -> None:
    link, far = guest.link("alice"), host.link("bob")
    network.go_down()
    network.cut()
    await until(lambda: not far.connected)
    await far.close()
    network.come_back()
    await until(lambda: link.state is LinkState.LOST)
    assert isinstance(link.error, LinkRefused)
    assert link.error.reason == "session"


async def test_states_end_with_the_link(host: Page, guest: Page) -> None:
    link = guest.link("alice")

    async def follow() -> list[LinkState]:
        return [state async for state in link.states()]

    following = asyncio.create_task(follow())
    await host.link("bob").close()
    assert await following == [LinkState.CONNECTED, LinkState.CLOSED]
    with pytest.raises(LinkClosed):
        await link.wait_connected()
    assert "closed" in repr(link)


async def test_an_ended_link_lets_go_of_its_connection(
    host: Page, guest: Page, network: MemoryNetwork
) -> None:
    """Whoever is dropped by the page itself, for what it made of a message, cannot go on."""
    link = host.link("bob")
    link._session.end(LinkMisused("what came makes no sense to the app"))
    await until(lambda: network.channels == [])
    await until(lambda: guest.link("alice").state is LinkState.LOST)


# What is known of them


async def test_no_two_links_have_one_key(host: Page, guest: Page, intruder: Stranger) -> None:
    keys = {link.key for link in host.links.all}
    assert len(keys) == 2
    await host.reload()
    assert {link.key for link in host.links.all} == keys


async def test_a_secret_verifies_and_names_come_after_the_proof(host: Page, guest: Page) -> None:
    link = guest.link("alice")
    assert (link.name, host.link("bob").name) == ("Alice", "Bob")
    assert link.verification is host.link("bob").verification is Verification.SECRET
    assert link.phrase == ""
    assert link.is_guest
    assert not host.link("bob").is_guest
    assert len(link.certificate) == 32
    link.confirm_phrase()  # there is none
    assert link.verification is Verification.SECRET


async def test_a_phrase_that_is_compared_is_verified_for_good(
    host: Page, open_page: OpenPage
) -> None:
    bob = await open_page("bob")
    link = bob.links.dial("alice")
    await until(lambda: link.state is LinkState.WAITING)
    link.confirm_phrase()  # too early: nobody is there
    host.link("bob").accept()
    await link.wait_connected()
    seen = [link.verification]
    link.confirm_phrase()
    assert [*seen, link.verification] == [Verification.ADMITTED, Verification.COMPARED]
    await bob.reload()
    await until(lambda: bob.link("alice").connected)
    assert bob.link("alice").verification is Verification.COMPARED
    assert host.link("bob").verification is Verification.ADMITTED


async def test_only_functions_are_served_together(guest: Page) -> None:
    link: Any = guest.link("alice")
    for wrong in (5, [print], None):
        with pytest.raises(TypeError, match=r"Functions, not .*: `link.serve\(function\)`"):
            link.serve_all(wrong)


async def test_nothing_is_served_once_the_link_is_over(host: Page, guest: Page) -> None:
    async def add(a: int, b: int) -> int:
        return a + b

    link = guest.link("alice")
    link.serve(add)
    assert await host.link("bob").remote.add(1, 2) == 3
    await link.close()
    with pytest.raises(LinkClosed):
        link.serve(add, name="again")
    with pytest.raises(LinkClosed):
        link.serve_all(Functions())
