"""Two lanes over whatever path there is."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from peerscript.aio.inbox import EndOfInbox
from peerscript.errors import (
    LinkClosed,
    LinkMisused,
    MessageTooBig,
    OutboxFull,
    SerializationError,
    StorageFull,
)
from peerscript.link.conversation import (
    ACK_DELAY,
    LIVE_WINDOW,
    MAX_TEXT,
    UNREAD_LIMIT,
    Conversation,
    check_live,
    check_text,
)
from peerscript.link.link import MAX_LIVE_BYTES
from peerscript.protocol.link.journal import Entry, Journal
from peerscript.protocol.link.messages import (
    MAX_LIVE_TEXT,
    PART_SIZE,
    Ack,
    Beat,
    Hello,
    Kept,
    Live,
    Resume,
    encode_bytes,
)
from peerscript.protocol.link.state import LinkState
from peerscript.testing import MemoryNetwork
from peerscript.testing.channel import MAX_FRAME_SIZE, MemoryChannel
from tests.clock import until
from tests.unit.peerscript.pages import Page

OpenPage = Callable[..., Awaitable[Page]]


class Paper:
    """A path that keeps what is said."""

    def __init__(self) -> None:
        self.said: list[Any] = []

    def say(self, word: Any) -> None:
        self.said.append(word)

    say_bytes = say

    def take(self) -> list[Any]:
        said, self.said = self.said, []
        return said


class Side:
    def __init__(self, storage: dict[str, str] | None = None, budget: int = 100_000) -> None:
        self.delivered: list[Entry] = []
        self.restarts = 0
        journal = Journal({} if storage is None else storage, "", lambda: 0.0, budget)
        self.talk = Conversation("Bob", journal, self.delivered.append, self._restarted)
        self.path = Paper()

    def _restarted(self) -> None:
        self.restarts += 1

    def attach(self) -> Resume:
        self.path = Paper()
        self.talk.attach(self.path)  # type: ignore[arg-type]
        (resume,) = self.path.take()
        assert isinstance(resume, Resume)
        return resume

    def begin(self) -> None:
        self.attach()
        self.talk.hear(Resume(0, 0, "", "first", ""))


def test_limits_of_what_is_sent() -> None:
    check_text("x" * MAX_TEXT, MAX_TEXT)
    with pytest.raises(MessageTooBig):
        check_text("x" * (MAX_TEXT + 1), MAX_TEXT)
    with pytest.raises(SerializationError):
        check_text("\udc00", MAX_TEXT)
    check_live(b"x" * 100, 100)
    with pytest.raises(MessageTooBig):
        check_live(b"x" * 101, 100)
    check_live("x" * MAX_LIVE_TEXT, 70_000)
    for text in ("x" * (MAX_LIVE_TEXT + 1), "\0" * 20_000, "😀" * 20_000):
        with pytest.raises(MessageTooBig):
            check_live(text, 70_000)
    with pytest.raises(SerializationError):
        check_live("\udc00", 70_000)


async def test_nothing_is_said_before_the_other_side_has_said_where_it_stands() -> None:
    side = Side()
    side.talk.send_text("before")
    resume = side.attach()
    assert (resume.kept, resume.live, resume.name, resume.heard) == (0, 0, "Bob", "")
    side.talk.send_text("meanwhile")
    side.talk.send_live("live")
    side.talk.send_live(b"bytes")
    assert side.path.take() == []
    assert side.talk.hear(Resume(1, 0, "Al", "first", ""))
    assert side.path.take() == [Kept(2, "meanwhile"), Live(1, "live"), encode_bytes(2, b"bytes")]
    assert [entry.text for entry in side.delivered] == ["before"]
    side.talk.send_text("after")
    assert side.path.take() == [Kept(3, "after")]


async def test_what_was_not_confirmed_goes_again_on_the_next_path() -> None:
    side = Side()
    side.begin()
    for text in ("one", "two"):
        side.talk.send_text(text)
        side.talk.send_live(text)
    side.talk.hear(Ack(1, 1))
    epoch = side.attach().epoch
    side.talk.hear(Resume(1, 1, "", "first", epoch))
    assert side.path.take() == [Kept(2, "two"), Live(2, "two")]


async def test_a_new_page_there_begins_a_new_live_lane() -> None:
    side = Side()
    side.begin()
    side.talk.hear(Live(1, "old and unread"))
    side.talk.send_live("for the old page")
    side.talk.send_text("for whichever")
    side.attach()
    side.talk.hear(Resume(0, 0, "", "second", ""))
    assert side.restarts == 1
    assert side.path.take() == [Kept(1, "for whichever")]
    side.talk.hear(Live(1, "new"))
    assert await side.talk.next_live() == "new"
    await asyncio.sleep(2 * ACK_DELAY)
    assert side.path.take() == [Ack(0, 1)]


async def test_confirmations_are_gathered_and_live_ones_wait_for_the_reader() -> None:
    side = Side()
    side.begin()
    await asyncio.sleep(2 * ACK_DELAY)
    assert side.path.take() == [Ack(0, 0)]
    for number in (1, 2, 3):
        side.talk.hear(Kept(number, str(number)))
        side.talk.hear(Live(number, str(number)))
    assert side.path.take() == []
    await asyncio.sleep(2 * ACK_DELAY)
    assert side.path.take() == [Ack(3, 0)]
    assert await side.talk.next_live() == "1"
    assert await side.talk.next_live() == "2"
    await asyncio.sleep(2 * ACK_DELAY)
    assert side.path.take() == [Ack(3, 2)]
    assert side.attach().live == 2


async def test_a_text_in_parts() -> None:
    side = Side()
    side.begin()
    text = "😀" * (2 * PART_SIZE + 5)
    side.talk.send_text(text)
    parts = side.path.take()
    assert [part.more for part in parts] == [True, True, False]
    other = Side()
    other.begin()
    for part in parts[:2]:
        other.talk.hear(part)
    epoch = other.attach().epoch  # the path breaks: the parts come again from the first
    other.talk.hear(Resume(0, 0, "", "first", epoch))
    for part in parts:
        other.talk.hear(part)
    assert [entry.text for entry in other.talk.journal.entries] == [text]


@pytest.mark.parametrize(
    "words",
    [
        [Resume(0, 0, "", "first", "")],
        [Kept(2, "")],
        [Live(2, "")],
        [Ack(1, 0)],
        [Ack(0, 1)],
        [b"short"],
        [Kept(1, "x", more=True)],
        [Kept(1, "", more=True)],
        [Kept(1, "x" * PART_SIZE, more=True)] * (MAX_TEXT // PART_SIZE + 1),
    ],
    ids=lambda words: repr(words)[:25],
)
async def test_what_cannot_be(words: list[Any]) -> None:
    side = Side()
    side.begin()
    with pytest.raises(LinkMisused):
        for word in words:
            side.talk.hear(word)


@pytest.mark.parametrize("word", [Kept(1, ""), Live(1, ""), Ack(0, 0), bytes(9)], ids=repr)
async def test_nobody_speaks_before_saying_where_they_stand(word: Any) -> None:
    side = Side()
    side.attach()
    with pytest.raises(LinkMisused, match="out of turn"):
        side.talk.hear(word)


async def test_a_standing_that_cannot_be() -> None:
    side = Side()
    side.talk.send_live("one")
    epoch = side.attach().epoch
    for resume in (Resume(1, 0, "", "first", ""), Resume(0, 2, "", "first", epoch)):
        with pytest.raises(LinkMisused):
            side.talk.hear(resume)


async def test_words_for_somebody_else_are_left_to_them() -> None:
    side = Side()
    side.begin()
    assert not side.talk.hear(Beat())
    assert not side.talk.hear(Hello(1, "", ""))


async def test_more_than_anybody_reads_is_misuse(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("peerscript.link.conversation.UNREAD_LIMIT", 10_000)
    side = Side()
    side.begin()
    with pytest.raises(LinkMisused):
        for number in range(1, 100):
            side.talk.hear(Live(number, ""))
    other = Side()
    other.begin()
    with pytest.raises(LinkMisused):
        for number in range(1, 100):
            other.talk.hear(encode_bytes(number, bytes(1000)))


async def test_no_room() -> None:
    class Full(dict[str, str]):
        def __setitem__(self, name: str, value: str) -> None:
            raise OSError("full")

    side = Side(Full())
    side.begin()
    with pytest.raises(OutboxFull):
        side.talk.send_text("mine")
    with pytest.raises(StorageFull):
        side.talk.hear(Kept(1, "theirs"))
    side.path.take()
    await asyncio.sleep(2 * ACK_DELAY)
    assert Ack(1, 0) not in side.path.take()


async def test_what_has_come_can_be_read_after_the_end() -> None:
    side = Side()
    side.begin()
    side.talk.hear(Kept(1, "text"))
    side.talk.hear(Live(1, "live"))
    side.talk.close()
    assert await side.talk.next_live() == "live"
    with pytest.raises(EndOfInbox):
        await side.talk.next_live()
    assert [entry.text async for entry in side.talk.texts] == ["text"]
    await asyncio.sleep(2 * ACK_DELAY)


# Live messages between two pages


async def test_live_messages_survive_a_cut(host: Page, guest: Page, network: MemoryNetwork) -> None:
    sent: list[str | bytes] = []
    for number in range(300):
        payload: str | bytes = f"text {number}" if number % 2 else bytes([number % 256]) * number
        await guest.link("alice").send_live(payload)
        sent.append(payload)
        if number in (100, 200):
            network.cut()
    await until(lambda: len(host.live["bob"]) == 300)
    assert host.live["bob"] == sent
    assert host.restarts["bob"] == 0


async def test_live_messages_end_with_the_page(host: Page, guest: Page) -> None:
    await guest.unload()
    await host.link("bob").send_live("for the page that is gone")
    await guest.load()
    await until(lambda: host.restarts["bob"] == 1)
    await until(lambda: guest.link("alice").connected)
    await host.link("bob").send_live("for the new one")
    await until(lambda: guest.live["alice"])
    assert guest.live["alice"] == ["for the new one"]


async def test_live_messages_that_nobody_has_read_end_with_their_page(
    host: Page, guest: Page
) -> None:
    """What lies unread belongs to the page that is gone, and confirms nothing of the new one."""
    host.reading.clear()
    for number in range(5):
        await guest.link("alice").send_live(f"old {number}")
    for _ in range(100):
        await asyncio.sleep(0)
    await guest.reload()
    await until(lambda: guest.link("alice").connected and host.restarts["bob"] == 1)
    host.reading.set()
    for number in range(3):
        await guest.link("alice").send_live(f"new {number}")
    await until(lambda: "new 2" in host.live["bob"])
    await asyncio.sleep(1)
    assert [payload for payload in host.live["bob"] if payload != "old 0"] == [
        *("new 0", "new 1", "new 2")
    ]
    assert host.link("bob").connected
    assert guest.link("alice").connected


async def test_send_live_waits_for_who_does_not_read(
    host: Page, guest: Page, network: MemoryNetwork
) -> None:
    """However often the path breaks meanwhile: what lies unread there stays the same."""
    host.reading.clear()
    piece = bytes(MAX_LIVE_BYTES // 2)
    sent = 0

    async def send_all() -> None:
        nonlocal sent
        for _ in range(400):
            await guest.link("alice").send_live(piece)
            sent += 1

    sending = asyncio.create_task(send_all())
    for _ in range(4):
        await asyncio.sleep(3)
        network.cut()
    await asyncio.sleep(3)
    assert LIVE_WINDOW <= sent * len(piece) <= LIVE_WINDOW + 2 * len(piece)
    host.reading.set()
    await sending
    await until(lambda: len(host.live["bob"]) == 400)


async def test_many_small_live_messages_wait_for_who_does_not_read(
    host: Page, guest: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each takes more room than what it says; the other side counts that, too."""
    monkeypatch.setattr("peerscript.link.conversation.LIVE_WINDOW", LIVE_WINDOW // 16)
    monkeypatch.setattr("peerscript.link.conversation.UNREAD_LIMIT", UNREAD_LIMIT // 16)
    await host.reload()
    await until(lambda: host.link("bob").connected)
    host.reading.clear()
    sent = 0

    async def send_all() -> None:
        nonlocal sent
        for number in range(5000):
            await guest.link("alice").send_live(str(number))
            sent += 1

    sending = asyncio.create_task(send_all())
    await asyncio.sleep(10)
    assert 0 < sent < 5000
    host.reading.set()
    await sending
    await until(lambda: len(host.live["bob"]) == 5000)


async def test_what_is_read_while_the_path_is_broken_makes_room(
    host: Page, guest: Page, network: MemoryNetwork
) -> None:
    host.reading.clear()
    piece = bytes(MAX_LIVE_BYTES // 2)
    sending = asyncio.create_task(send_pieces(guest, piece, 200))
    await asyncio.sleep(1)
    network.go_down()
    network.cut()
    host.reading.set()
    await asyncio.sleep(2)
    network.come_back()
    await sending
    await until(lambda: len(host.live["bob"]) == 200)


async def send_pieces(page: Page, piece: bytes, count: int) -> None:
    for _ in range(count):
        await page.link("alice").send_live(piece)


@pytest.mark.parametrize("text", ["😀", "\0", "x", "é"], ids=["emoji", "null", "x", "e"])
async def test_the_largest_live_texts(host: Page, guest: Page, text: str) -> None:
    """What is taken arrives; what no frame holds is refused, and nobody waits for it for ever."""
    link = guest.link("alice")
    with pytest.raises(MessageTooBig):
        await link.send_live(text * (MAX_LIVE_TEXT + 1))
    sent: list[str | bytes] = []
    for size in (MAX_LIVE_TEXT, MAX_LIVE_TEXT // 2, MAX_LIVE_TEXT // 8):
        try:
            await link.send_live(text * size)
        except MessageTooBig:
            continue
        sent.append(text * size)
    await until(lambda: len(host.live["bob"]) == len(sent))
    assert host.live["bob"] == sent
    assert len(sent) >= 1


async def test_the_largest_live_bytes(host: Page, guest: Page, network: MemoryNetwork) -> None:
    link = guest.link("alice")
    assert link.max_live_size == MAX_LIVE_BYTES < MAX_FRAME_SIZE
    await link.send_live(bytes(link.max_live_size))
    with pytest.raises(MessageTooBig):
        await link.send_live(bytes(link.max_live_size + 1))
    await until(lambda: host.live["bob"])
    assert host.live["bob"] == [bytes(MAX_LIVE_BYTES)]


async def test_a_browser_with_small_frames_is_sent_no_larger_ones(
    open_page: OpenPage, host: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MemoryChannel, "max_frame_size", 64 * 1024)
    bob = await open_page("bob")
    link = await bob.links.connect("alice", host.links.invites.issue().secret)
    with pytest.raises(MessageTooBig):
        await link.send_live(bytes(64 * 1024))
    await link.send_live(bytes(link.max_live_size))
    link.send("\0😀" * 100_000)
    await until(lambda: host.live["bob"] and host.heard["bob"])


async def test_the_size_of_a_live_message_outlives_a_broken_path(
    host: Page, guest: Page, network: MemoryNetwork
) -> None:
    """A piece of a file that was cut to size before the path broke still fits."""
    link = guest.link("alice")
    size = link.max_live_size
    network.go_down()
    network.cut()
    await until(lambda: not link.connected)
    assert link.max_live_size == size
    await link.send_live(bytes(size))
    network.come_back()
    await until(lambda: host.live["bob"])


async def test_nothing_is_sent_before_the_proof(host: Page, open_page: OpenPage) -> None:
    bob = await open_page("bob")
    link = bob.links.dial("alice")
    with pytest.raises(LinkClosed):
        link.send("too early")
    with pytest.raises(LinkClosed):
        await link.send_live("too early")
    assert link.history == []


async def test_send_live_to_somebody_out_of_reach(
    host: Page, guest: Page, network: MemoryNetwork
) -> None:
    link = guest.link("alice")
    sending = asyncio.create_task(send_pieces(guest, bytes(MAX_LIVE_BYTES), 200))
    host.reading.clear()
    await host.unload()
    with pytest.raises(LinkClosed):
        await sending
    assert link.state is LinkState.LOST
