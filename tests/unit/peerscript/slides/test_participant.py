"""What somebody is still to be told: the newest of each kind, and the deck in what time is left."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from peerscript.errors import MessageTooBig
from peerscript.protocol.slides.messages import (
    MAX_PART,
    DeckAhead,
    DeckPart,
    Ended,
    Given,
    Got,
    Point,
    Position,
    SlideAhead,
    Stroke,
    Wipe,
    decode,
)
from peerscript.protocol.slides.source import MAX_SOURCE
from peerscript.slides import DeckSource, Role, SlideText
from peerscript.slides.participant import UNDER_WAY, Participant
from tests.clock import until

DECK = DeckSource("markdown", "talk.md", b"x" * 100_000)


class SlowLink:
    """A Link that takes a message when it is let."""

    peer_id = "slow"
    connected = True

    def __init__(self) -> None:
        self.room = asyncio.Semaphore(0)
        self.said: list[Any] = []

    async def send_live(self, text: str) -> None:
        await self.room.acquire()
        self.said.append(decode(text))

    async def take(self, count: int) -> list[Any]:
        """So many words more."""
        wanted = len(self.said) + count
        for _ in range(count):
            self.room.release()
        await until(lambda: len(self.said) >= wanted)
        return self.said[-count:]


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
    participant.begin(1, [SlideText("One", "Say it")], DECK, standing(1))
    running = asyncio.ensure_future(participant.run())
    words = await link.take(7)
    assert words[:4] == [
        Given("remote"),
        DeckAhead(1, "markdown", "talk.md", 100_000),
        standing(1),
        SlideAhead(0, "One", "Say it"),
    ]
    assert [word.offset for word in words[4:]] == [0, 40_000, 80_000]
    running.cancel()


async def test_a_slow_page_skips_what_is_past(link: SlowLink, participant: Participant) -> None:
    participant.begin(1, [], DECK)
    running = asyncio.ensure_future(participant.run())
    await link.take(2)
    for revision in range(2, 50):
        participant.tell(standing(revision), Point(revision, 0, True))
    words = await link.take(4)
    told = [word for word in words if not isinstance(word, DeckPart)]
    assert told == [standing(49), Point(49, 0, True)]
    assert isinstance(words[-1], DeckPart)  # states pass the deck, and do not stop it
    running.cancel()


async def test_a_wipe_takes_away_strokes_that_are_not_told_yet(
    link: SlowLink, participant: Participant
) -> None:
    participant.tell(Stroke(1, "0,0"), Stroke(2, "0,0"), Wipe(), Stroke(3, "0,0"))
    running = asyncio.ensure_future(participant.run())
    assert await link.take(2) == [Wipe(), Stroke(3, "0,0")]
    running.cancel()


async def test_notes_are_for_remotes_and_long_ones_are_cut(
    link: SlowLink, participant: Participant
) -> None:
    participant.role = Role.FOLLOWER
    participant.describe([SlideText("t" * 300, "secret")])
    running = asyncio.ensure_future(participant.run())
    assert await link.take(1) == [SlideAhead(0, "t" * 199 + "…", "")]
    participant.role = Role.REMOTE
    participant.describe([SlideText("t", "n" * 20_000)])
    assert await link.take(1) == [SlideAhead(0, "t", "n" * 9_999 + "…")]
    running.cancel()


async def test_a_last_word_is_the_last(link: SlowLink, participant: Participant) -> None:
    participant.begin(1, [SlideText()], DECK, standing(1))
    running = asyncio.ensure_future(participant.run())
    await link.take(1)
    participant.leave(Ended())
    for _ in range(2):  # one may have been on its way
        link.room.release()
    await asyncio.wait_for(running, 5)
    assert link.said[-1] == Ended()


def test_the_largest_deck_is_cut_as_it_goes() -> None:
    assert MAX_SOURCE // 40_000 > 1000  # so it is never held in parts


async def test_a_deck_goes_no_faster_than_it_is_taken(
    link: SlowLink, participant: Participant
) -> None:
    big = DeckSource("pdf", "talk.pdf", b"x" * (2 * UNDER_WAY))
    participant.begin(1, [], big)
    running = asyncio.ensure_future(participant.run())
    *_, last = await link.take(2 + UNDER_WAY // MAX_PART)
    assert last.offset == UNDER_WAY - MAX_PART
    participant.tell(standing(2))
    assert await link.take(1) == [standing(2)]  # nothing else is left to say
    participant.take(Got(2, 5 * MAX_PART))  # of another deck
    participant.tell(standing(3))
    assert await link.take(1) == [standing(3)]
    participant.take(Got(1, MAX_PART))
    (part,) = await link.take(1)
    assert part.offset == UNDER_WAY
    running.cancel()


async def test_whoever_claims_more_than_there_is_gets_no_more_at_once(
    link: SlowLink, participant: Participant
) -> None:
    participant.begin(1, [], DeckSource("pdf", "talk.pdf", b"x" * (4 * UNDER_WAY)))
    participant.take(Got(1, 10**12))
    running = asyncio.ensure_future(participant.run())
    await link.take(2 + UNDER_WAY // MAX_PART)
    participant.tell(standing(2))
    assert await link.take(1) == [standing(2)]
    running.cancel()


async def test_while_the_path_is_broken_only_the_newest_waits(
    link: SlowLink, participant: Participant
) -> None:
    link.connected = False
    running = asyncio.ensure_future(participant.run())
    for revision in range(2, 50):
        participant.tell(standing(revision))
        await asyncio.sleep(0)
    link.connected = True
    participant.wake()
    assert await link.take(1) == [standing(49)]
    participant.tell(standing(50))
    assert await link.take(1) == [standing(50)]
    running.cancel()


async def test_only_what_is_new_of_the_slides_is_told(
    link: SlowLink, participant: Participant
) -> None:
    slides = [SlideText(), SlideText("Two")]
    participant.describe(slides)
    for title in ("O", "On", "One"):
        participant.describe([SlideText(title), slides[1]])
    running = asyncio.ensure_future(participant.run())
    words = await link.take(2)
    assert words == [SlideAhead(0, "One", ""), SlideAhead(1, "Two", "")]
    participant.describe([SlideText("One"), SlideText("2")])
    assert await link.take(1) == [SlideAhead(1, "2", "")]
    running.cancel()


async def test_what_cannot_be_said_is_left_out(
    link: SlowLink, participant: Participant, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = link.send_live

    async def refuse(text: str) -> None:
        if isinstance(decode(text), Point):
            raise MessageTooBig("too big")
        await said(text)

    monkeypatch.setattr(link, "send_live", refuse)
    participant.tell(Point(1, 1, True), standing(2))
    running = asyncio.ensure_future(participant.run())
    assert await link.take(1) == [standing(2)]
    running.cancel()
