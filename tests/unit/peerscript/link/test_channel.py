"""Values between two pages: what each kind of channel carries, and who has it open."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

from peerscript.errors import (
    LinkClosed,
    MessageTooBig,
    NoSuchChannel,
    OutboxFull,
    SerializationError,
)
from peerscript.link.channel_inbox import Message
from peerscript.link.channels import OPEN_TIMEOUT
from peerscript.protocol.values.sendable import sendable
from peerscript.protocol.vocabulary import Vocabulary, data, text
from peerscript.testing import MemoryNetwork
from peerscript.testing.channel import MemoryChannel
from tests.clock import until
from tests.unit.peerscript import javascript
from tests.unit.peerscript.conftest import OpenPage
from tests.unit.peerscript.pages import RESTARTING, Page


async def both_open(host: Page, guest: Page, name: str, **options: Any) -> tuple[Any, Any]:
    """Alice's end and Bob's end of one more channel."""
    return host.link("bob").channel(name, **options), guest.link("alice").channel(name, **options)


# Any value, and what kind of channel it is


async def test_values_in_order_and_with_numbers(host: Page, guest: Page) -> None:
    far, near = await both_open(host, guest, "values")
    values = ["text 😀", None, b"bytes", {"a": [1, 2.5]}, 2**70, "", False]
    sent = [await near.send(value) for value in values]
    assert [message.number for message in sent] == list(range(1, 8))
    assert all(message.mine and not message.delivered for message in sent)
    assert [await far.receive() for _ in values] == values
    await far.send("back")
    async for message in near.messages():
        assert (message.number, message.value, message.mine) == (1, "back", False)
        break
    await near.flush()
    assert [message.delivered for message in near.history] == [True] * 8
    assert repr(near) == "<Channel 'values' kept>"


async def test_history_is_of_kept_channels_alone(host: Page, guest: Page) -> None:
    for name in RESTARTING:
        await guest.channel("alice", name).send("one")
        assert guest.channel("alice", name).history == []


async def test_what_is_delivered_is_told(host: Page, guest: Page) -> None:
    told: list[Message[Any]] = []
    channel = guest.chat("alice")
    channel.on("delivered", told.append)
    for value in ("one", None):
        await channel.send(value)
    await until(lambda: len(told) == 2)
    assert [(message.number, message.value, message.delivered) for message in told] == [
        (1, "one", True),
        (2, None, True),
    ]


@dataclass(frozen=True)
class Turn:
    page: int
    title: str = text(5, default="")


TURNS = Vocabulary[Turn]({"turn": Turn})


async def test_typed_messages(host: Page, guest: Page) -> None:
    far, near = await both_open(host, guest, "turns", vocabulary=TURNS)
    await near.send(Turn(7, "seven"))
    assert await far.receive() == Turn(7, "seven")
    with pytest.raises(SerializationError):
        await near.send(Turn(7, "longer"))
    assert [message.value for message in near.history] == [Turn(7, "seven")]
    assert host.link("bob").connected


async def test_history_outlives_what_another_version_of_the_page_has_kept(
    host: Page, guest: Page
) -> None:
    _, near = await both_open(host, guest, "turns")
    for value in ({"kind": "turn"}, {"kind": "dance"}, {"kind": "turn", "page": 7, "title": ""}):
        await near.send(value)
    await guest.reload()
    near = guest.link("alice").channel("turns", vocabulary=TURNS)
    told: list[Any] = []
    near.on("delivered", told.append)
    assert [message.value for message in near.history] == [Turn(7)]
    await near.flush()
    assert guest.link("alice").connected
    assert len(told) <= 1


async def test_a_dataclass_travels_to_who_has_registered_it(
    host: Page, guest: Page, network: MemoryNetwork
) -> None:
    @sendable(name="test_channel.Early")
    @dataclass
    class Early:
        x: int

    near = guest.channel("alice", "talk")
    with pytest.raises(SerializationError, match="registered"):
        await near.send(Early(1))
    network.go_down()
    network.cut()
    await until(lambda: not guest.link("alice").connected)
    network.come_back()
    await until(lambda: guest.link("alice").connected)
    await near.send(Early(1))
    await until(lambda: host.got["bob", "talk"] == [Early(1)])


async def test_a_value_that_is_none_is_refused_before_it_is_saved(host: Page, guest: Page) -> None:
    for name in Page.CHANNELS:
        with pytest.raises(SerializationError):
            await guest.channel("alice", name).send("half a pair: \ud83d")
    await guest.write("alice", "whole")
    await until(lambda: host.heard["bob"])
    assert host.heard["bob"] == ["whole"]
    assert len(guest.chat("alice").history) == 1


@pytest.mark.parametrize("name", Page.CHANNELS)
async def test_the_largest_messages(host: Page, guest: Page, name: str) -> None:
    channel = guest.channel("alice", name)
    mode = channel._session.mode
    with pytest.raises(MessageTooBig):
        await channel.send(bytes(mode.max_message))
    largest = bytes(mode.max_message - 8)
    await channel.send(largest)
    await until(lambda: host.heard["bob"] or host.got["bob", name])
    assert [*host.heard["bob"], *host.got["bob", name]] == [largest]
    assert guest.link("alice").connected


async def test_a_browser_with_small_frames_is_sent_no_larger_ones(
    open_page: OpenPage, host: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MemoryChannel, "max_frame_size", 64 * 1024)
    bob = await open_page("bob")
    await bob.links.connect("alice", host.links.invites.issue().secret)
    for name in Page.CHANNELS:
        channel = bob.channel("alice", name)
        await channel.send(bytes(channel._session.mode.max_message - 8))
    await until(lambda: host.heard["bob"])
    for name in ("talk", "files", "laser"):
        await until(lambda name=name: host.got["bob", name])  # type: ignore[misc]


# Who has it, and who does not


async def test_a_channel_that_the_other_page_opens_later(host: Page, guest: Page) -> None:
    near = guest.link("alice").channel("later")
    await near.send("one")
    await asyncio.sleep(OPEN_TIMEOUT / 2)
    far = host.link("bob").channel("later")
    assert await far.receive() == "one"


async def test_a_channel_that_the_other_page_never_opens(host: Page, guest: Page) -> None:
    told: list[str] = []
    near = guest.link("alice").channel("mine alone", kept=False)
    near.on("missing", lambda: told.append("early"))
    await near.send("one")
    with pytest.raises(NoSuchChannel):
        await near.flush()
    near.on("missing", lambda: told.append("late"))
    await until(lambda: told == ["early", "late"])
    with pytest.raises(NoSuchChannel):
        await near.send("two")
    far = host.link("bob").channel("mine alone", kept=False)
    assert await far.receive() == "one"
    await near.send("two")
    assert await far.receive() == "two"


async def test_a_channel_of_another_kind_over_there(host: Page, guest: Page) -> None:
    near = guest.link("alice").channel("odd")
    await asyncio.sleep(1)
    far = host.link("bob").channel("odd", "live")
    told: list[str] = []
    for name, end in (("near", near), ("far", far)):
        end.on("missing", partial(told.append, name))
    await until(lambda: sorted(told) == ["far", "near"])
    for end in (near, far):
        with pytest.raises(NoSuchChannel):
            await end.send("one")
    await asyncio.sleep(5)
    assert len(told) == 2
    assert guest.link("alice").connected


# JavaScript's objects


KINDS: dict[str, dict[str, Any]] = {
    "kept": {},
    **{k: Page.CHANNELS[k] for k in Page.CHANNELS if k != "chat"},
}


@pytest.mark.usefixtures("in_a_page")
@pytest.mark.parametrize("options", KINDS.values(), ids=KINDS)
async def test_javascripts_bytes_arrive_on_every_kind(
    host: Page, guest: Page, options: dict[str, Any]
) -> None:
    far, near = await both_open(host, guest, "values", **options)
    for value, arrives in (
        ({"file": [javascript.File(b"ab")]}, {"file": [b"ab"]}),
        (javascript.array(b"c"), b"c"),
        ([javascript.null], [None]),
    ):
        await near.send(value)
        assert await far.receive() == arrives


@pytest.mark.usefixtures("in_a_page")
@pytest.mark.parametrize("name", ["chat", "talk", "files"])
async def test_no_message_overtakes_a_file_that_is_read(host: Page, guest: Page, name: str) -> None:
    channel = guest.channel("alice", name)
    file = javascript.File(b"file")
    file.readable.clear()
    sending = [
        asyncio.create_task(channel.send(value)) for value in ["before", file, "after", "last"]
    ]
    await until(lambda: sending[0].done())
    with pytest.raises(OutboxFull, match="a Blob to be read"):
        channel.send_nowait("between")
    file.readable.set()
    sent = await asyncio.gather(*sending)
    assert [message.number for message in sent] == [1, 2, 3, 4]
    channel.send_nowait("now")
    got = host.heard["bob"] if name == "chat" else host.got["bob", name]
    await until(lambda: len(got) == 5)
    assert got == ["before", b"file", "after", "last", "now"]


@pytest.mark.usefixtures("in_a_page")
async def test_what_no_channel_carries_is_named(host: Page, guest: Page) -> None:
    far, near = await both_open(host, guest, "values")
    broken = javascript.File(b"ab")
    broken.error = OSError("NotReadableError: gone")
    for value, error, words in (
        ({"a": javascript.a_map}, SerializationError, r'\["a"\]: a JavaScript Map has no place'),
        (javascript.File(b"", 2**20 + 1), MessageTooBig, "1048577 bytes"),
        (broken, SerializationError, "a JavaScript File cannot be read: NotReadableError: gone"),
        ({1}, SerializationError, "set has no place"),
    ):
        with pytest.raises(error, match=words):
            await near.send(value)
    with pytest.raises(SerializationError, match=r"message: .* must be read first: `await send"):
        near.send_nowait(javascript.File(b"ab"))
    near.send_nowait(javascript.array(b"next"))
    assert await far.receive() == b"next"
    await guest.link("alice").close()
    with pytest.raises(LinkClosed):
        await near.send(javascript.File(b"ab"))


@dataclass(frozen=True)
class Picture:
    data: bytes = data(10)


@pytest.mark.usefixtures("in_a_page")
async def test_a_typed_message_takes_a_file(host: Page, guest: Page) -> None:
    far, near = await both_open(host, guest, "typed", vocabulary=Vocabulary({"picture": Picture}))
    await near.send(Picture(javascript.File(b"ab")))  # type: ignore[arg-type]
    assert await far.receive() == Picture(b"ab")
    with pytest.raises(SerializationError, match="no message of this channel"):
        await near.send(Picture(javascript.File(bytes(11))))  # type: ignore[arg-type]
