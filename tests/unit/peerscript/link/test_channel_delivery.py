"""What arrives of a channel: over cuts and reloads, for whoever does not read, and at its end."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from peerscript import Peer
from peerscript.errors import LinkClosed, LinkMisused, OutboxFull
from peerscript.link import channel_session
from peerscript.link.channel import Channel
from peerscript.link.channel_inbox import UNREAD_LIMIT
from peerscript.protocol.link.messages import Opened, Resume
from peerscript.protocol.link.state import LinkState
from peerscript.testing import MemoryNetwork
from tests.clock import soon, until
from tests.unit.peerscript.conftest import OpenPage
from tests.unit.peerscript.pages import RESTARTING, Page, Stranger, knock, sealed

PIECE = bytes(64 * 1024)


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> int:
    """A small window, and what may lie unread in the same proportion."""
    window = channel_session.WINDOW // 16
    monkeypatch.setattr(channel_session, "WINDOW", window)
    monkeypatch.setattr("peerscript.link.channel_inbox.UNREAD_LIMIT", UNREAD_LIMIT // 16)
    return window


# Over broken paths, and with the page


@pytest.mark.parametrize("name", RESTARTING)
async def test_messages_survive_a_cut(
    host: Page, guest: Page, network: MemoryNetwork, name: str
) -> None:
    sent: list[Any] = []
    for number in range(300):
        value: Any = f"text {number}" if number % 2 else bytes([number % 256]) * number
        await guest.channel("alice", name).send(value)
        sent.append(value)
        if number in (100, 200):
            network.cut()
    await until(lambda: len(host.got["bob", name]) == 300)
    assert host.got["bob", name] == sent
    assert host.restarts["bob"] == 0


@pytest.mark.parametrize("name", RESTARTING)
async def test_messages_end_with_the_page(host: Page, guest: Page, name: str) -> None:
    restarts: list[str] = []
    host.channel("bob", name).on("restart", lambda: restarts.append(name))
    await guest.unload()
    await host.channel("bob", name).send("for the page that is gone")
    await guest.load()
    await until(lambda: host.restarts["bob"] == 1)
    await until(lambda: guest.link("alice").connected)
    await host.channel("bob", name).send("for the new one")
    await until(lambda: guest.got["alice", name])
    assert guest.got["alice", name] == ["for the new one"]
    assert restarts == [name]


@pytest.mark.parametrize("name", RESTARTING)
async def test_messages_that_nobody_has_read_end_with_their_page(
    host: Page, guest: Page, name: str
) -> None:
    """What lies unread belongs to the page that is gone, and confirms nothing of the new one."""
    host.reading.clear()
    for number in range(5):
        await guest.channel("alice", name).send(f"old {number}")
    for _ in range(100):
        await asyncio.sleep(0)
    await guest.reload()
    await until(lambda: guest.link("alice").connected and host.restarts["bob"] == 1)
    host.reading.set()
    for number in range(3):
        await guest.channel("alice", name).send(f"new {number}")
    await until(lambda: "new 2" in host.got["bob", name])
    await asyncio.sleep(1)
    assert [value for value in host.got["bob", name] if value != "old 0"] == [
        *("new 0", "new 1", "new 2")
    ]
    assert host.link("bob").connected
    assert guest.link("alice").connected


@pytest.mark.parametrize("name", RESTARTING)
async def test_a_flush_is_over_when_all_was_read_or_their_page_is_gone(
    host: Page, guest: Page, network: MemoryNetwork, name: str
) -> None:
    channel = guest.channel("alice", name)
    for number in range(5):
        await channel.send(number)
    network.cut()
    await channel.flush()
    assert host.got["bob", name] == [0, 1, 2, 3, 4]
    host.reading.clear()
    await channel.send("read by nobody but the last reader")
    await channel.send("read by nobody")
    flushing = asyncio.create_task(channel.flush())
    await asyncio.sleep(5)
    assert not flushing.done()
    await host.reload()
    with pytest.raises(LinkClosed):
        await flushing


async def test_flush_and_the_end_of_the_link(host: Page, guest: Page) -> None:
    channel = guest.chat("alice")
    await host.unload()
    await channel.send("for whoever comes back")
    flushing = asyncio.create_task(channel.flush())
    await asyncio.sleep(5)
    await guest.link("alice").close()
    with pytest.raises(LinkClosed):
        await flushing


# Whoever does not read


async def send_pieces(page: Page, name: str, count: int) -> None:
    for _ in range(count):
        await page.channel("alice", name).send(PIECE)


@pytest.mark.parametrize("name", RESTARTING)
async def test_send_waits_for_who_does_not_read(
    host: Page, guest: Page, network: MemoryNetwork, name: str
) -> None:
    """However often the path breaks meanwhile: what lies unread there stays the same."""
    host.reading.clear()
    sent = 0

    async def send_all() -> None:
        nonlocal sent
        for _ in range(100):
            await guest.channel("alice", name).send(PIECE)
            sent += 1

    sending = asyncio.create_task(send_all())
    for _ in range(4):
        await asyncio.sleep(3)
        network.cut()
    await asyncio.sleep(3)
    window = channel_session.WINDOW
    assert window - len(PIECE) <= sent * len(PIECE) <= window + 2 * len(PIECE)
    host.reading.set()
    await sending
    await until(lambda: len(host.got["bob", name]) == 100)


async def test_many_small_messages_wait_for_who_does_not_read(
    host: Page, guest: Page, narrow: int
) -> None:
    """Each takes more room than what it says; the other side counts that, too."""
    host.reading.clear()
    sent = 0

    async def send_all() -> None:
        nonlocal sent
        for number in range(2000):
            await guest.channel("alice", "talk").send(number)
            sent += 1

    sending = asyncio.create_task(send_all())
    await asyncio.sleep(10)
    assert 0 < sent < 2000
    host.reading.set()
    await sending
    await until(lambda: len(host.got["bob", "talk"]) == 2000)


@pytest.mark.parametrize("name", RESTARTING)
async def test_what_is_read_while_the_path_is_broken_makes_room(
    host: Page, guest: Page, network: MemoryNetwork, name: str
) -> None:
    host.reading.clear()
    sending = asyncio.create_task(send_pieces(guest, name, 100))
    await asyncio.sleep(1)
    network.go_down()
    network.cut()
    host.reading.set()
    await asyncio.sleep(2)
    network.come_back()
    await sending
    await until(lambda: len(host.got["bob", name]) == 100)


async def test_a_kept_channel_never_waits_and_is_full_at_last(host: Page, guest: Page) -> None:
    channel = guest.chat("alice")
    await host.unload()
    for _ in range(3):
        await channel.send("x" * 300_000)
    with pytest.raises(OutboxFull):
        for _ in range(3):
            await channel.send("x" * 300_000)
    waiting = [message for message in channel.history if not message.delivered]
    await host.load()
    await until(lambda: len(host.heard["bob"]) == len(waiting))
    assert guest.link("alice").connected


async def test_nothing_waits_behind_bulk(host: Page, guest: Page, network: MemoryNetwork) -> None:
    network.hold()
    await guest.channel("alice", "files").send(bytes(8_000_000))
    await guest.write("alice", "a text")
    network.release()
    await soon(lambda: host.heard["bob"] or host.got["bob", "files"])
    assert host.heard["bob"] == ["a text"]
    assert host.got["bob", "files"] == []
    await until(lambda: host.got["bob", "files"])


# The newest alone


async def test_live_under_backpressure(host: Page, guest: Page, network: MemoryNetwork) -> None:
    channel = guest.channel("alice", "laser")
    network.hold()
    await guest.channel("alice", "talk").send(bytes(2_000_000))  # all that the browser takes
    for number in range(1000):
        await channel.send(number)
    await asyncio.sleep(0.1)
    for number in range(1000, 2000):
        await channel.send(number)
    network.release()
    await until(lambda: 1999 in host.got["bob", "laser"])
    assert len(host.got["bob", "laser"]) <= 3


async def test_live_over_cuts(host: Page, guest: Page, network: MemoryNetwork) -> None:
    channel = guest.channel("alice", "laser")
    network.go_down()
    network.cut()
    for number in range(100):
        await channel.send(number)
    network.come_back()
    await until(lambda: host.got["bob", "laser"])
    await asyncio.sleep(5)
    assert host.got["bob", "laser"] == [99]
    network.cut()
    await channel.flush()
    await until(lambda: guest.link("alice").connected)
    await asyncio.sleep(5)
    assert host.got["bob", "laser"] == [99]  # not once more


async def test_live_for_who_reads_slowly(host: Page, guest: Page) -> None:
    host.reading.clear()
    for number in range(100):
        await guest.channel("alice", "laser").send(number)
        await asyncio.sleep(0.01)
    host.reading.set()
    await until(lambda: 99 in host.got["bob", "laser"])
    assert len(host.got["bob", "laser"]) <= 2


# The end


async def test_the_end_of_a_link_is_the_end_of_its_channels(host: Page, guest: Page) -> None:
    link = guest.link("alice")
    near = link.channel("near")
    reading = asyncio.create_task(near.receive())
    seen: list[LinkState] = []

    async def read() -> None:
        async for _ in guest.link("alice").channel("more"):
            pass
        seen.append(link.state)

    more = asyncio.create_task(read())
    await asyncio.sleep(1)
    await host.link("bob").close()
    with pytest.raises(LinkClosed):
        await reading
    await more
    assert seen == [LinkState.CLOSED]
    for name in Page.CHANNELS:
        channel: Channel[Any] = guest._opened[link][name]
        with pytest.raises(LinkClosed):
            await channel.send("late")
        with pytest.raises(LinkClosed):
            await channel.receive()
    with pytest.raises(LinkClosed):
        link.channel("too late")


async def test_nothing_is_sent_before_the_proof(host: Page, open_page: OpenPage) -> None:
    bob = await open_page("bob")
    bob.links.dial("alice")
    for name in Page.CHANNELS:
        with pytest.raises(LinkClosed):
            await bob.channel("alice", name).send("too early")
    assert bob.chat("alice").history == []


@pytest.mark.parametrize("name", RESTARTING)
async def test_send_to_somebody_out_of_reach(host: Page, guest: Page, name: str) -> None:
    link = guest.link("alice")
    host.reading.clear()
    sending = [asyncio.create_task(send_pieces(guest, name, 200)) for _ in range(3)]
    await host.unload()
    for each in sending:
        with pytest.raises(LinkClosed):
            await each
    assert link.state is LinkState.LOST
    await guest.write("alice", "kept all the same")
    with pytest.raises(LinkClosed):
        await guest.channel("alice", "laser").send("nobody looks")


async def test_a_number_that_a_late_channel_cannot_have_is_the_other_pages_fault(
    host: Page, mallory: Peer
) -> None:
    """The app that opens a channel is not told of it by an exception."""
    stranger = await knock(mallory, "alice")
    await stranger.prove(host.links.invites.issue().secret)
    epoch = (await stranger.hear(Resume)).epoch
    await stranger.say(Resume("Mallory", "epoch", epoch), Opened(7, "late", "reliable"))
    await asyncio.sleep(0.1)
    link = host.link("mallory")
    late = link.channel("late", kept=False)
    assert isinstance(link.error, LinkMisused)
    with pytest.raises(LinkClosed):
        await late.receive()
    await until(lambda: not stranger.connection.open)


async def test_what_is_unreadable_ends_the_link(host: Page, intruder: Stranger) -> None:
    link = host.link("mallory")
    await intruder.say(sealed("chat", 1, "one"), sealed("chat", 2, "two").encode()[:-1])
    await until(lambda: link.state is LinkState.CLOSED)
    assert isinstance(link.error, LinkMisused)
    await until(lambda: host.heard["mallory"] == ["one"])
