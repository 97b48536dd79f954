"""What somebody is still to be told: the newest of each kind, and the deck in what time is left."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from peerscript.errors import LinkClosed, MessageTooBig, OutboxFull
from peerscript.protocol.slides.messages import (
    MAX_PART,
    DeckHeader,
    DeckPart,
    Ended,
    Point,
    Position,
    RoleGranted,
    SlideInfo,
    Stroke,
    Wipe,
)
from peerscript.slides import DeckSource, Role, SlideText
from peerscript.slides.participant import Participant
from tests.clock import until

DECK = DeckSource("markdown", "talk.md", b"x" * 100_000)


class SlowLink:
    """A Link whose channels take a message when they are let: those of the deck, and all others.

    Attributes:
        said: what they took, in order; the parts of the deck apart.
    """

    peer_id = "slow"
    connected = True
    at_once: Callable[[object], object] | None = None

    def __init__(self) -> None:
        self.room, self.deck_room = asyncio.Semaphore(0), asyncio.Semaphore(0)
        self.said: list[Any] = []
        self.parts: list[DeckPart] = []
        self.channels: dict[str, SlowChannel] = {}

    def channel(self, name: str, *_: object, **__: object) -> SlowChannel:
        return self.channels.setdefault(name, SlowChannel(self, name == "slides-deck"))

    async def take(self, count: int) -> list[Any]:
        """So many words more."""
        return await self._let(count, self.room, self.said)

    async def take_parts(self, count: int) -> list[Any]:
        """So many parts of the deck more."""
        return await self._let(count, self.deck_room, self.parts)

    async def _let(self, count: int, room: asyncio.Semaphore, said: list[Any]) -> list[Any]:
        wanted = len(said) + count
        for _ in range(count):
            room.release()
        await until(lambda: len(said) >= wanted)
        return said[-count:]


class SlowChannel:
    def __init__(self, link: SlowLink, bulk: bool) -> None:
        self.link, self.bulk = link, bulk

    async def send(self, word: Any) -> None:
        await (self.link.deck_room if self.bulk else self.link.room).acquire()
        (self.link.parts if self.bulk else self.link.said).append(word)

    def send_nowait(self, word: Any) -> None:
        """Of the words said at once: those that `at_once` lets."""
        if self.link.at_once is None:
            raise OutboxFull("slow")
        self.link.at_once(word)
        self.link.said.append(word)


def standing(revision: int) -> Position:
    return Position(revision, 0, 0, 5, False)


@pytest.fixture
def link() -> SlowLink:
    return SlowLink()


@pytest.fixture
def participant(link: SlowLink) -> Participant:
    return Participant(link, Role.REMOTE)  # type: ignore[arg-type]


async def test_the_role_the_deck_and_the_state_come_first(
    link: SlowLink, participant: Participant
) -> None:
    participant._begin([SlideText("One", "Say it")], DECK, standing(1))
    running = asyncio.ensure_future(participant._run())
    given, deck_header, *others = await link.take(4)
    assert given == RoleGranted("remote")
    assert deck_header == DeckHeader(deck_header.id, "markdown", "talk.md", 100_000)
    assert others == [standing(1), SlideInfo(0, "One", "Say it")]
    parts = await link.take_parts(2)
    assert [(part.id, part.offset) for part in parts] == [
        (deck_header.id, 0),
        (deck_header.id, MAX_PART),
    ]
    running.cancel()


async def test_a_slow_page_skips_what_is_past(link: SlowLink, participant: Participant) -> None:
    participant._begin([], DECK)
    running = asyncio.ensure_future(participant._run())
    await link.take(2)
    for revision in range(2, 50):
        participant._send_soon(standing(revision), Point(revision, 0, True))
    assert await link.take(2) == [standing(49), Point(49, 0, True)]
    running.cancel()


async def test_who_waits_for_nothing_is_told_at_once(
    link: SlowLink, participant: Participant, caplog: pytest.LogCaptureFixture
) -> None:
    participant._begin([], DECK)
    running = asyncio.ensure_future(participant._run())
    await link.take(2)
    await until(lambda: participant._idle)

    def take(word: object) -> None:
        if word == standing(3):
            raise MessageTooBig("such a message")

    link.at_once = take
    participant._send_soon(standing(2))
    participant._send_soon(standing(3))
    participant._send_soon(Point(1, 1, True), standing(4))
    assert link.said[2:] == [standing(2), Point(1, 1, True), standing(4)]
    assert "such a message" in caplog.text
    participant._leave(Ended())
    assert link.said[-1] == Ended()
    await running


async def test_no_turn_waits_for_a_deck(link: SlowLink, participant: Participant) -> None:
    participant._begin([], DECK)
    running = asyncio.ensure_future(participant._run())
    await link.take(2)
    await link.take_parts(1)
    participant._send_soon(standing(2))  # the second part waits for room
    assert await link.take(1) == [standing(2)]
    (last,) = await link.take_parts(1)  # and no turn stops it
    assert last.offset == MAX_PART
    running.cancel()


async def test_another_deck_takes_the_place_of_one_that_is_under_way(
    link: SlowLink, participant: Participant
) -> None:
    participant._begin([], DECK)
    running = asyncio.ensure_future(participant._run())
    _, before = await link.take(2)
    await link.take_parts(1)
    participant._send_soon(standing(2))
    await link.take(1)
    participant._begin([], DECK)
    _, after = await link.take(2)
    assert after.id > before.id
    late, *parts = await link.take_parts(3)  # the one that waited for room
    assert late == DeckPart(before.id, MAX_PART, DECK.data[MAX_PART:])
    assert [(part.id, part.offset) for part in parts] == [(after.id, 0), (after.id, MAX_PART)]
    running.cancel()


async def test_a_wipe_takes_away_strokes_that_are_not_told_yet(
    link: SlowLink, participant: Participant
) -> None:
    participant._send_soon(Stroke(1, "0,0"), Stroke(2, "0,0"), Wipe(), Stroke(3, "0,0"))
    running = asyncio.ensure_future(participant._run())
    assert await link.take(2) == [Wipe(), Stroke(3, "0,0")]
    running.cancel()


async def test_notes_are_for_remotes_and_long_ones_are_cut(
    link: SlowLink, participant: Participant
) -> None:
    participant.role = Role.FOLLOWER
    participant._describe([SlideText("t" * 300, "secret")])
    running = asyncio.ensure_future(participant._run())
    assert await link.take(1) == [SlideInfo(0, "t" * 199 + "…", "")]
    participant.role = Role.REMOTE
    participant._describe([SlideText("t", "n" * 20_000)])
    assert await link.take(1) == [SlideInfo(0, "t", "n" * 9_999 + "…")]
    running.cancel()


async def test_a_last_word_is_the_last(link: SlowLink, participant: Participant) -> None:
    participant._begin([SlideText()], DECK, standing(1))
    running = asyncio.ensure_future(participant._run())
    await link.take(1)
    participant._leave(Ended())
    for _ in range(2):  # one may have been on its way
        link.room.release()
    await asyncio.wait_for(running, 5)
    assert link.said[-1] == Ended()


async def test_while_the_path_is_broken_only_the_newest_waits(
    link: SlowLink, participant: Participant
) -> None:
    link.connected = False
    running = asyncio.ensure_future(participant._run())
    for revision in range(2, 50):
        participant._send_soon(standing(revision))
        await asyncio.sleep(0)
    link.connected = True
    participant._wake()
    assert await link.take(1) == [standing(49)]
    participant._send_soon(standing(50))
    assert await link.take(1) == [standing(50)]
    running.cancel()


async def test_only_what_is_new_of_the_slides_is_told(
    link: SlowLink, participant: Participant
) -> None:
    slides = [SlideText(), SlideText("Two")]
    participant._describe(slides)
    for title in ("O", "On", "One"):
        participant._describe([SlideText(title), slides[1]])
    running = asyncio.ensure_future(participant._run())
    words = await link.take(2)
    assert words == [SlideInfo(0, "One", ""), SlideInfo(1, "Two", "")]
    participant._describe([SlideText("One"), SlideText("2")])
    assert await link.take(1) == [SlideInfo(1, "2", "")]
    running.cancel()


async def test_what_cannot_be_said_is_left_out(
    link: SlowLink, participant: Participant, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(word: object) -> None:
        raise MessageTooBig("too big")

    monkeypatch.setattr(link.channels["slides-point"], "send", refuse)
    participant._send_soon(Point(1, 1, True), standing(2))
    running = asyncio.ensure_future(participant._run())
    assert await link.take(1) == [standing(2)]
    running.cancel()


@pytest.mark.parametrize("channel", ["slides", "slides-deck"])
async def test_whichever_channel_breaks_first_ends_it(
    link: SlowLink, participant: Participant, monkeypatch: pytest.MonkeyPatch, channel: str
) -> None:
    async def broken(word: object) -> None:
        raise LinkClosed("out of reach")

    monkeypatch.setattr(link.channels[channel], "send", broken)
    participant._begin([], DECK)
    with pytest.raises(LinkClosed, match="out of reach"):
        await participant._run()
