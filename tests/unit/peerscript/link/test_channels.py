"""Each message goes to the channel that it names, and who has no such channel says so."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from peerscript.errors import LinkMisused, NoSuchChannel
from peerscript.link.channel_inbox import ChannelInbox
from peerscript.link.channel_session import ChannelSession
from peerscript.link.channels import MAX_CHANNELS, OPEN_TIMEOUT, Channels
from peerscript.protocol.link.channels import Mode
from peerscript.protocol.link.envelope import Envelope
from peerscript.protocol.link.messages import Ack, NoChannel, Opened
from peerscript.protocol.values import pythonpack
from tests.unit.peerscript.link.recorded import RecordedPath
from tests.unit.peerscript.pages import sealed


class Side:
    def __init__(self) -> None:
        self.storage: dict[str, str] = {}
        self.channels = Channels(self.storage, "messages/", lambda _: None)
        self.inboxes: dict[str, ChannelInbox[Any]] = {}
        self.events: list[tuple[str, str]] = []
        self.path = RecordedPath()

    def attach(self) -> list[Any]:
        self.path = RecordedPath()
        self.channels.attach(self.path)  # type: ignore[arg-type]
        return self.path.take()

    def open(self, name: str, mode: Mode = Mode.RELIABLE) -> ChannelSession:
        session = self.channels.open(name, mode)
        self.inboxes[name] = ChannelInbox(name, mode, None)
        session.bind(self.inboxes[name], lambda *event: self.events.append((name, event[0])))
        self.channels.begin(session)
        return session

    async def read(self, name: str) -> Any:
        return (await self.inboxes[name].get()).value


async def test_each_message_goes_to_the_channel_that_it_names() -> None:
    side = Side()
    side.open("chat", Mode.KEPT)
    side.open("slides")
    assert side.attach() == [Opened(0, "chat", "kept"), Opened(0, "slides", "reliable")]
    side.channels.resume(restarted=False, same_epoch=True)
    for name in ("slides", "chat", "slides"):
        number = 1 + side.inboxes[name].unread // 258
        side.channels.on_envelope(sealed(name, number, f"{number} for {name}"))
    assert await side.read("chat") == "1 for chat"
    assert await side.read("slides") == "1 for slides"
    assert await side.read("slides") == "2 for slides"


async def test_parts_for_several_channels_may_come_in_turns() -> None:
    side = Side()
    side.open("a")
    side.open("b")
    side.attach()
    payload = pythonpack.pack(bytes(3000))
    for begin in range(0, len(payload), 1024):
        part = payload[begin : begin + 1024]
        more = begin + 1024 < len(payload)
        for name in ("a", "b"):
            side.channels.on_envelope(Envelope(name, 1, part, more))
    assert await side.read("a") == await side.read("b") == bytes(3000)


async def test_names_within_names_keep_apart() -> None:
    for names in (("a", "a/b"), ("a/b", "a"), ("a", "a/confirmed", "a/0000000001")):
        side = Side()
        for name in names:
            session = side.open(name, Mode.KEPT)
            await session.send(pythonpack.pack(name))
            await session.send(pythonpack.pack(name))
            session.on_ack(1)
        before, side.channels = side.channels, Channels(side.storage, "messages/", lambda _: None)
        for name in names:
            entries = side.channels.open(name, Mode.KEPT).entries
            assert [entry.payload for entry in entries] == [pythonpack.pack(name)] * 2
            assert [entry.delivered for entry in entries] == [True, False]
        before.close()


@pytest.mark.parametrize("name", ["", " ", "/", "a:b", "x" * 33, "é"])
async def test_what_is_no_name(name: str) -> None:
    with pytest.raises(ValueError, match="no name"):
        Side().open(name)


async def test_a_channel_is_opened_once_and_not_too_many_are() -> None:
    side = Side()
    side.open("0")
    with pytest.raises(ValueError, match="open already"):
        side.open("0", Mode.LIVE)
    for number in range(1, MAX_CHANNELS):
        side.open(str(number))
    with pytest.raises(ValueError, match="at most"):
        side.open("one more")


# Who opens first


async def test_a_channel_that_is_opened_behind_the_other_pages() -> None:
    side = Side()
    side.attach()
    side.channels.resume(restarted=False, same_epoch=True)
    side.channels.on_opened(Opened(0, "chat", "reliable"))
    await asyncio.sleep(OPEN_TIMEOUT / 2)
    session = side.open("chat")
    assert side.path.take() == [Opened(0, "chat", "reliable")]
    await session.send(pythonpack.pack("at once"))
    assert side.path.take() == [sealed("chat", 1, "at once")]
    await asyncio.sleep(2 * OPEN_TIMEOUT)
    assert side.path.take() == []


async def test_a_channel_that_nobody_opens_here() -> None:
    side = Side()
    side.attach()
    side.channels.on_opened(Opened(0, "chat", "kept"))
    await asyncio.sleep(OPEN_TIMEOUT / 2)
    assert side.path.take() == []
    await asyncio.sleep(OPEN_TIMEOUT)
    assert side.path.take() == [NoChannel("chat")]
    await asyncio.sleep(10 * OPEN_TIMEOUT)
    assert side.path.take() == []
    session = side.open("chat", Mode.KEPT)  # late, and yet
    await session.send(pythonpack.pack("late"))
    assert side.path.take() == [Opened(0, "chat", "kept"), sealed("chat", 1, "late")]


async def test_nobody_waits_for_a_channel_over_a_path_that_has_ended() -> None:
    side = Side()
    side.attach()
    side.channels.on_opened(Opened(0, "chat", "kept"))
    side.channels.attach(None)
    await asyncio.sleep(2 * OPEN_TIMEOUT)
    side.attach()
    side.channels.on_opened(Opened(0, "chat", "kept"))
    side.channels.close()
    assert not side.channels._timers
    await asyncio.sleep(2 * OPEN_TIMEOUT)
    assert side.path.take() == []


async def test_a_channel_is_opened_anew_on_every_path() -> None:
    side = Side()
    session = side.open("chat")
    await session.send(pythonpack.pack("one"))
    side.attach()
    side.channels.on_opened(Opened(0, "chat", "reliable"))
    assert side.path.take() == [sealed("chat", 1, "one")]
    assert side.attach() == [Opened(0, "chat", "reliable")]
    await session.send(pythonpack.pack("two"))
    assert side.path.take() == []  # not yet over this one
    side.channels.resume(restarted=False, same_epoch=True)
    side.channels.on_opened(Opened(1, "chat", "reliable"))
    assert side.path.take() == [sealed("chat", 2, "two")]


async def test_another_kind_of_channel_over_there() -> None:
    side = Side()
    side.attach()
    side.channels.on_opened(Opened(0, "chat", "live"))
    session = side.open("chat", Mode.BULK)
    assert side.path.take() == [Opened(0, "chat", "bulk"), NoChannel("chat")]
    with pytest.raises(NoSuchChannel):
        await session.send(b"")


async def test_the_other_page_has_no_such_channel() -> None:
    side = Side()
    side.open("chat")
    side.open("slides")
    side.attach()
    side.channels.on_missing(NoChannel("chat"))
    side.channels.on_missing(NoChannel("nobody's"))
    assert side.events == [("chat", "missing")]


# A new page over there


async def test_a_restart_is_for_all_channels() -> None:
    side = Side()
    kept, reliable = side.open("kept", Mode.KEPT), side.open("reliable")
    for session in (kept, reliable):
        await session.send(pythonpack.pack("one"))
    side.attach()
    side.channels.resume(restarted=False, same_epoch=True)
    assert side.events == []
    side.channels.resume(restarted=True, same_epoch=False)
    assert side.events == [("kept", "restart"), ("reliable", "restart")]
    for name in ("kept", "reliable"):
        side.channels.on_opened(Opened(0, name, name))
    assert side.path.take() == [sealed("kept", 1, "one")]


async def test_a_channel_that_opens_late_believes_the_numbers_of_this_page_load_alone() -> None:
    for same_epoch in (False, True):
        side = Side()
        side.attach()
        side.channels.resume(restarted=False, same_epoch=same_epoch)
        side.channels.on_opened(Opened(3, "chat", "reliable"))
        if same_epoch:
            with pytest.raises(LinkMisused):
                side.open("chat")
        else:
            side.open("chat")


# What no honest page says


async def test_what_is_for_no_channel_is_answered_once() -> None:
    side = Side()
    side.attach()
    for _ in range(5):
        side.channels.on_envelope(sealed("chat", 1, "hello"))
        side.channels.on_ack(Ack(7, "chat"))
    assert side.path.take() == [NoChannel("chat")]
    for number in range(10 * MAX_CHANNELS):
        side.channels.on_envelope(sealed(str(number), 1, "hello"))
    assert len(side.path.take()) == MAX_CHANNELS - 1
    assert len(side.channels._unknown) == MAX_CHANNELS


async def test_a_channel_that_is_opened_twice() -> None:
    """It would have everything sent again, as often as somebody likes."""
    for mine in (False, True):
        side = Side()
        if mine:
            side.open("chat")
        side.attach()
        side.channels.on_opened(Opened(0, "chat", "reliable"))
        with pytest.raises(LinkMisused, match="twice"):
            side.channels.on_opened(Opened(0, "chat", "reliable"))
        side.channels.close()


async def test_more_channels_than_anybody_has() -> None:
    side = Side()
    side.attach()
    for number in range(MAX_CHANNELS):
        side.channels.on_opened(Opened(0, str(number), "kept"))
    with pytest.raises(LinkMisused):
        side.channels.on_opened(Opened(0, "one more", "kept"))
    side.channels.close()


async def test_nobody_is_answered_without_a_path() -> None:
    side = Side()
    side.channels.on_envelope(sealed("chat", 1, "hello"))
    side.attach()
    side.channels.on_envelope(sealed("chat", 1, "hello"))
    assert side.path.take() == [NoChannel("chat")]


async def test_the_end_of_all() -> None:
    side = Side()
    sessions = [side.open(name) for name in "ab"]
    side.attach()
    side.channels.close()
    side.channels.announce()
    for name in "ab":
        assert [message async for message in side.inboxes[name]] == []
    for session in sessions:
        await session.send(b"")
    assert side.path.take() == []
