"""What somebody is still to be told: the newest of each kind, and the deck in what time is left."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from peerscript.slides import DeckSource, Role, SlideText
from peerscript.slides.member import Member
from peerscript.slides.source import MAX_SOURCE
from peerscript.slides.words import (
    DeckAhead,
    DeckPart,
    Ended,
    Given,
    Point,
    SlideAhead,
    Standing,
    Stroke,
    Wipe,
    decode,
)

DECK = DeckSource("markdown", "talk.md", b"x" * 100_000)


class SlowLink:
    """A Link that takes a message when it is let."""

    peer_id = "slow"

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
        while len(self.said) < wanted:
            await asyncio.sleep(0)
        return self.said[-count:]


def standing(revision: int) -> Standing:
    return Standing(revision, 0, 0, 5, False)


@pytest.fixture
def link() -> SlowLink:
    return SlowLink()


@pytest.fixture
def member(link: SlowLink) -> Member:
    return Member(link, Role.REMOTE)  # type: ignore[arg-type]


async def test_the_role_the_deck_and_the_state_come_first(link: SlowLink, member: Member) -> None:
    member.begin(1, [SlideText("One", "Say it")], DECK, standing(1))
    running = asyncio.ensure_future(member.run())
    words = await link.take(7)
    assert words[:4] == [
        Given("remote"),
        DeckAhead(1, "markdown", "talk.md", 100_000),
        standing(1),
        SlideAhead(0, "One", "Say it"),
    ]
    assert [word.offset for word in words[4:]] == [0, 40_000, 80_000]
    running.cancel()


async def test_a_slow_page_skips_what_is_past(link: SlowLink, member: Member) -> None:
    member.begin(1, [], DECK)
    running = asyncio.ensure_future(member.run())
    await link.take(2)
    for revision in range(2, 50):
        member.tell(standing(revision), Point(revision, 0, True))
    words = await link.take(4)
    told = [word for word in words if not isinstance(word, DeckPart)]
    assert told == [standing(49), Point(49, 0, True)]
    assert isinstance(words[-1], DeckPart)  # states pass the deck, and do not stop it
    running.cancel()


async def test_a_wipe_takes_away_strokes_that_are_not_told_yet(
    link: SlowLink, member: Member
) -> None:
    member.tell(Stroke(1, "0,0"), Stroke(2, "0,0"), Wipe(), Stroke(3, "0,0"))
    running = asyncio.ensure_future(member.run())
    assert await link.take(2) == [Wipe(), Stroke(3, "0,0")]
    running.cancel()


async def test_notes_are_for_remotes_and_long_ones_are_cut(link: SlowLink, member: Member) -> None:
    member.role = Role.FOLLOWER
    member.describe([SlideText("t" * 300, "secret")])
    running = asyncio.ensure_future(member.run())
    assert await link.take(1) == [SlideAhead(0, "t" * 200, "")]
    member.role = Role.REMOTE
    member.describe([SlideText("t", "n" * 20_000)])
    assert await link.take(1) == [SlideAhead(0, "t", "n" * 10_000)]
    running.cancel()


async def test_a_last_word_is_the_last(link: SlowLink, member: Member) -> None:
    member.begin(1, [SlideText()], DECK, standing(1))
    running = asyncio.ensure_future(member.run())
    await link.take(1)
    member.leave(Ended())
    assert Ended() in await link.take(2)
    await asyncio.wait_for(running, 5)


def test_the_largest_deck_is_cut_as_it_goes() -> None:
    assert MAX_SOURCE // 40_000 > 1000  # so it is never held in parts
