"""One viewer, as the presenter's page has them, and what they are still to be told."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Iterator, Sequence

from peerscript.errors import MessageError
from peerscript.link.link import Link
from peerscript.protocol.slides.ink import NOWHERE
from peerscript.protocol.slides.messages import (
    MAX_NOTES,
    MAX_TITLE,
    DeckPart,
    Given,
    Point,
    Role,
    SlideAhead,
    Stroke,
    Wipe,
    Word,
)
from peerscript.protocol.slides.source import DeckSource, ahead, parts
from peerscript.protocol.text.display import display_line, display_text
from peerscript.slides.channels import Said, SlideChannels
from peerscript.slides.deck import SlideText

logger = logging.getLogger("peerscript")

# No two decks of this page have the same, whoever they are for: parts of one that is void may
# still be on their way when the next begins.
_deck_ids = itertools.count(1)


class Participant:
    """Somebody who takes part.

    What is new waits in a place of its own until the Link has room: of states, timings and points
    the newest alone, so that a slow page, or one whose path is broken, skips what is past. The deck
    has a data channel of its own, and holds up nothing.

    Attributes:
        link: the way to them.
        role: what they may do.
        hand: whether they have raised it.
    """

    def __init__(self, link: Link, role: Role) -> None:
        self.link = link
        self.role = role
        self.hand = False
        self._channels = SlideChannels(link)
        self._news: dict[object, Word | Point] = {}
        self._described: dict[int, SlideAhead] = {}
        self._texts: dict[int, SlideAhead] = {}  # those of them that are still to be said
        self._parts: Iterator[DeckPart] = iter(())
        self._awake = asyncio.Event()
        self._deck_awake = asyncio.Event()
        self._leaving = False

    def tell(self, *words: Word | Point) -> None:
        """Say words soon; each takes the place of an earlier one of its kind."""
        for word in words:
            if isinstance(word, Wipe):
                self._forget_strokes()
            place = (Stroke, word.id) if isinstance(word, Stroke) else type(word)
            self._news.pop(place, None)
            self._news[place] = word
        self._awake.set()

    def begin(
        self, slides: Sequence[SlideText], source: DeckSource | None, *words: Word | Point
    ) -> None:
        """Begin anew, with a deck; what was to be said before is void.

        Args:
            words: what is told of it at once.
        """
        self._news.clear()
        self._described.clear()
        self._texts.clear()
        deck_id = next(_deck_ids)
        self._parts = parts(source, deck_id) if source else iter(())
        self._deck_awake.set()
        self.tell(Given(self.role.value), ahead(source, deck_id), *words)
        self.describe(slides)

    def describe(self, slides: Sequence[SlideText]) -> None:
        """Tell what is new of the slides, before what is left of the deck."""
        for number, slide in enumerate(slides):
            notes = display_text(slide.notes, MAX_NOTES) if self.role is Role.REMOTE else ""
            word = SlideAhead(number, display_line(slide.title, MAX_TITLE), notes)
            if self._described.get(number) != word:
                self._described[number] = self._texts[number] = word
        self._awake.set()

    def wake(self) -> None:
        """The Link has changed: there may be something to say now."""
        self._awake.set()
        self._deck_awake.set()

    def leave(self, word: Word) -> None:
        """Say a last word; `run` ends with it. No laser is left behind on their screen."""
        self._news.clear()
        self._texts.clear()
        self._parts = iter(())
        self._leaving = True
        self.tell(NOWHERE, word)

    async def run(self) -> None:
        """Say everything, for as long as they take part.

        Raises:
            LinkClosed: the Link is lost, or over.
            NoSuchChannel: their page does not look at slides; see `wait_opened`.
        """
        try:
            async with asyncio.TaskGroup() as tasks:
                deck = tasks.create_task(self._send_deck())
                await self._send_news()
                deck.cancel()
        except ExceptionGroup as group:
            raise group.exceptions[0] from None  # one is enough: all of it ends

    async def wait_opened(self) -> None:
        """Wait until their page may look at slides after all."""
        self._channels.on_opened(self.wake)
        try:
            while self._channels.missing and not self._leaving:
                self._awake.clear()
                await self._awake.wait()
        finally:
            self._channels.off_opened(self.wake)

    async def _send_news(self) -> None:
        while True:
            word = self._next()
            if word is not None:
                await self._say(word)
                await asyncio.sleep(0)  # all the slides at once would stop the page
            elif self._leaving:
                return
            else:
                self._awake.clear()
                await self._awake.wait()

    async def _send_deck(self) -> None:
        while True:
            part = next(self._parts, None) if self.link.connected else None
            if part is not None:
                await self._say(part)  # waits while much of it is unread there
                await asyncio.sleep(0)
            else:
                self._deck_awake.clear()
                await self._deck_awake.wait()

    async def _say(self, word: Said) -> None:
        try:
            await self._channels.send(word)
        except MessageError as error:
            logger.warning("%s is not told: %s", self.link.peer_id, error)

    def _next(self) -> Word | Point | None:
        if not (self._leaving or self.link.connected):
            return None  # what is new by then is what they will be told
        if self._news:
            return self._news.pop(next(iter(self._news)))
        if self._texts:
            return self._texts.pop(next(iter(self._texts)))
        return None

    def _forget_strokes(self) -> None:
        for place in [each for each, word in self._news.items() if isinstance(word, Stroke)]:
            del self._news[place]
