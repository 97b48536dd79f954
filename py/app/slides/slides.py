"""Slides between this page and others: what it presents, and what it watches."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from app.language import _
from app.notices import Notices
from app.people.contact import Contact, Listener
from app.slides.decks import NotADeck
from app.slides.decks.reading import read_file, read_url
from app.slides.presenting import DECK, Presenting
from app.slides.recent import RecentDecks
from app.slides.watching import Watching
from app.tasks import Tasks
from peerscript.ports.files import Source
from peerscript.protocol.slides.source import MAX_SOURCE
from peerscript.slides import DeckSource
from peerscript.slides.channels import AnySlideMessage, SlideChannels

SAMPLE = "./site/decks/sample.md"


class Slides(Listener):
    """Presents or watches, not both: a page has one screen.

    Args:
        recent: the decks that were shown lately.
        fetch: returns a file from the page's own site; raises OSError.
    """

    def __init__(
        self,
        presenting: Presenting,
        watching: Watching,
        recent: RecentDecks,
        fetch: Callable[[str], Awaitable[bytes]],
        notices: Notices,
        tasks: Tasks,
    ) -> None:
        self._presenting = presenting
        self._watching = watching
        self._recent = recent
        self._fetch = fetch
        self._notices = notices
        self._tasks = tasks
        self._chosen = 0  # decks so far: whatever loads longer, the one chosen last is shown

    @property
    def doing(self) -> str:
        """What the person is in the middle of, for a sentence; "" for nothing."""
        watched = self._watching.contact
        return _("the presentation is over") if self._presenting.presenter or watched else ""

    # What the person does (ui.slides.chooser, ui.slides.presenter)

    def open_sample(self) -> None:
        """Present the sample deck."""
        self._tasks.start(self._open_sample(self._choose()))

    def open_file(self, file: Source) -> None:
        """Present a file."""
        self._tasks.start(self._open_file(file, self._choose()))

    def open_recent(self, key: str) -> None:
        """Present a deck that was shown lately."""
        self._tasks.start(self._open_recent(key, self._choose()))

    def open_url(self, url: str) -> None:
        """Present a reveal.js page by its address."""
        self._choose()
        try:
            self._present(read_url(url))
        except NotADeck as error:
            self._notices.problem(str(error), about=DECK)

    def next(self) -> None:
        """One step on."""
        if self._presenting.presenter is not None:
            self._presenting.presenter.next()

    def previous(self) -> None:
        """One step back."""
        if self._presenting.presenter is not None:
            self._presenting.presenter.previous()

    def blacken(self, on: bool) -> None:
        """Make the screen black, or show the slide again."""
        if self._presenting.presenter is not None:
            self._presenting.presenter.blacken(on)

    def clock(self, action: str) -> None:
        """Have the timer "start", "pause" or "reset"."""
        if self._presenting.presenter is not None:
            self._presenting.presenter.clock(action)

    def stop(self) -> None:
        """End the presentation; what is being opened is not shown either."""
        self._choose()
        self._presenting.stop()

    def assign(self, key: str, action: str) -> None:
        """Carry out the action of a person's button."""
        self._presenting.assign(key, action)

    def _choose(self) -> int:
        self._chosen += 1
        return self._chosen

    def _present(self, source: DeckSource, *, remember: bool = True) -> None:
        self._watching.leave()
        self._tasks.start(self._presenting.present(source, remember=remember))

    async def _open_sample(self, choice: int) -> None:
        try:
            content = await self._fetch(SAMPLE)
            if choice == self._chosen:
                self._present(read_file("sample.md", "text/markdown", content), remember=False)
        except OSError as error:
            self._notices.problem(
                _("The sample deck could not be loaded: {error}", error=error), about=DECK
            )

    async def _open_recent(self, key: str, choice: int) -> None:
        source = await self._recent.load(key)
        if source is None:
            self._notices.problem(
                _("The browser has removed this deck: open its file."), about=DECK
            )
        elif choice == self._chosen:
            self._present(source)

    async def _open_file(self, file: Source, choice: int) -> None:
        try:
            size = min(file.size, MAX_SOURCE + 1)  # what is too large need not be read whole
            content = await file.read(0, size)
            if choice == self._chosen:
                self._present(read_file(file.name, file.type, content))
        except (NotADeck, OSError) as error:
            self._notices.problem(str(error), about=DECK)

    # Contacts (contact.Listener)

    def on_joined(self, contact: Contact) -> None:
        channels = SlideChannels(contact.link)
        self._tasks.start(channels.read(partial(self._on_message, contact)))

    def _on_message(self, contact: Contact, message: AnySlideMessage) -> None:
        if self._presenting.presenter is None:
            self._watching.on_message(contact, message)
        else:
            self._presenting.on_message(contact, message)

    def on_change(self, contact: Contact) -> None:
        if self._presenting.presenter is None:
            self._watching.on_change(contact)
        else:
            self._presenting.on_change(contact)

    def on_granted(self, contact: Contact, scope: str) -> None:
        self._presenting.on_granted(contact, scope)

    def on_gone(self, contact: Contact, reason: str) -> None:
        self._presenting.on_gone(contact)
        self._watching.on_gone(contact)
