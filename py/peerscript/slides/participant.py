"""One viewer, as the presenter's page has them, and what they are still to be told."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Sequence

from peerscript.errors import MessageError
from peerscript.link.link import Link
from peerscript.protocol.slides.messages import (
    MAX_NOTES,
    MAX_PART,
    MAX_TITLE,
    DeckPart,
    Given,
    Got,
    Role,
    SlideAhead,
    Stroke,
    Wipe,
    Word,
    encode,
)
from peerscript.protocol.slides.source import DeckSource, ahead, parts
from peerscript.protocol.text.display import display_line, display_text
from peerscript.slides.deck import SlideText

logger = logging.getLogger("peerscript")

# Bytes of a deck that may be on their way to a viewer: what is new waits behind them.
UNDER_WAY = 8 * MAX_PART


class Participant:
    """Somebody who takes part.

    What is new waits in a place of its own until the Link has room: of states, timings and points
    the newest alone, so that a slow page, or one whose path is broken, skips what is past. The deck
    goes in what time is left.

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
        self._described: dict[int, SlideAhead] = {}
        self._texts: dict[int, SlideAhead] = {}  # those of them that are still to be said
        self._parts: Iterator[DeckPart] = iter(())
        self._deck_id = self._sent = self._got = 0
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
        self._described.clear()
        self._texts.clear()
        self._parts = parts(source, id) if source else iter(())
        self._deck_id, self._sent, self._got = id, 0, 0
        self.tell(Given(self.role.value), ahead(source, id), *words)
        self.describe(slides)

    def describe(self, slides: Sequence[SlideText]) -> None:
        """Tell what is new of the slides, before what is left of the deck."""
        for number, slide in enumerate(slides):
            notes = display_text(slide.notes, MAX_NOTES) if self.role is Role.REMOTE else ""
            word = SlideAhead(number, display_line(slide.title, MAX_TITLE), notes)
            if self._described.get(number) != word:
                self._described[number] = self._texts[number] = word
        self._awake.set()

    def take(self, word: Got) -> None:
        """So much of the deck has arrived."""
        if word.id == self._deck_id:
            self._got = max(self._got, min(word.size, self._sent))
            self._awake.set()

    def wake(self) -> None:
        """The Link has changed: there may be something to say now."""
        self._awake.set()

    def leave(self, word: Word) -> None:
        """Say a last word; `run` ends with it."""
        self._news.clear()
        self._texts.clear()
        self._parts = iter(())
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
                await self._say(word)
                await asyncio.sleep(0)  # a whole deck at once would stop the page
            elif self._leaving:
                return
            else:
                self._awake.clear()
                await self._awake.wait()

    async def _say(self, word: Word) -> None:
        try:
            await self.link.send_live(encode(word))
        except MessageError as error:
            logger.warning("%s is not told: %s", self.link.peer_id, error)

    def _next(self) -> Word | None:
        if not (self._leaving or self.link.connected):
            return None  # what is new by then is what they will be told
        if self._news:
            return self._news.pop(next(iter(self._news)))
        if self._texts:
            return self._texts.pop(next(iter(self._texts)))
        if self._sent - self._got >= UNDER_WAY:
            return None
        part = next(self._parts, None)
        if part is not None:
            self._sent += MAX_PART
        return part

    def _forget_strokes(self) -> None:
        for place in [each for each, word in self._news.items() if isinstance(word, Stroke)]:
            del self._news[place]
