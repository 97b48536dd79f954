"""The presenter's side: one deck, with its remotes and followers."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from types import TracebackType
from typing import Any, ClassVar, Literal

from peerscript.aio.events import Emitter, PlainOn
from peerscript.aio.lifecycle import ExceptionType
from peerscript.errors import NoSuchChannel, PeerScriptError
from peerscript.link.link import Link
from peerscript.protocol.link.state import LinkState
from peerscript.protocol.slides.ink import LASER_OFF, Ink
from peerscript.protocol.slides.messages import (
    Black,
    Clock,
    Ended,
    Follow,
    Goto,
    Hand,
    Point,
    Position,
    Role,
    RoleGranted,
    SlideMessage,
    Stroke,
    Turn,
    Wipe,
)
from peerscript.protocol.slides.source import DeckSource
from peerscript.protocol.slides.timer import ACTIONS, Timer, check_action
from peerscript.protocol.slides.turning import Turning
from peerscript.slides.channels import AnySlideMessage, SlideChannels
from peerscript.slides.deck import Deck, require_deck, texts_of
from peerscript.slides.participant import (
    Participant,
    found_again,
    require_role,
    send_refusal,
)

logger = logging.getLogger("peerscript")

CLOSE_TIMEOUT = 1.0  # seconds that the last messages, and handlers, may take


class Presenter(Emitter[PlainOn[Literal["change"]], Literal["change"]]):
    """Presents a deck to others, and lets some of them turn it; an async context manager.

    Event: "change" (of the position, timer, ink, participants or hands).

    Attributes:
        timer: shared by all remotes.
        ink: what is drawn over the slide.
        black: whether the screen should be black; the page has to make it so.

    Args:
        deck: what is presented.
        source: what viewers render the same deck from; None if they see no slides.
        clock: seconds of any steady clock.
    """

    _EVENTS: ClassVar[Mapping[str, tuple[str, ...]]] = {"change": ()}

    def __init__(
        self,
        deck: Deck,
        *,
        source: DeckSource | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        require_deck(deck)
        super().__init__()
        self._clock = clock
        self.timer = Timer(clock)
        self.ink = Ink()
        self.black = False
        self._pointing: Link | None = None
        self._total = 0  # the number of slides that was sent last
        self._participants: dict[Link, Participant] = {}
        self._served: set[Link] = set()
        self._tasks: dict[asyncio.Task[None], Link] = {}  # by the Link that each sends to
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
            self._remove(link, Ended())
        await self._running.close(CLOSE_TIMEOUT)

    # State

    @property
    def state(self) -> Position:
        """The position of the deck, as it is sent to all."""
        state = self._deck.state
        slide, step = self._turning.position
        return Position(self._turning.revision, slide, step, state.total, self.black)

    @property
    def participants(self) -> tuple[Participant, ...]:
        """The remotes and followers, and those who are invited."""
        return tuple(self._participants.values())

    # Participants

    def admit(self, link: Link, role: Role) -> None:
        """Add a participant; one that takes part already gets the role, see `assign`. Does nothing
        when the Link or the presenter is closed.

        Raises:
            TypeError: `role` is no Role.
        """
        require_role(role)
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
        """Give a participant another role; NOBODY removes it."""
        require_role(role)
        participant = self._participants.get(link)
        if role is Role.NOBODY:
            self._remove(link, RoleGranted(role.value))
            self._emit("change")
        elif participant is None:
            self.admit(link, role)
        elif participant.role is not role:
            before, participant.role = participant.role, role
            self._hide_laser(link)
            if Role.INVITED in (before, role):
                self._begin(participant)
            else:
                participant._send_soon(RoleGranted(role.value))
                participant._describe(self._slides)  # with notes, or without
            self._emit("change")

    def dismiss(self, link: Link) -> None:
        """Remove a participant, whose Link is over."""
        if link in self._participants:
            self._remove(link, Ended())
            self._emit("change")

    def lower_hand(self, link: Link) -> None:
        """Lower a participant's raised hand, and tell their page so."""
        if link in self._participants:
            self._participants[link].hand = False
            self._participants[link]._send_soon(Hand(False))
            self._emit("change")

    async def serve(self, link: Link, role: Role) -> None:
        """Add a participant, and handle its messages until the Link ends; nothing else may read the
        slide channels of the Link meanwhile.

        Raises:
            RuntimeError: it is served already; `assign` changes its role.
        """
        if link in self._served:
            raise RuntimeError(f"{link!r} is served already; `assign` changes the role")
        self.admit(link, role)
        if link.state is LinkState.CLOSED:
            return
        self._served.add(link)
        try:
            await SlideChannels(link).read(partial(self.handle, link))
        finally:
            self._served.discard(link)
            self.dismiss(link)

    # The deck

    def show(self, deck: Deck, source: DeckSource | None) -> None:
        """Replace the deck."""
        require_deck(deck)
        self._present(deck, source)
        self._pointing, self.ink = None, Ink()
        for participant in self.participants:
            self._begin(participant)
        self._emit("change")

    def update(self) -> None:
        """Send the deck's position and slides to all, where they have changed."""
        self._send_slides()
        state = self._deck.state
        turned = self._turning.reach((state.slide, state.step))
        if turned and self.ink.strokes:
            self._wipe()
        if turned or state.total != self._total:
            self._total = state.total
            self._send_to_all(self.state)
            self._emit("change")

    def next(self) -> None:
        """Go one step forward."""
        self._turn("next", None, None)

    def previous(self) -> None:
        """Go one step back."""
        self._turn("previous", None, None)

    def goto(self, slide: int, step: int = 0) -> None:
        """Go to a slide, counted from 0."""
        self._goto(slide, step, None)

    def blacken(self, on: bool) -> None:
        """Make the screen black, or show the slide again."""
        if on is not self.black:
            self.black = on
            self._send_to_all(self.state)
            self._emit("change")

    def clock(self, action: str, target: float = 0.0) -> None:
        """Control the timer: "start", "pause", "reset", or "target" in seconds.

        Raises:
            ValueError: another action.
        """
        check_action(action)
        self.timer._act(action, target)
        self._send_to_all(self.timer.timing())
        self._emit("change")

    # Messages of viewers

    def handle(self, link: Link, message: AnySlideMessage) -> None:
        """Handle a message from a viewer."""
        participant = self._participants.get(link)
        if participant is None:
            logger.info("%s takes no part, and sends %s", link.peer_id, type(message).__name__)
            if isinstance(message, Turn | Goto | Black | Clock | Follow | Hand):
                self._refuse(link)
        elif participant.role is Role.INVITED:
            if isinstance(message, Follow):
                self.assign(link, Role.FOLLOWER)
        elif isinstance(message, Hand):
            participant.hand = message.up
            self._emit("change")
        elif participant.role is Role.REMOTE:
            self._execute(link, message)
        else:
            logger.info("%s has no remote, and sends %s", link.peer_id, type(message).__name__)
            participant._send_soon(RoleGranted(participant.role.value))

    def _execute(self, link: Link, message: AnySlideMessage) -> None:
        if isinstance(message, Turn):
            self._turn(message.to, link, message.seen)
        elif isinstance(message, Goto):
            self._goto(message.slide, message.step, link)
        elif isinstance(message, Black):
            self.blacken(message.on)
        elif isinstance(message, Clock) and message.action in ACTIONS:
            self.clock(message.action, message.target / 1000)
        elif isinstance(message, Point | Stroke | Wipe):
            self._draw(message, link)
        else:
            logger.info("%s sends %s, which no remote may", link.peer_id, message)

    def _turn(self, to: str, who: Link | None, seen: int | None) -> None:
        origin = self._turning.press(who, seen)
        if origin is not None:  # even if the deck is there: it may still have to turn
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

    def _draw(self, message: Point | Stroke | Wipe, who: Link) -> None:
        if isinstance(message, Point):
            self._pointing = who if message.shown else None
            self.ink.move(message)
        elif isinstance(message, Stroke):
            self.ink.draw(message)
        else:
            self.ink.wipe()
        self._send_to_all(message, besides=who)
        self._emit("change")

    def _wipe(self) -> None:
        self.ink.wipe()
        self._send_to_all(Wipe())

    def _hide_laser(self, link: Link) -> None:
        """Switch the laser off if this participant had it on."""
        if link is self._pointing and (point := self.ink.point) is not None:
            self._pointing = self.ink.point = None
            self._send_to_all(Point(point.x, point.y, False))
            self._emit("change")

    # Sending

    def _present(self, deck: Deck, source: DeckSource | None) -> None:
        self._deck, self._source = deck, source
        self._turning = Turning((deck.state.slide, deck.state.step), self._clock)
        self._total = deck.state.total
        self._slides = texts_of(deck)

    def _send_slides(self) -> None:
        if (slides := texts_of(self._deck)) != self._slides:
            self._slides = slides
            for participant in self.participants:
                if participant.role is not Role.INVITED:
                    participant._describe(slides)

    def _begin(self, participant: Participant) -> None:
        participant._begin(
            self._slides,
            self._source,
            self.state,
            self.timer.timing(),
            *self.ink.strokes,
            self.ink.point or LASER_OFF,
            Hand(participant.hand),
        )

    def _send_to_all(self, message: SlideMessage | Point, besides: Link | None = None) -> None:
        for participant in self.participants:
            if participant.link is not besides and participant.role is not Role.INVITED:
                participant._send_soon(message)

    async def _serve(self, participant: Participant) -> None:
        """Send everything to a participant until it leaves, starting over when its page was
        reloaded or has come back after it was lost.
        """

        def start_over() -> None:
            if self._participants.get(participant.link) is participant:
                self._begin(participant)

        def on_change() -> None:
            if not participant.link.connected:
                self._hide_laser(participant.link)
            if participant.link.state is LinkState.CLOSED:
                self.dismiss(participant.link)
            participant._wake()

        participant.link.on("restart", start_over)
        participant.link.on("change", on_change)
        try:
            while True:
                try:
                    await participant._run()
                    return
                except NoSuchChannel as error:
                    logger.info("%s cannot receive slides yet: %s", participant.link.peer_id, error)
                    await participant._wait_opened()
                except PeerScriptError as error:
                    logger.info("%s cannot be reached: %s", participant.link.peer_id, error)
                    if not await found_again(participant.link):
                        self.dismiss(participant.link)
                        return
                start_over()
        finally:
            participant.link.off("restart", start_over)
            participant.link.off("change", on_change)

    def _remove(self, link: Link, last: SlideMessage) -> None:
        participant = self._participants.pop(link, None)
        if participant is not None:
            self._hide_laser(link)
            participant._leave(last)

    def _refuse(self, link: Link) -> None:
        """Tell a page that takes no part so: it may have been offline when it was removed."""
        if link not in self._tasks.values():
            self._start(link, send_refusal(link))

    def _start(self, link: Link, work: Coroutine[Any, Any, None]) -> None:
        """Start a task that sends to a participant, and cancel the earlier one."""
        for before in [task for task, whom in self._tasks.items() if whom is link]:
            before.cancel()
        task = self._running.start(work)
        self._tasks[task] = link
        task.add_done_callback(self._tasks.pop)
