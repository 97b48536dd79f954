"""The viewer's side: a remote or a follower."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import ClassVar, Literal

from peerscript.aio.events import Emitter, PlainOn
from peerscript.aio.tasks import GRACE
from peerscript.errors import LinkClosed
from peerscript.link.link import Link
from peerscript.protocol.slides.ink import Ink
from peerscript.protocol.slides.messages import (
    MAX_NOTES,
    MAX_TITLE,
    Black,
    Clock,
    DeckHeader,
    DeckPart,
    Ended,
    Follow,
    Goto,
    Hand,
    Offer,
    Point,
    Position,
    Role,
    RoleGranted,
    SlideInfo,
    SlideMessage,
    Stroke,
    Timing,
    Turn,
    Wipe,
)
from peerscript.protocol.slides.source import Assembly, DeckSource
from peerscript.protocol.slides.timer import Timer, check_action
from peerscript.protocol.text.display import display_line, display_text
from peerscript.slides.channels import AnySlideMessage, SlideChannels
from peerscript.slides.deck import Deck, SlideText

ViewerEvent = Literal["change", "deck", "end"]


class Viewer(Emitter[PlainOn[ViewerEvent], ViewerEvent]):
    """Receives a presentation, and controls it if this page is a remote.

    Events: "change" (anything below), "deck" (a deck is complete: see `source`), "end" (the
    presentation is over, at least for this page).

    Attributes:
        link: the Link to the presenter.
        role: what this page may do; invited: see `follow`.
        state: the position of the presenter's deck; None until it is received.
        slides: the titles of the slides, and for a remote their notes.
        timer: the presentation's.
        ink: what is drawn over the slide.
        hand: whether this page's hand is raised.
        source: the deck, once it is complete; None before, or if there is no deck to show.
        in_step: whether `deck` follows the presenter's.

    Args:
        clock: seconds of any steady clock.

    Raises:
        LinkClosed: the Link is over.
    """

    _EVENTS: ClassVar[Mapping[str, tuple[str, ...]]] = {"change": (), "deck": (), "end": ()}

    def __init__(self, link: Link, *, clock: Callable[[], float] = time.monotonic) -> None:
        if not isinstance(link, Link):
            raise TypeError(f"a Viewer takes a Link (`await links.connect(…)`), not {link!r}")
        super().__init__()
        self._runs = False
        self.link = link
        self._channels = SlideChannels(link)
        self._clock = clock
        self.ink = Ink()
        self._reset()
        link.on("restart", self._restart)

    def _reset(self) -> None:
        self.role = Role.NOBODY
        self.state: Position | None = None
        self.timer = Timer(self._clock)
        self.hand = False
        self._reset_deck()

    def _reset_deck(self) -> None:
        self.slides: list[SlideText] = []
        self.ink.wipe()  # the laser stays: points may overtake the deck's header
        self.source: DeckSource | None = None
        self.in_step = True
        self._assembly: Assembly | None = None
        self._deck: Deck | None = None

    async def close(self) -> None:
        """Stop listening to the Link. `async` handlers that still run have a second to end; then
        they are cancelled, and awaited.
        """
        self.link.off("restart", self._restart)
        await self._running.close(GRACE)

    @property
    def progress(self) -> tuple[int, int]:
        """Bytes of the deck received, and in total; (0, 0) if no deck is expected."""
        if self._assembly is None:
            return 0, 0
        return self._assembly.arrived, self._assembly.header.size

    @property
    def deck(self) -> Deck | None:
        """This page's own copy of the deck, which follows the presenter's."""
        return self._deck

    @deck.setter
    def deck(self, deck: Deck | None) -> None:
        self._deck = deck
        self._synchronize()
        self._emit("change")

    # Messages of the presenter

    async def run(self) -> None:
        """Handle the presenter's messages until the Link ends, and close; nothing else may read the
        slide channels of the Link meanwhile.

        Raises:
            RuntimeError: it runs already.
        """
        if self._runs:
            raise RuntimeError("this viewer runs already")
        self._runs = True
        try:
            await self._channels.read(self.handle)
        finally:
            self._runs = False
            await self.close()

    def handle(self, message: AnySlideMessage) -> None:
        """Handle a message from the presenter.

        Raises:
            Malformed: it is invalid.
        """
        if isinstance(message, Ended):
            self._end()
        elif isinstance(message, RoleGranted):
            self._set_role(Role(message.role))
        elif isinstance(message, Offer):
            self._reset()
            self._set_role(Role.INVITED)
        else:
            self._apply(message)
            self._emit("change")

    def _apply(self, message: AnySlideMessage) -> None:
        if isinstance(message, Position):
            self.state = message
            self._synchronize()
        elif isinstance(message, Timing):
            self.timer._adopt(message)
        elif isinstance(message, Hand):
            self.hand = message.up
        elif isinstance(message, SlideInfo):
            self.slides += [SlideText()] * (message.number + 1 - len(self.slides))
            self.slides[message.number] = SlideText(
                display_line(message.title, MAX_TITLE), display_text(message.notes, MAX_NOTES)
            )
        elif isinstance(message, DeckHeader | DeckPart):
            self._assemble(message)
        elif isinstance(message, Point):
            self.ink.move(message)
        elif isinstance(message, Stroke):
            self.ink.draw(message)
        elif isinstance(message, Wipe):
            self.ink.wipe()

    def _set_role(self, role: Role) -> None:
        self.role = role
        if role is Role.NOBODY:
            self._end()
        else:
            self._emit("change")

    def _end(self) -> None:
        self._reset()
        self._emit("end")

    def _restart(self) -> None:
        """The presenter's page was reloaded, and sends everything again."""
        self.ink = Ink()
        self._reset()
        self._emit("change")

    def _assemble(self, message: DeckHeader | DeckPart) -> None:
        if isinstance(message, DeckHeader):
            self._reset_deck()
            self._assembly = Assembly(message)
        elif self._assembly is None:
            return  # of a deck that was dropped
        else:
            self._assembly.add(message)
        if self.source is None:
            self.source = self._assembly.whole()
            if self.source is not None:
                self._emit("deck")

    # This page's own copy of the deck

    def look(self, slide: int) -> None:
        """Show another slide than the presenter's here; see `catch_up`."""
        if self._deck is not None:
            self.in_step = False
            self._deck.goto(slide)
            self._emit("change")

    def catch_up(self) -> None:
        """Go to the presenter's position, and follow it again."""
        self.in_step = True
        self._synchronize()
        self._emit("change")

    def _synchronize(self) -> None:
        if self._deck is not None and self.state is not None and self.in_step:
            self._deck.goto(self.state.slide, self.state.step)

    # Commands to the presenter. They are not queued while the path is broken: whoever presses Next
    # then does not want the slides to turn by themselves when it is restored.

    async def turn(self, to: str) -> None:
        """Go one step: "next" or "previous".

        Raises:
            ValueError: neither of them.
            LinkClosed: the presenter is not connected, or this page is no remote. The same holds
                for the methods below.
        """
        if to not in ("next", "previous"):
            raise ValueError(f'turn("next") or turn("previous"), not {to!r}')
        await self._send_command(Turn(self.state.revision if self.state else 0, to))

    async def goto(self, slide: int, step: int = 0) -> None:
        """Go to a slide, counted from 0."""
        await self._send_command(Goto(slide, step))

    async def blacken(self, on: bool) -> None:
        """Make the screen black, or show the slide again."""
        await self._send_command(Black(on))

    async def clock(self, action: str, target: float = 0.0) -> None:
        """Control the timer: "start", "pause", "reset", or "target" in seconds.

        Raises:
            ValueError: another action.
        """
        check_action(action)
        await self._send_command(Clock(round(target * 1000), action))

    async def point(self, x: int, y: int, shown: bool = True) -> None:
        """Point at the slide, in 1/10000 of the stage's width and height."""
        point = Point(x, y, shown)
        await self._send_command(point)
        self.ink.move(point)
        self._emit("change")

    async def stroke(self, id: int, points: str) -> None:
        """Draw a line, or replace the one with this ID: "x,y x,y", in the units of `point`."""
        stroke = Stroke(id, points)
        await self._send_command(stroke)
        self.ink.draw(stroke)
        self._emit("change")

    async def wipe(self) -> None:
        """Remove all strokes."""
        await self._send_command(Wipe())
        self.ink.wipe()
        self._emit("change")

    async def follow(self) -> None:
        """Ask to follow the slides that were offered.

        Raises:
            LinkClosed: the presenter is not connected.
        """
        self._require_connected()
        await self._channels.send(Follow())

    async def raise_hand(self, up: bool = True) -> None:
        """Raise or lower a hand; followers may do so too.

        Raises:
            LinkClosed: the presenter is not connected.
        """
        self._require_connected()
        await self._channels.send(Hand(up))
        self.hand = up
        self._emit("change")

    async def _send_command(self, message: SlideMessage | Point) -> None:
        self._require_connected()
        if self.role is not Role.REMOTE:
            raise LinkClosed(f"{self.link.peer_id} has given this page no remote")
        await self._channels.send(message)

    def _require_connected(self) -> None:
        if not self.link.connected:
            raise LinkClosed(f"{self.link.peer_id} is not reached now")
