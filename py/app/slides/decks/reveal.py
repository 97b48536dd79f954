"""A deck that reveal.js shows in a frame, turned over its postMessage API.

https://revealjs.com/postmessage/. Messages of the frame are not trusted: a deck's author may send
anything.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from app.language import _
from app.slides.decks import NotADeck
from app.slides.decks.outline import Slide
from app.slides.decks.plain import plain_text
from peerscript.protocol.slides.messages import MAX_NOTES, MAX_SLIDES
from peerscript.slides import DeckState, SlideText

logger = logging.getLogger("peerscript.app")

OPENING_TIMEOUT = 15.0  # seconds in which reveal.js must have started
VISIT_TIMEOUT = 60.0  # seconds in which all slides must have been visited
_FAR = 10_000  # a slide that no deck has: reveal.js goes to the last there is

Place = tuple[int, int]  # reveal.js's indexh and indexv


class Frame(Protocol):
    """The frame, as `ui.bridge.frame` has it."""

    def post(self, method: str, *arguments: int) -> None:
        """Call a method of reveal.js."""

    def bind(self, on_message: Callable[[Mapping[str, Any]], None]) -> None:
        """Report its messages from now on."""


class RevealDeck:
    """A deck in a frame (peerscript.slides.Deck).

    Attributes:
        slides: their titles and notes.

    Args:
        turned: called when it has turned, for whatever reason.
    """

    def __init__(self, frame: Frame, turned: Callable[[], None]) -> None:
        self.slides: tuple[SlideText, ...] = ()
        self._frame = frame
        self._turned = turned
        self._places: tuple[Place, ...] = ()
        self._numbers: dict[Place, int] = {}
        self._at: Place = (0, 0)
        self._step = 0
        self._ready = asyncio.Event()
        self._answer: tuple[str, asyncio.Future[Any]] | None = None
        self._opened = False
        self._stopped: NotADeck | None = None
        frame.bind(self._on_message)

    async def open(self, slides: Sequence[Slide] | None) -> None:
        """Wait until reveal.js shows it.

        Args:
            slides: its slides; None to ask the frame, by visiting each. That is also done if the
                frame has another number of slides: it may split Markdown within a page.

        Raises:
            NotADeck: the frame does not answer as reveal.js does, or was removed.
        """
        try:
            async with asyncio.timeout(OPENING_TIMEOUT):
                await self._ready.wait()
            async with asyncio.timeout(VISIT_TIMEOUT):
                await self._read_slides(slides)
        except TimeoutError:
            if slides is not None and not self._ready.is_set():  # it is our own reveal.js
                raise NotADeck(_("What shows decks did not start in time.")) from None
            raise NotADeck(
                _(
                    "The deck does not answer: it is no reveal.js page, may not be shown in "
                    "others, or its address leads to another site."
                )
            ) from None

    def stop(self, why: NotADeck) -> None:
        """The frame was removed: end all waiting for it with this error."""
        self._stopped = why
        self._ready.set()
        if self._answer is not None and not self._answer[1].done():
            self._answer[1].set_exception(why)

    @property
    def state(self) -> DeckState:
        return DeckState(self._numbers.get(self._at, 0), max(1, len(self._places)), self._step)

    def next(self) -> None:
        self._frame.post("next")

    def previous(self) -> None:
        self._frame.post("prev")

    def goto(self, slide: int, step: int = 0) -> None:
        if 0 <= slide < len(self._places):
            self._frame.post("slide", *self._places[slide], step - 1)

    async def _read_slides(self, slides: Sequence[Slide] | None) -> None:
        if slides is not None:
            places = [(slide.across, slide.down) for slide in slides]
            self._set_slides(places, [slide.text for slide in slides])
        if slides is None or await self._call("getTotalSlides") != len(slides):
            await self._visit_all()
        self._opened = True

    def _set_slides(self, places: Sequence[Place], texts: Sequence[SlideText]) -> None:
        self._places, self.slides = tuple(places), tuple(texts)
        self._numbers = {place: number for number, place in enumerate(places)}

    # Messages of the frame

    def _on_message(self, message: Mapping[str, Any]) -> None:
        if message.get("namespace") != "reveal":
            return
        event, state = message.get("eventName"), message.get("state")
        if isinstance(state, dict):
            self._on_state(state)
        if event == "ready":
            self._ready.set()
        elif event == "callback" and self._answer is not None:
            method, answer = self._answer
            if message.get("method") == method and not answer.done():
                answer.set_result(message.get("result"))

    def _on_state(self, state: Mapping[str, Any]) -> None:
        across, down, fragment = (state.get(f"index{axis}", default) for axis, default in _AXES)
        numbers = (across, down, fragment)
        if not all(type(each) is int and -1 <= each < _FAR for each in numbers):
            return  # while it starts, reveal.js has no position
        place, step = (int(across), int(down)), int(fragment) + 1
        if self._opened and place not in self._numbers:
            return
        if (place, step) != (self._at, self._step):
            self._at, self._step = place, step
            if self._opened:
                self._turned()

    # A deck that only the frame knows

    async def _call(self, method: str, *arguments: int) -> Any:
        if self._stopped is not None:
            raise self._stopped
        self._answer = method, asyncio.get_running_loop().create_future()
        self._frame.post(method, *arguments)
        return await self._answer[1]

    async def _visit_all(self) -> None:
        """Go to every slide once, for its place and its notes, and back to the first."""
        found: dict[Place, SlideText] = {}
        for across in range(MAX_SLIDES + 1):
            await self._call("slide", across, _FAR)
            if self._at[0] != across:
                break
            for down in reversed(range(self._at[1] + 1)):
                if self._at != (across, down):
                    await self._call("slide", across, down)
                notes = await self._call("getSlideNotes")
                found[across, down] = SlideText("", plain_text(notes)[:MAX_NOTES])
            if len(found) > MAX_SLIDES:
                raise NotADeck(_("The deck has more than {limit} slides.", limit=MAX_SLIDES))
        await self._call("slide", 0, 0)
        places = sorted(found)
        if tuple(places) != self._places:
            self._set_slides(places, [found[place] for place in places])


_AXES = (("h", None), ("v", None), ("f", -1))
