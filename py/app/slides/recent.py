"""The decks that this browser has shown lately: a few, to be presented again or removed."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.language import _
from peerscript.slides import DeckSource

MAX_DECKS = 8
MAX_BYTES = 100 * 1024 * 1024  # of all of them


@dataclass(frozen=True)
class RecentDeck:
    """What is known of a deck without reading it.

    Attributes:
        name: its file's name, or the last part of its address.
        size: in bytes.
        shown: when it was presented last, in seconds since 1970.
    """

    key: str
    name: str
    size: int
    shown: float

    def date(self, now: float) -> str:
        """When it was presented last, for people."""
        shown, today = datetime.fromtimestamp(self.shown), datetime.fromtimestamp(now).date()
        days = (today - shown.date()).days
        if days == 0:
            return _("today, {time}", time=f"{shown:%H:%M}")
        return _("yesterday") if days == 1 else f"{shown:%Y-%m-%d}"


class RecentStore(Protocol):
    """Where they are: `ui.bridge.deckstore.DeckStore`."""

    async def all(self) -> list[RecentDeck]:
        """What is known of each."""

    async def save(self, key: str, source: DeckSource, shown: float = 0.0) -> None:
        """Save a deck."""

    async def load(self, key: str) -> DeckSource | None:
        """The deck that was saved; None if there is none."""

    async def forget(self, key: str) -> None:
        """Delete the deck."""


class RecentDecks:
    """Adds decks to a store, and removes those that are too old or too many.

    Args:
        clock: seconds since 1970.
    """

    def __init__(self, store: RecentStore, clock: Callable[[], float] = time.time) -> None:
        self._store = store
        self._clock = clock

    async def add(self, source: DeckSource) -> None:
        """A deck is presented. It takes the place of the one before of the same name."""
        await self._store.save(_key(source), source, self._clock())
        size = 0
        for number, deck in enumerate(await self.all()):
            size += deck.size
            if number >= MAX_DECKS or size > MAX_BYTES:
                await self._store.forget(deck.key)

    async def all(self) -> list[RecentDeck]:
        """The newest first."""
        return sorted(await self._store.all(), key=lambda deck: -deck.shown)

    async def load(self, key: str) -> DeckSource | None:
        """A deck; None if the browser has removed it."""
        return await self._store.load(key)

    async def remove(self, key: str) -> None:
        """Forget a deck."""
        await self._store.forget(key)


def _key(source: DeckSource) -> str:
    """The same for two versions of a file, and for the same address."""
    called = source.data if source.format == "url" else source.name.encode()
    return hashlib.sha256(source.format.encode() + b"/" + called).hexdigest()
