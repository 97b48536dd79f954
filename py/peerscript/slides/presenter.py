"""The presenter's side: one deck, its remotes, and those who follow."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from types import TracebackType
from typing import Any, ClassVar

from peerscript.aio.events import Emitter
from peerscript.aio.lifecycle import ExceptionType
from peerscript.errors import NoSuchChannel, PeerScriptError
from peerscript.link.link import Link
from peerscript.protocol.link.state import LinkState
from peerscript.protocol.slides.ink import NOWHERE, Ink
from peerscript.protocol.slides.messages import (
    MAX_SLIDES,
    Black,
    Clock,
    Ended,
    Given,
    Goto,
    Hand,
    Point,
    Position,
    Role,
    Stroke,
    Turn,
    Wipe,
    Word,
)
from peerscript.protocol.slides.source import DeckSource
from peerscript.protocol.slides.timer import Timer
from peerscript.protocol.slides.turning import Turning
from peerscript.slides.channels import Said, SlideChannels
from peerscript.slides.deck import Deck, SlideText
from peerscript.slides.participant import Participant

logger = logging.getLogger("peerscript")

FAREWELL = 1.0  # seconds that saying goodbye, and handlers, may take


class Presenter(Emitter):
    """Shows a deck to others, and lets some of them turn it; an async context manager.

    Event: "change", when anything is to be shown anew: the deck, timer, ink, participants, hands.

    Attributes:
        timer: the talk's, shared by all remotes.
        ink: what is drawn over the slide.
        black: whether the screen is black; it is for the page to make it so.

    Args:
        deck: what is turned.
        source: what viewers make the same deck from; None if they see no slides.
        clock: seconds of any steady clock.
    """

    EVENTS: ClassVar[tuple[str, ...]] = ("change",)

    def __init__(
        self,
        deck: Deck,
        *,
        source: DeckSource | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self._clock = clock
        self.timer = Timer(clock)
        self.ink = Ink()
        self.black = False
        self._pointing: Link | None = None
        self._total = 0  # slides, as all were told last
        self._participants: dict[Link, Participant] = {}
        self._tasks: dict[asyncio.Task[None], Link] = {}  # and whom each tells something
        self._present(deck, source)

    async def __aenter__(self) -> Presenter:
        return self

    async def __aexit__(
        self,
        kind: ExceptionType | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for link in tuple(self._participants):
            self._let_go(link, Ended())
        await self._running.close(FAREWELL)

    # How it stands

    @property
    def state(self) -> Position:
        """Where the deck stands, as all are told."""
        state = self._deck.state
        slide, step = self._turning.position
        return Position(self._turning.revision, slide, step, state.total, self.black)

    @property
    def participants(self) -> tuple[Participant, ...]:
        """Whoever takes part."""
        return tuple(self._participants.values())

    # Who takes part

    def admit(self, link: Link, role: Role) -> None:
        """Have somebody take part; for a Link that is here already, see `assign`. When the Link is
        over, or the presenter, nobody does.
        """
        if link in self._participants:
            self.assign(link, role)
            return
        if self._running.closed or link.state is LinkState.CLOSED:
            return
        participant = self._participants[link] = Participant(link, role)
        self._begin(participant)
        self._start(link, self._serve(participant))
        self._emit("change")

    def assign(self, link: Link, role: Role) -> None:
        """Give somebody another role; NOBODY takes all from them."""
        participant = self._participants.get(link)
        if role is Role.NOBODY:
            self._let_go(link, Given(role.value))
            self._emit("change")
        elif participant is None:
            self.admit(link, role)
        elif participant.role is not role:
            participant.role = role
            self._rest_laser(link)
            participant.tell(Given(role.value))
            participant.describe(self._slides)  # with notes, or without
            self._emit("change")

    def dismiss(self, link: Link) -> None:
        """Forget somebody, whose Link is over."""
        if link in self._participants:
            self._let_go(link, Ended())
            self._emit("change")

    def lower_hand(self, link: Link) -> None:
        """Somebody has had their turn to speak."""
        if link in self._participants:
            self._participants[link].hand = False
            self._participants[link].tell(Hand(False))
            self._emit("change")

    async def serve(self, link: Link, role: Role) -> None:
        """Have somebody take part while the Link lasts; nobody else may read its slides."""
        self.admit(link, role)
        if link.state is LinkState.CLOSED:
            return
        try:
            await SlideChannels(link).read(partial(self.hear, link))
        finally:
            self.dismiss(link)

    # What is presented

    def show(self, deck: Deck, source: DeckSource | None) -> None:
        """Have another deck take the place of this one."""
        self._present(deck, source)
        self._pointing, self.ink = None, Ink()
        for participant in self.participants:
            self._begin(participant)
        self._emit("change")

    def update(self) -> None:
        """The deck was turned, or knows more of its slides: tell everybody."""
        self._tell_slides()
        state = self._deck.state
        turned = self._turning.reach((state.slide, state.step))
        if turned and self.ink.strokes:
            self._wipe()
        if turned or state.total != self._total:
            self._total = state.total
            self._tell(self.state)
            self._emit("change")

    def next(self) -> None:
        """One step on."""
        self._turn("next", None, None)

    def previous(self) -> None:
        """One step back."""
        self._turn("previous", None, None)

    def goto(self, slide: int, step: int = 0) -> None:
        """To a slide, counted from 0."""
        self._goto(slide, step, None)

    def blacken(self, on: bool) -> None:
        """Make the screen black, or show the slide again."""
        if on is not self.black:
            self.black = on
            self._tell(self.state)
            self._emit("change")

    def clock(self, action: str, target: float = 0.0) -> None:
        """Have the timer "start", "pause", "reset", or take a "target" in seconds."""
        self.timer.act(action, target)
        self._tell(self.timer.timing())
        self._emit("change")

    # What viewers say

    def hear(self, link: Link, word: Said) -> None:
        """Take what a viewer says."""
        participant = self._participants.get(link)
        if participant is None:
            logger.info("%s takes no part, and says %s", link.peer_id, type(word).__name__)
            if isinstance(word, Turn | Goto | Black | Clock | Hand):
                self._refuse(link)
        elif isinstance(word, Hand):
            participant.hand = word.up
            self._emit("change")
        elif participant.role is Role.REMOTE:
            self._obey(link, word)
        else:
            logger.info("%s has no remote, and says %s", link.peer_id, type(word).__name__)
            participant.tell(Given(participant.role.value))

    def _obey(self, link: Link, word: Said) -> None:
        if isinstance(word, Turn):
            self._turn(word.to, link, word.seen)
        elif isinstance(word, Goto):
            self._goto(word.slide, word.step, link)
        elif isinstance(word, Black):
            self.blacken(word.on)
        elif isinstance(word, Clock):
            self.clock(word.action, word.target / 1000)
        elif isinstance(word, Point | Stroke | Wipe):
            self._draw(word, link)
        else:
            logger.info("%s says %s, as if it presented", link.peer_id, type(word).__name__)

    def _turn(self, to: str, who: Link | None, seen: int | None) -> None:
        origin = self._turning.press(who, seen)
        if origin is not None:  # even if the deck seems to stand there: it may not have turned yet
            self._deck.goto(*origin)
        if to == "next":
            self._deck.next()
        else:
            self._deck.previous()
        self.update()

    def _goto(self, slide: int, step: int, who: Link | None) -> None:
        if slide < self._deck.state.total:
            self._turning.press(who)
            self._deck.goto(slide, step)
            self.update()

    def _draw(self, word: Point | Stroke | Wipe, who: Link) -> None:
        if isinstance(word, Point):
            self._pointing = who if word.shown else None
            self.ink.move(word)
        elif isinstance(word, Stroke):
            self.ink.draw(word)
        else:
            self.ink.wipe()
        self._tell(word, besides=who)
        self._emit("change")

    def _wipe(self) -> None:
        self.ink.wipe()
        self._tell(Wipe())

    def _rest_laser(self, link: Link) -> None:
        """Nobody is left to take their finger off the screen."""
        if link is self._pointing and (point := self.ink.point) is not None:
            self._pointing = self.ink.point = None
            self._tell(Point(point.x, point.y, False))
            self._emit("change")

    # Who is told what

    def _present(self, deck: Deck, source: DeckSource | None) -> None:
        self._deck, self._source = deck, source
        self._turning = Turning((deck.state.slide, deck.state.step), self._clock)
        self._total = deck.state.total
        self._slides = self._known()

    def _known(self) -> tuple[SlideText, ...]:
        slides: Sequence[SlideText] = getattr(self._deck, "slides", ())
        return tuple(slides)[:MAX_SLIDES]

    def _tell_slides(self) -> None:
        if (slides := self._known()) != self._slides:
            self._slides = slides
            for participant in self.participants:
                participant.describe(slides)

    def _begin(self, participant: Participant) -> None:
        participant.begin(
            self._slides,
            self._source,
            self.state,
            self.timer.timing(),
            *self.ink.strokes,
            self.ink.point or NOWHERE,
            Hand(participant.hand),
        )

    def _tell(self, word: Word | Point, besides: Link | None = None) -> None:
        for participant in self.participants:
            if participant.link is not besides:
                participant.tell(word)

    async def _serve(self, participant: Participant) -> None:
        """Tell somebody everything until they leave; anew when their page was loaded anew, or comes
        back after it was lost.
        """

        def begin_anew() -> None:
            if self._participants.get(participant.link) is participant:
                self._begin(participant)

        def on_change() -> None:
            if not participant.link.connected:
                self._rest_laser(participant.link)
            if participant.link.state is LinkState.CLOSED:
                self.dismiss(participant.link)
            participant.wake()

        participant.link.on("restart", begin_anew)
        participant.link.on("change", on_change)
        try:
            while True:
                try:
                    await participant.run()
                    return
                except NoSuchChannel as error:
                    logger.info("%s is told nothing yet: %s", participant.link.peer_id, error)
                    await participant.wait_opened()
                except PeerScriptError as error:
                    logger.info("%s is told no more: %s", participant.link.peer_id, error)
                    if not await self._found_again(participant.link):
                        return
                begin_anew()
        finally:
            participant.link.off("restart", begin_anew)
            participant.link.off("change", on_change)

    async def _found_again(self, link: Link) -> bool:
        async for state in link.states():
            if state is LinkState.CLOSED:
                break
            if state is not LinkState.LOST:
                return True
        self.dismiss(link)
        return False

    def _let_go(self, link: Link, last: Word) -> None:
        participant = self._participants.pop(link, None)
        if participant is not None:
            self._rest_laser(link)
            participant.leave(last)

    def _refuse(self, link: Link) -> None:
        """Tell somebody who was not reached when they lost their part."""
        if link not in self._tasks.values():
            self._start(link, self._say_no(link))

    async def _say_no(self, link: Link) -> None:
        try:
            await SlideChannels(link).send(Given(Role.NOBODY.value))
        except PeerScriptError as error:
            logger.info("%s is not told: %s", link.peer_id, error)

    def _start(self, link: Link, work: Coroutine[Any, Any, None]) -> None:
        """Tell somebody something; what was still to be said to them before is void."""
        for before in [task for task, whom in self._tasks.items() if whom is link]:
            before.cancel()
        task = self._running.start(work)
        self._tasks[task] = link
        task.add_done_callback(self._tasks.pop)
