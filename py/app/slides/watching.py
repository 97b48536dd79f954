"""Watching another page's presentation, as a remote or a follower."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

from app.language import _
from app.notices import Notices
from app.people.contact import Contact
from app.slides.decks import DeckRemoved, NotADeck
from app.slides.ports import OffersPanel, RemotePanel, Screen
from app.slides.presenting import SCOPES
from app.slides.views import RemoteView
from app.tasks import Tasks
from peerscript.protocol.link.state import LinkState
from peerscript.protocol.slides.messages import Ended, Follow, Offer, RoleGranted
from peerscript.slides import Role, SlideText, Viewer
from peerscript.slides.channels import AnySlideMessage, SlideChannels
from peerscript.slides.deck import DeckState

WATCHED = "watched-deck"  # about one that cannot be shown: settled by one that is, and with leaving


class Watching:
    """What this page watches: one presenter's slides at a time.

    Attributes:
        contact: who presents; None while nothing is watched.

    Args:
        offers: shows whose slides may be followed.
    """

    def __init__(
        self,
        screen: Screen,
        panel: RemotePanel,
        offers: OffersPanel,
        notices: Notices,
        tasks: Tasks,
    ) -> None:
        self._screen = screen
        self._panel = panel
        self._offers = offers
        self._offering: dict[str, Contact] = {}  # by key
        self._notices = notices
        self._tasks = tasks
        self._viewer: Viewer | None = None
        self._shown: tuple[RemoteView, int] | None = None
        self._words = ""
        self.contact: Contact | None = None

    # The presenting contact

    def on_change(self, contact: Contact) -> None:
        """Start watching a contact whose slides link was opened here."""
        if self.contact is None and contact.link.is_guest and contact.link.scope in SCOPES:
            self._begin(contact)
        elif contact is self.contact:
            self._show()

    def on_gone(self, contact: Contact) -> None:
        """A Link is over or lost, or the other page was reloaded."""
        self.ignore(contact.key)
        if contact is self.contact and contact.state is LinkState.CLOSED:
            self.leave()

    def on_message(self, contact: Contact, message: AnySlideMessage) -> None:
        """Handle a message about slides.

        Raises:
            Malformed: it is invalid.
        """
        if isinstance(message, Offer):
            self._offering[contact.key] = contact
            self._show_offers()
            self._notices.announce(_("{name} shows slides.", name=contact.name))
        elif isinstance(message, RoleGranted | Ended):
            self.ignore(contact.key)
        given = isinstance(message, RoleGranted) and message.role != Role.NOBODY.value
        if self.contact is None and given:
            self._begin(contact)
        if contact is self.contact and self._viewer is not None:
            self._viewer.handle(message)

    # Slides that are offered in a call (ui.slides.offers)

    def follow(self, key: str) -> None:
        """Follow somebody's slides, which they have offered."""
        contact = self._offering.get(key)
        if contact is not None:
            if self.contact is not None:
                self.leave()
            self._tasks.start(SlideChannels(contact.link).send(Follow()))

    def ignore(self, key: str) -> None:
        """Show an offer no more."""
        if self._offering.pop(key, None):
            self._show_offers()

    def _show_offers(self) -> None:
        self._offers.show([(key, each.name) for key, each in self._offering.items()])

    def leave(self) -> None:
        """Watch no more."""
        if self._viewer is not None:
            self._tasks.start(self._viewer.close())
        self.contact = self._viewer = self._shown = None
        self._notices.settle(WATCHED)
        self._screen.close()
        self._panel.hide()

    def _begin(self, contact: Contact) -> None:
        self.contact = contact
        self._viewer = viewer = Viewer(contact.link)
        self._words = _("Waiting for {name}'s slides", name=contact.name)
        viewer.on("change", self._show)
        viewer.on("deck", lambda: self._tasks.start(self._open(viewer)))
        viewer.on("end", self._end)
        self._show()

    def _end(self) -> None:
        """The presentation has ended: if a slides link was opened, wait for another one."""
        contact = self.contact
        if contact is None:
            return
        self._screen.close()
        if contact.link.is_guest and contact.link.scope in SCOPES:
            self._words = _("{name} shows no slides now", name=contact.name)
            self._show()
        else:
            self.leave()

    async def _open(self, viewer: Viewer) -> None:
        source = viewer.source
        if source is None:
            return
        try:
            deck = await self._screen.show(source)
        except DeckRemoved:
            return
        except NotADeck as error:
            if viewer is self._viewer and source is viewer.source:  # else another has replaced it
                name = source.name or _("The deck")
                said = _("{name} is not shown here.", name=name)
                self._notices.problem(f"{said} {error}", about=WATCHED)
            return
        if viewer is self._viewer:
            self._notices.settle(WATCHED)
            self._screen.on_turned = self._show
            viewer.deck = deck

    # What the person does (ui.slides.remote)

    def turn(self, to: str) -> None:
        """Turn the presenter's deck: "next" or "previous"."""
        self._do(lambda viewer: viewer.turn(to))

    def goto(self, slide: int) -> None:
        """Turn the presenter's deck to a slide, counted from 0."""
        self._do(lambda viewer: viewer.goto(slide))

    def blacken(self, on: bool) -> None:
        """Make the presenter's screen black, or let it show the slide again."""
        self._do(lambda viewer: viewer.blacken(on))

    def clock(self, action: str, target: float = 0.0) -> None:
        """Have the timer "start", "pause", "reset", or take a "target" in seconds."""
        self._do(lambda viewer: viewer.clock(action, target))

    def point(self, x: int, y: int, shown: bool) -> None:
        """Point at the slide, in 1/10000 of the screen."""
        self._do(lambda viewer: viewer.point(x, y, shown))

    def stroke(self, id: int, points: str) -> None:
        """Draw on the slide."""
        self._do(lambda viewer: viewer.stroke(id, points))

    def wipe(self) -> None:
        """Wipe what was drawn."""
        self._do(lambda viewer: viewer.wipe())

    def hand(self, up: bool) -> None:
        """Raise or lower a hand."""
        self._do(lambda viewer: viewer.raise_hand(up))

    def look(self, slide: int) -> None:
        """Look at another slide than the one that is shown to all."""
        if self._viewer is not None:
            self._viewer.look(slide)
            self._show()

    def catch_up(self) -> None:
        """Come back to the slide that is shown to all."""
        if self._viewer is not None:
            self._viewer.catch_up()
            self._show()

    def _do(self, act: Callable[[Viewer], Coroutine[Any, Any, None]]) -> None:
        if self._viewer is not None:
            self._tasks.start(act(self._viewer))

    # What is shown

    def _show(self) -> None:
        viewer, contact = self._viewer, self.contact
        if viewer is None or contact is None:
            return
        self._screen.black(bool(viewer.state and viewer.state.black))
        self._screen.ink(viewer.ink)
        self._screen.cover(self._covered(viewer, contact))
        view = self._viewed(viewer, contact)
        shown = replace(view, elapsed=0.0), viewer.timer.changes
        if shown != self._shown:  # a laser moves sixty times a second
            self._shown = shown
            self._panel.show(view)

    def _covered(self, viewer: Viewer, contact: Contact) -> str:
        if not contact.link.connected:
            return _("Reconnecting to {name}", name=contact.name) if viewer.state is None else ""
        if viewer.state is None:
            return self._words
        arrived, size = viewer.progress
        if viewer.source is None and size:
            return _("The deck is on its way: {percent} %", percent=100 * arrived // size)
        return ""

    def _viewed(self, viewer: Viewer, contact: Contact) -> RemoteView:
        state, slides = viewer.state, viewer.slides
        role = viewer.role.value if viewer.state and viewer.role is not Role.NOBODY else "waiting"
        slide = state.slide if state else 0
        seen = viewer.deck.state if viewer.deck else DeckState(slide)
        here = slides[slide] if slide < len(slides) else SlideText()
        after = slides[slide + 1] if slide + 1 < len(slides) else SlideText()
        connected = contact.link.connected
        return RemoteView(
            role=role,
            connected=connected,
            presenter=contact.name,
            slide=slide,
            total=state.total if state else 0,
            black=bool(state and state.black),
            titles=tuple(each.title for each in slides),
            notes=here.notes,
            upcoming=after.title,
            in_step=viewer.in_step,
            seen_slide=seen.slide,
            elapsed=viewer.timer.elapsed(),
            running=viewer.timer.running,
            target=viewer.timer.target,
            hand=viewer.hand,
            words=self._words if connected else _("Reconnecting to {name}", name=contact.name),
        )
