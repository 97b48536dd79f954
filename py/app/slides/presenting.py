"""Presenting a deck on this page's screen, with remotes and followers."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace

from app.connection.invite_link import InviteLink, Limit
from app.language import _
from app.notices import Notices
from app.people.contact import Contact
from app.people.roster import Roster
from app.slides.decks import DeckRemoved, NotADeck
from app.slides.decks.reading import Recognised, recognise
from app.slides.ports import DeckStore, PresenterPanel, Screen
from app.slides.presentation import PresentationStore, SavedPresentation
from app.slides.recent import RecentDecks
from app.slides.views import PersonView, PresenterView
from peerscript.link.links import Links
from peerscript.protocol.link.state import LinkState
from peerscript.protocol.slides.messages import Follow
from peerscript.slides import Deck, DeckSource, Presenter, Role
from peerscript.slides.channels import AnySlideMessage
from peerscript.slides.deck import texts_of

logger = logging.getLogger("peerscript.app")

# The scope of a proved invite decides the role; what a page says about itself does not.
DECK = "deck"  # about what was to be presented: settled by what is, and with its end
SCOPES = {"slides": Role.REMOTE, "watch": Role.FOLLOWER}
_ROLES = {
    "remote": Role.REMOTE,
    "revoke": Role.FOLLOWER,
    "watch": Role.FOLLOWER,
    "dismiss": Role.NOBODY,
}


class Presenting:
    """What this page presents.

    Attributes:
        presenter: None while nothing is presented.

    Args:
        address: returns the page's own address, for its invite links.
        presentations: saves the state over a reload.
        store: saves the deck.
        recent: those shown lately, of which it will be one.
    """

    def __init__(
        self,
        links: Links,
        people: Roster,
        screen: Screen,
        panel: PresenterPanel,
        notices: Notices,
        *,
        address: Callable[[], str],
        presentations: PresentationStore,
        store: DeckStore,
        recent: RecentDecks,
    ) -> None:
        self._links = links
        self._people = people
        self._screen = screen
        self._panel = panel
        self._notices = notices
        self._address = address
        self._presentations = presentations
        self._store = store
        self._recent = recent
        self._remotes = InviteLink(links, "slides")
        self._audience = InviteLink(links, "watch")
        self._roles: dict[str, Role] = {}  # assigned by hand, by session
        self._hands: set[str] = set()
        self._over = asyncio.Event()
        self._idle = asyncio.Event()  # set while nothing is presented, and nothing is being ended
        self._idle.set()
        self._shown: tuple[PresenterView, int] | None = None
        self._source: DeckSource | None = None
        self._deck: Deck | None = None
        self._recognised = Recognised("")
        self._opened = 0  # decks so far; only the newest is shown
        self._ends = 0  # presentations that were stopped so far
        self._saving = asyncio.Lock()  # so that the newest is saved last
        self.presenter: Presenter | None = None

    async def restore(self) -> None:
        """Continue the presentation from before a reload."""
        saved = self._presentations.load()
        if saved is None:
            return
        source = await self._store.load(self._links.own_id)
        if source is None:
            self._presentations.forget()
            self._notices.problem(
                _("This page was loaded again: open your deck once more."), about=DECK
            )
            return
        await self.present(source, saved)

    async def present(
        self,
        source: DeckSource,
        saved: SavedPresentation | None = None,
        *,
        remember: bool = True,
    ) -> None:
        """Present a deck, and return after `stop`; if one is presented already, replace it and
        return.

        Args:
            saved: the state to continue from.
            remember: have it among those shown lately.
        """
        if self._over.is_set():
            await self._idle.wait()  # the one before is still sending its end
        ends = self._ends
        deck = await self._open(source)
        if deck is None:
            return
        opened = self._opened
        self._source, self._deck = source, deck
        self._recognised = recognise(source)
        if self._recognised.doubt:
            self._notices.problem(self._recognised.doubt, about=DECK)
        else:
            self._notices.settle(DECK)
        async with self._saving:
            if opened == self._opened:
                await self._store.save(self._links.own_id, source)
        if remember and saved is None:
            await self._recent.add(source)
        if opened != self._opened:
            return  # another was chosen while this one was saved
        if ends != self._ends:
            await self._store.forget(self._links.own_id)  # it was stopped meanwhile
            return
        if self.presenter is not None:
            self.presenter.show(deck, source)
            return
        self._idle.clear()
        async with Presenter(deck, source=source) as self.presenter:
            await self._run(self.presenter, saved or SavedPresentation())
        await self._store.forget(self._links.own_id)
        self.presenter = None
        self._clean_up()
        self._idle.set()

    async def _open(self, source: DeckSource) -> Deck | None:
        """Show a deck; None if it cannot be shown, or another was chosen meanwhile."""
        self._opened += 1
        mine = self._opened
        self._screen.cover(_("Opening the deck"))
        try:
            deck = await self._screen.show(source)
        except DeckRemoved:  # for the next one, or with the presentation
            deck = None
        except NotADeck as error:
            deck = None
            if mine == self._opened:
                self._notices.problem(str(error), about=DECK)
                await self._restore_previous()
        finally:
            if mine == self._opened:
                self._screen.cover("")
        return deck if mine == self._opened else None

    async def _restore_previous(self) -> None:
        if self.presenter is None or self._source is None:
            return
        at = self.presenter.state
        try:
            deck = await self._screen.show(self._source)
        except DeckRemoved:  # for the next one, or with the presentation
            return
        except NotADeck as error:
            logger.warning("the deck before is not shown again: %r", error)
            return
        deck.goto(at.slide, at.step)
        self.presenter.show(deck, self._source)

    async def _run(self, presenter: Presenter, saved: SavedPresentation) -> None:
        self._over.clear()
        self._roles = {session: Role(role) for session, role in saved.roles.items()}
        self._screen.on_turned = presenter.update
        presenter.goto(saved.slide, saved.step)
        presenter.blacken(saved.black)
        presenter.timer.set(running=saved.running, elapsed=saved.elapsed, target=saved.target)
        presenter.on("change", self._show)
        for contact in self._people.all:
            self.on_change(contact)
        self._show()
        await self._over.wait()

    def _clean_up(self) -> None:
        self._shown = None
        self._notices.settle(DECK)
        self._hands.clear()
        self._screen.close()
        self._panel.hide()
        self._presentations.forget()

    def stop(self) -> None:
        """End the presentation, and revoke its invites."""
        for link in (self._remotes, self._audience):
            link.revoke()
        self._ends += 1
        self._over.set()

    # Participants

    def assign(self, key: str, action: str) -> None:
        """Carry out the action of a person's button: change their role, or lower their hand. When a
        role is taken away, its invite is renewed, so that it cannot be had again by the old link.
        """
        contact, presenter = self._people.find(key), self.presenter
        if contact is None or presenter is None:
            return
        if action == "lower":
            presenter.lower_hand(contact.link)
            return
        if action in ("revoke", "dismiss"):
            (self._remotes if self.role(contact) is Role.REMOTE else self._audience).renew(
                Limit.OPEN
            )
        self._roles[contact.session] = _ROLES[action]
        presenter.assign(contact.link, self._roles[contact.session])
        self._show()

    def role(self, contact: Contact) -> Role:
        """The role of a contact: assigned by hand, by the scope of the invite that was proved last,
        or by a call.
        """
        proved = [SCOPES[scope] for scope in contact.link.granted if scope in SCOPES]
        usual = proved[-1] if proved else Role.INVITED if contact.in_call else Role.NOBODY
        return self._roles.get(contact.session, usual)

    def on_change(self, contact: Contact) -> None:
        """There is a new contact, or the state of one has changed."""
        if self.presenter is None:
            return
        participants = {each.link: each for each in self.presenter.participants}
        role, participant = self.role(contact), participants.get(contact.link)
        if participant is None and contact.link.connected and role is not Role.NOBODY:
            self.presenter.admit(contact.link, role)
        elif participant is not None and participant.role is Role.INVITED is not role:
            self.presenter.assign(contact.link, role)  # the call is over
        self._show()

    def on_granted(self, contact: Contact, scope: str) -> None:
        """A contact has opened a link to the slides: it counts more than what was assigned before,
        for a link from then was revoked. Their page may watch no more, and begins anew.
        """
        role, presenter = SCOPES.get(scope), self.presenter
        if role is None or presenter is None:
            return
        self._roles.pop(contact.session, None)
        presenter.assign(contact.link, Role.NOBODY)
        presenter.admit(contact.link, role)
        self._show()

    def on_message(self, contact: Contact, message: AnySlideMessage) -> None:
        """Handle a message from a viewer."""
        if self.presenter is None:
            return
        if isinstance(message, Follow) and self.role(contact) is Role.INVITED:
            self._roles[contact.session] = Role.FOLLOWER  # also when the call is over
        self.presenter.handle(contact.link, message)

    def on_gone(self, contact: Contact) -> None:
        """A Link is over or lost, or the other page was reloaded."""
        if contact.state is not LinkState.CLOSED:
            return
        self._roles.pop(contact.session, None)
        if self.presenter is not None:
            self.presenter.dismiss(contact.link)
            self._show()

    # What is shown

    def _show(self) -> None:
        presenter = self.presenter
        if presenter is None:
            return
        self._screen.black(presenter.state.black)
        self._screen.ink(presenter.ink)
        self._save(presenter)
        view = self._viewed(presenter)
        shown = replace(view, elapsed=0.0), presenter.timer.changes
        if shown != self._shown:  # a laser moves sixty times a second
            self._shown = shown
            self._panel.show(view)
            self._announce_hands(view)

    def _viewed(self, presenter: Presenter) -> PresenterView:
        participants = {participant.link: participant for participant in presenter.participants}
        people = []
        for contact in self._people.all:
            if contact.known:
                participant = participants.get(contact.link)
                role = self.role(contact)
                hand = participant is not None and participant.hand
                people.append(
                    PersonView(contact.key, contact.peer_id, contact.name, role.value, hand)
                )
        state, timer = presenter.state, presenter.timer
        return PresenterView(
            slide=state.slide,
            step=state.step,
            total=state.total,
            black=state.black,
            title=self._source.name if self._source else "",
            kind=self._recognised.kind,
            link=self._remotes.invite().link(self._address()),
            watch_link=self._audience.invite().link(self._address()),
            people=tuple(people),
            notes=self._notes(state.slide),
            elapsed=timer.elapsed(),
            running=timer.running,
            target=timer.target,
            source=self._source,
        )

    def _notes(self, slide: int) -> str:
        texts = texts_of(self._deck) if self._deck else ()
        return texts[slide].notes if slide < len(texts) else ""

    def _save(self, presenter: Presenter) -> None:
        state, timer = presenter.state, presenter.timer
        self._presentations.save(
            SavedPresentation(
                slide=state.slide,
                step=state.step,
                black=state.black,
                running=timer.running,
                elapsed=timer.elapsed(),
                target=timer.target,
                roles={session: role.value for session, role in self._roles.items()},
            )
        )

    def _announce_hands(self, view: PresenterView) -> None:
        raised = {each.key for each in view.people if each.hand}
        for key in raised - self._hands:
            contact = self._people.find(key)
            if contact is not None:
                self._people.announce(contact, _("{name} raises a hand.", name=contact.name))
        self._hands = raised
