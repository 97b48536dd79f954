"""The speaker view: a window with this slide and the next one, the notes and the timer."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from app.language import N_, _
from app.notices import Notices
from app.slides.decks import NotADeck
from app.slides.views import PresenterView, clock_face
from peerscript.slides import Deck, DeckSource
from ui.bridge.device import every_second
from ui.bridge.elements import by_id
from ui.bridge.popup import Popup
from ui.slides.password import PasswordDialog

if TYPE_CHECKING:
    from ui.slides.display import Display

logger = logging.getLogger("peerscript.app")

ABOUT = "speaker view"  # what the notice is about
_BLOCKED = N_(
    "The browser has not opened the speaker view. Allow pop-up windows for this page, and press it "
    "again."
)


class Actions(Protocol):
    """What may be done there: `app.slides.slides.Slides`."""

    def next(self) -> None: ...
    def previous(self) -> None: ...
    def blacken(self, on: bool) -> None: ...
    def clock(self, action: str) -> None: ...


class SpeakerView:
    """`#slides-speaker` opens it. What is pressed in it does what it would do in the page."""

    def __init__(self, notices: Notices, password: PasswordDialog) -> None:
        self._notices = notices
        self._password = password
        self._view: PresenterView | None = None
        self._shown_at = 0.0  # when the view's timer was read
        self._popup: Popup | None = None
        self._source: DeckSource | None = None  # what is shown there
        self._displays: list[Display] = []  # this slide's and the next one's
        self._decks: list[Deck] = []

    def bind(
        self,
        actions: Actions,
        pressed: Callable[[str], bool],
        start: Callable[..., Callable[..., None]],
    ) -> None:
        """Connect the button, and what will be in the window.

        Args:
            pressed: takes "next", "previous" and "black" of the keyboard.
            start: makes a plain function, which starts a task, of an `async` one.
        """
        self._actions = actions
        self._pressed = pressed
        self._load_soon = start(self._load)
        by_id("slides-speaker").on_click(self._open)
        every_second(self._tick)

    def show(self, view: PresenterView) -> None:
        """Show this state."""
        self._view, self._shown_at = view, time.monotonic()
        self._refresh()

    def hide(self) -> None:
        """Nothing is presented."""
        self._view = None
        self._leave()

    def _open(self) -> None:
        if self._popup is not None and not self._popup.closed:
            self._popup.focus()
            return
        from ui.slides.display import Display  # as in Stage

        self._leave()
        popup = self._popup = Popup.open(_("Speaker view"), "speaker-template")
        if popup is None:
            self._notices.problem(_(_BLOCKED), about=ABOUT)
            return
        self._notices.settle(ABOUT)
        self._displays = [
            Display(popup.by_id(id), lambda: None, logger.info, self._password.ask)
            for id in ("speaker-now", "speaker-next")
        ]
        for id, act in (
            ("speaker-forward", self._actions.next),
            ("speaker-back", self._actions.previous),
            ("speaker-reset", lambda: self._actions.clock("reset")),
            ("speaker-start", self._start_or_pause),
            ("speaker-black", self._blacken),
        ):
            popup.by_id(id).on_click(act)
        popup.on_keys(self._pressed)
        self._refresh()

    def _start_or_pause(self) -> None:
        if self._view is not None:
            self._actions.clock("pause" if self._view.running else "start")

    def _blacken(self) -> None:
        if self._view is not None:
            self._actions.blacken(not self._view.black)

    def _leave(self) -> None:
        """Close the window."""
        popup, self._popup, self._source = self._popup, None, None
        for display in self._displays:
            display.close()
        self._displays, self._decks = [], []
        if popup is not None:
            popup.close()

    async def _load(self) -> None:
        """Show the deck in the window, twice."""
        source, displays = self._source, self._displays
        if source is None:
            return
        self._decks = []
        try:
            decks = [await display.show(source) for display in displays]
        except NotADeck as error:
            logger.info("the speaker view shows no slides: %s", error)
            return
        if source is self._source and displays is self._displays:
            self._decks = decks
            self._refresh()

    def _refresh(self) -> None:
        view, popup = self._view, self._popup
        if view is None or popup is None:
            return
        if view.source is not self._source:
            self._source = view.source
            self._load_soon()
        last = view.slide + 1 >= view.total
        popup.by_id("speaker-position").text = _(
            "{slide} of {total}", slide=view.slide + 1, total=view.total
        )
        popup.by_id("speaker-notes").text = view.notes or _("No notes for this slide.")
        popup.by_id("speaker-last").hidden = not last
        popup.by_id("speaker-black").set(aria_pressed=str(view.black).lower())
        popup.by_id("speaker-start").text = _("Pause") if view.running else _("Start")
        if self._decks:
            now, after = self._decks
            now.goto(view.slide, view.step)
            if not last:
                after.goto(view.slide + 1)
        self._tick()

    def _tick(self) -> None:
        view, popup = self._view, self._popup
        if popup is not None and popup.closed:
            self._leave()
        elif popup is not None and view is not None:
            since = time.monotonic() - self._shown_at if view.running else 0.0
            shown = popup.by_id("speaker-timer")
            shown.text = clock_face(view.elapsed + since, view.target)
            over = bool(view.target) and view.elapsed + since > view.target
            shown.set(data_over=str(over).lower())
