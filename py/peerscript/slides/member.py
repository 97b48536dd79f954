"""One viewer, as the presenter's page has them, and what they are still to be told."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator, Sequence

from peerscript.link import Link
from peerscript.slides.deck import SlideText
from peerscript.slides.source import DeckSource, ahead, parts
from peerscript.slides.words import (
    MAX_NOTES,
    MAX_TITLE,
    Given,
    Role,
    SlideAhead,
    Stroke,
    Wipe,
    Word,
    encode,
)


class Member:
    """Somebody who takes part.

    What is new waits in a place of its own until the Link has room: of states, timings and points
    the newest alone, so that a slow page skips what is past. The deck goes in what time is left.

    Attributes:
        link: the way to them.
        role: what they may do.
        hand: whether they have raised it.
    """

    def __init__(self, link: Link, role: Role) -> None:
        self.link = link
        self.role = role
        self.hand = False
        self._news: dict[object, Word] = {}
        self._rest: Iterator[Word] = iter(())
        self._awake = asyncio.Event()
        self._leaving = False

    def tell(self, *words: Word) -> None:
        """Say words soon; each takes the place of an earlier one of its kind."""
        for word in words:
            if isinstance(word, Wipe):
                self._forget_strokes()
            place = (Stroke, word.id) if isinstance(word, Stroke) else type(word)
            self._news.pop(place, None)
            self._news[place] = word
        self._awake.set()

    def begin(
        self, id: int, slides: Sequence[SlideText], source: DeckSource | None, *words: Word
    ) -> None:
        """Begin anew, with a deck of that number; what was to be said before is void.

        Args:
            words: what is told of it at once.
        """
        self._news.clear()
        self._rest = iter(parts(source, id) if source else ())
        self.tell(Given(self.role.value), ahead(source, id), *words)
        self.describe(slides)

    def describe(self, slides: Sequence[SlideText]) -> None:
        """Tell what is known of the slides, before what is left of the deck."""
        self._rest = itertools.chain(self._texts(slides), self._rest)
        self._awake.set()

    def leave(self, word: Word) -> None:
        """Say a last word; `run` ends with it."""
        self._news.clear()
        self._rest = iter(())
        self._leaving = True
        self.tell(word)

    async def run(self) -> None:
        """Say everything, for as long as they take part.

        Raises:
            LinkClosed: the Link is lost, or over.
        """
        while True:
            word = self._next()
            if word is not None:
                await self.link.send_live(encode(word))
            elif self._leaving:
                return
            else:
                self._awake.clear()
                await self._awake.wait()

    def _next(self) -> Word | None:
        if self._news:
            return self._news.pop(next(iter(self._news)))
        return next(self._rest, None)

    def _texts(self, slides: Sequence[SlideText]) -> Iterator[Word]:
        for number, slide in enumerate(slides):
            notes = slide.notes[:MAX_NOTES] if self.role is Role.REMOTE else ""
            yield SlideAhead(number, slide.title[:MAX_TITLE], notes)

    def _forget_strokes(self) -> None:
        for place in [each for each, word in self._news.items() if isinstance(word, Stroke)]:
            del self._news[place]
