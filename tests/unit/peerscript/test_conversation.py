"""Two lanes over whatever path there is."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from peerscript.conversation import ACK_DELAY, MAX_TEXT, Conversation, check_live, check_text
from peerscript.errors import (
    LinkMisused,
    MessageTooBig,
    OutboxFull,
    SerializationError,
    StorageFull,
)
from peerscript.inbox import EndOfInbox
from peerscript.protocol.journal import Entry, Journal
from peerscript.protocol.linkwords import (
    MAX_LIVE_TEXT,
    PART_SIZE,
    Ack,
    Beat,
    Hello,
    Kept,
    Live,
    Standing,
    encode_bytes,
)
from tests.unit.peerscript.pages import QuickLoop

LOOP = QuickLoop


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

    def attach(self) -> Standing:
        self.path = Paper()
        self.talk.attach(self.path)  # type: ignore[arg-type]
        (standing,) = self.path.take()
        assert isinstance(standing, Standing)
        return standing

    def begin(self) -> None:
        self.attach()
        self.talk.hear(Standing(0, 0, "", "first", ""))


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
    standing = side.attach()
    assert (standing.kept, standing.live, standing.name, standing.heard) == (0, 0, "Bob", "")
    side.talk.send_text("meanwhile")
    side.talk.send_live("live")
    side.talk.send_live(b"bytes")
    assert side.path.take() == []
    assert side.talk.hear(Standing(1, 0, "Al", "first", ""))
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
    side.talk.hear(Standing(1, 1, "", "first", epoch))
    assert side.path.take() == [Kept(2, "two"), Live(2, "two")]


async def test_a_new_page_there_begins_a_new_live_lane() -> None:
    side = Side()
    side.begin()
    side.talk.hear(Live(1, "old and unread"))
    side.talk.send_live("for the old page")
    side.talk.send_text("for whichever")
    side.attach()
    side.talk.hear(Standing(0, 0, "", "second", ""))
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
    other.talk.hear(Standing(0, 0, "", "first", epoch))
    for part in parts:
        other.talk.hear(part)
    assert [entry.text for entry in other.talk.journal.entries] == [text]


@pytest.mark.parametrize(
    "words",
    [
        [Standing(0, 0, "", "first", "")],
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
    for standing in (Standing(1, 0, "", "first", ""), Standing(0, 2, "", "first", epoch)):
        with pytest.raises(LinkMisused):
            side.talk.hear(standing)


async def test_words_for_somebody_else_are_left_to_them() -> None:
    side = Side()
    side.begin()
    assert not side.talk.hear(Beat())
    assert not side.talk.hear(Hello(1, "", ""))


async def test_more_than_anybody_reads_is_misuse(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("peerscript.conversation.UNREAD_LIMIT", 10_000)
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
