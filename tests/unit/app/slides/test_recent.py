"""The decks that were shown lately: which are kept, and what they are called."""

from __future__ import annotations

from datetime import datetime

from app.slides.recent import MAX_BYTES, MAX_DECKS, RecentDeck, RecentDecks
from peerscript.slides import DeckSource
from tests.unit.app.screens import MemoryDeckStore


def recents() -> tuple[RecentDecks, list[float]]:
    """Decks, and the clock that they are kept by."""
    clock = [1_000.0]
    return RecentDecks(MemoryDeckStore({}), lambda: clock[0]), clock


async def test_the_newest_is_first_and_the_oldest_goes() -> None:
    recent, clock = recents()
    for number in range(MAX_DECKS + 2):
        clock[0] += 1
        await recent.add(DeckSource("markdown", f"{number}.md", b"# One"))
    names = [deck.name for deck in await recent.all()]
    assert names == [f"{number}.md" for number in range(MAX_DECKS + 1, 1, -1)]


async def test_a_file_of_the_same_name_is_a_newer_version() -> None:
    recent, clock = recents()
    for source in (
        DeckSource("markdown", "talk.md", b"old"),
        DeckSource("url", "deck.html", b"https://a.example/deck.html"),
        DeckSource("url", "deck.html", b"https://b.example/deck.html"),
        DeckSource("markdown", "talk.md", b"newer"),
    ):
        clock[0] += 1
        await recent.add(source)
    decks = await recent.all()
    assert [deck.name for deck in decks] == ["talk.md", "deck.html", "deck.html"]
    newest = await recent.load(decks[0].key)
    assert newest
    assert newest.data == b"newer"


async def test_not_more_bytes_than_a_browser_has_room_for() -> None:
    recent, clock = recents()
    for number in range(3):
        clock[0] += 1
        await recent.add(DeckSource("pdf", f"{number}.pdf", bytes(MAX_BYTES // 2)))
    assert [deck.name for deck in await recent.all()] == ["2.pdf", "1.pdf"]


async def test_one_is_removed() -> None:
    recent, _ = recents()
    await recent.add(DeckSource("markdown", "talk.md", b"# One"))
    (deck,) = await recent.all()
    await recent.remove(deck.key)
    assert await recent.all() == []
    assert await recent.load(deck.key) is None


def test_dates_for_people() -> None:
    now = datetime(2026, 3, 2, 9, 0).timestamp()
    dates = [
        RecentDeck("", "", 0, datetime(2026, 3, *at).timestamp()).date(now)
        for at in ((2, 8, 5), (1, 23, 59))
    ]
    assert dates == ["today, 08:05", "yesterday"]
    long_ago = RecentDeck("", "", 0, datetime(2025, 12, 31).timestamp())
    assert long_ago.date(now) == "2025-12-31"
