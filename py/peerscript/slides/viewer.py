"""The other side of a Presenter: a remote, or somebody who follows."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import ClassVar

from peerscript.aio.events import GRACE, Emitter
from peerscript.errors import LinkClosed
from peerscript.link.link import Link
from peerscript.protocol.slides.ink import Ink
from peerscript.protocol.slides.messages import (
    MAX_NOTES,
    MAX_TITLE,
    Black,
    Clock,
    DeckAhead,
    DeckPart,
    Ended,
    Given,
    Goto,
    Hand,
    Point,
    Position,
    Role,
    SlideAhead,
    Stroke,
    Timing,
    Turn,
    Wipe,
    Word,
)
from peerscript.protocol.slides.source import Assembly, DeckSource
from peerscript.protocol.slides.timer import Timer
from peerscript.protocol.text.display import display_line, display_text
from peerscript.slides.channels import Said, SlideChannels
from peerscript.slides.deck import Deck, SlideText


class Viewer(Emitter):
    """What a presenter tells this page, and what this page may do about it.

    Events: "change" (anything below), "deck" (the whole of a deck has come: see `source`), "end"
    (nothing is presented any more, or nothing for this page).

    Attributes:
        link: the way to the presenter.
        role: what this page may do.
        state: where the presenter's deck stands; None before that is told.
        slides: what is known of the slides; their notes only for a remote.
        timer: the talk's.
        ink: what is drawn over the slide.
        hand: whether this page's hand is raised.
        source: the deck, once it is here; None while it is on its way, or there is nothing to show.
        in_step: whether `deck` moves with the presenter's.

    Args:
        clock: seconds of any steady clock.

    Raises:
        LinkClosed: the Link is over.
    """

    EVENTS: ClassVar[tuple[str, ...]] = ("change", "deck", "end")

    def __init__(self, link: Link, *, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self.link = link
        self._channels = SlideChannels(link)
        self._clock = clock
        self.ink = Ink()
        self._forget()
        link.on("restart", self._restart)

    def _forget(self) -> None:
        self.role = Role.NOBODY
        self.state: Position | None = None
        self.timer = Timer(self._clock)
        self.hand = False
        self._forget_deck()

    def _forget_deck(self) -> None:
        self.slides: list[SlideText] = []
        self.ink.wipe()  # of where the laser points, points tell alone: they may overtake words
        self.source: DeckSource | None = None
        self.in_step = True
        self._assembly: Assembly | None = None
        self._deck: Deck | None = None

    async def close(self) -> None:
        """Hear no more of the Link. `async` handlers that still run have a second to end; then they
        are cancelled, and awaited.
        """
        self.link.off("restart", self._restart)
        await self._running.close(GRACE)

    @property
    def progress(self) -> tuple[int, int]:
        """Bytes of the deck that are here, and all of them; (0, 0) if none comes."""
        if self._assembly is None:
            return 0, 0
        return self._assembly.arrived, self._assembly.word.size

    @property
    def deck(self) -> Deck | None:
        """This page's own copy of the deck, for it to be moved along with the presenter's."""
        return self._deck

    @deck.setter
    def deck(self, deck: Deck | None) -> None:
        self._deck = deck
        self._move_along()
        self._emit("change")

    # What the presenter says

    async def run(self) -> None:
        """Hear the presenter while the Link lasts, where this page does nothing else with it."""
        try:
            await self._channels.read(self.hear)
        finally:
            await self.close()

    def hear(self, word: Said) -> None:
        """Take what the presenter says.

        Raises:
            Malformed: it says what cannot be.
        """
        if isinstance(word, Ended):
            self._end()
        elif isinstance(word, Given):
            self._hold(Role(word.role))
        else:
            self._learn(word)
            self._emit("change")

    def _learn(self, word: Said) -> None:
        if isinstance(word, Position):
            self.state = word
            self._move_along()
        elif isinstance(word, Timing):
            self.timer.adopt(word)
        elif isinstance(word, Hand):
            self.hand = word.up
        elif isinstance(word, SlideAhead):
            self.slides += [SlideText()] * (word.number + 1 - len(self.slides))
            self.slides[word.number] = SlideText(
                display_line(word.title, MAX_TITLE), display_text(word.notes, MAX_NOTES)
            )
        elif isinstance(word, DeckAhead | DeckPart):
            self._assemble(word)
        elif isinstance(word, Point):
            self.ink.move(word)
        elif isinstance(word, Stroke):
            self.ink.draw(word)
        elif isinstance(word, Wipe):
            self.ink.wipe()

    def _hold(self, role: Role) -> None:
        self.role = role
        if role is Role.NOBODY:
            self._end()
        else:
            self._emit("change")

    def _end(self) -> None:
        self._forget()
        self._emit("end")

    def _restart(self) -> None:
        """The presenter's page was loaded anew, and tells everything anew."""
        self.ink = Ink()
        self._forget()
        self._emit("change")

    def _assemble(self, word: DeckAhead | DeckPart) -> None:
        if isinstance(word, DeckAhead):
            self._forget_deck()
            self._assembly = Assembly(word)
        elif self._assembly is None:
            return  # its deck has ended
        else:
            self._assembly.add(word)
        if self.source is None:
            self.source = self._assembly.whole()
            if self.source is not None:
                self._emit("deck")

    # What this page does with its own copy

    def look(self, slide: int) -> None:
        """Look at another slide than the presenter's; see `catch_up`."""
        if self._deck is not None:
            self.in_step = False
            self._deck.goto(slide)
            self._emit("change")

    def catch_up(self) -> None:
        """Come back to where the presenter is."""
        self.in_step = True
        self._move_along()
        self._emit("change")

    def _move_along(self) -> None:
        if self._deck is not None and self.state is not None and self.in_step:
            self._deck.goto(self.state.slide, self.state.step)

    # What this page asks of the presenter. None of it is kept for later: who presses Next while the
    # path is broken does not want the slides to turn by themselves when it is mended.

    async def turn(self, to: str) -> None:
        """One step: "next" or "previous".

        Raises:
            LinkClosed: the presenter is not reached now, or has given this page no remote. So do
                all that follow.
        """
        await self._ask(Turn(self.state.revision if self.state else 0, to))

    async def goto(self, slide: int, step: int = 0) -> None:
        """To a slide, counted from 0."""
        await self._ask(Goto(slide, step))

    async def blacken(self, on: bool) -> None:
        """Make the screen black, or show the slide again."""
        await self._ask(Black(on))

    async def clock(self, action: str, target: float = 0.0) -> None:
        """Have the timer "start", "pause", "reset", or take a "target" in seconds."""
        await self._ask(Clock(round(target * 1000), action))

    async def point(self, x: int, y: int, shown: bool = True) -> None:
        """Point at the slide, in 1/10000 of the stage's width and height."""
        point = Point(x, y, shown)
        await self._ask(point)
        self.ink.move(point)
        self._emit("change")

    async def stroke(self, id: int, points: str) -> None:
        """Draw a line, or have it grow: "x,y x,y", in the units of `point`."""
        stroke = Stroke(id, points)
        await self._ask(stroke)
        self.ink.draw(stroke)
        self._emit("change")

    async def wipe(self) -> None:
        """Wipe what was drawn."""
        await self._ask(Wipe())
        self.ink.wipe()
        self._emit("change")

    async def raise_hand(self, up: bool = True) -> None:
        """Raise or lower a hand; one need not hold a remote.

        Raises:
            LinkClosed: the presenter is not reached now.
        """
        self._require_connected()
        await self._channels.send(Hand(up))
        self.hand = up
        self._emit("change")

    async def _ask(self, word: Word | Point) -> None:
        self._require_connected()
        if self.role is not Role.REMOTE:
            raise LinkClosed(f"{self.link.peer_id} has given this page no remote")
        await self._channels.send(word)

    def _require_connected(self) -> None:
        if not self.link.connected:
            raise LinkClosed(f"{self.link.peer_id} is not reached now")
