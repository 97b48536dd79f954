"""All contacts of this page."""

from __future__ import annotations

import time
from collections.abc import Callable

from app.connection.invite import Invite
from app.faults import explain
from app.notices import Notices
from app.people.announcements import Announcements
from app.people.contact import Contact, Listener
from app.people.ports import Attention, PeopleView
from app.tasks import Tasks
from peerscript.errors import (
    ConnectError,
    LinkClosed,
    LinkMisused,
    LinkRefused,
    OwnId,
    PeerScriptError,
    StorageFull,
)
from peerscript.link.link import Link
from peerscript.link.links import Links
from peerscript.mesh import introducer_of
from peerscript.protocol.link.state import LinkState
from peerscript.protocol.text.display import display_line

MAX_TOLD = 120  # characters of a text in a notification
_REPORTED = {
    "proof",
    "expired",
    "used-up",
    "revoked",
}  # reasons for a refusal that the person is told
_DIALLING = {LinkState.CONNECTING, LinkState.WAITING}


def _end_reason(contact: Contact) -> str:
    """Why the Link with a contact is over, for people."""
    error = contact.link.error
    if error is None:
        return "You have disconnected."
    return f"{contact.name} has left." if type(error) is LinkClosed else explain(error)


class Roster:
    """The contacts of a page, and the chosen one, with whom the chat, files and calls are.

    Args:
        links: yields new Links, and has the name of the person here.
    """

    def __init__(
        self,
        links: Links,
        tasks: Tasks,
        view: PeopleView,
        notices: Notices,
        attention: Attention,
    ) -> None:
        self._links = links
        self._tasks = tasks
        self._view = view
        self._notices = notices
        self._attention = attention
        self._missed = False  # whether something came while the page was not in view
        self._listeners: tuple[Listener, ...] = ()
        self._announcements: dict[Contact, Announcements] = {}
        self.all: list[Contact] = []
        self.chosen: Contact | None = None
        attention.on_seen(lambda: self._read(self.chosen))
        links.on("refused", self._report_refused)

    def bind(self, *listeners: Listener) -> None:
        """Report to these listeners from now on."""
        self._listeners = listeners

    @property
    def connected(self) -> list[Contact]:
        """The contacts that are connected."""
        return [each for each in self.all if each.link.connected]

    def find(self, key: str) -> Contact | None:
        """The contact of that key."""
        return next((each for each in self.all if each.key == key), None)

    def of(self, link: Link) -> Contact | None:
        """The contact of that Link."""
        return next((each for each in self.all if each.link is link), None)

    def under(self, peer_id: str) -> list[Contact]:
        """The contacts with that ID at the broker; several may have had it."""
        return [each for each in self.all if each.peer_id == peer_id]

    def announce(self, contact: Contact, text: str) -> None:
        """Announce what a contact does, limited in rate."""
        if contact in self._announcements:
            self._announcements[contact].announce(contact.name, text)

    async def accept_links(self) -> None:
        """Add every new Link, for as long as the page is open."""
        async for link in self._links:
            self._add(link)

    def connect(self, invite: Invite) -> None:
        """Connect to somebody. Problems are shown."""
        if invite.peer_id == self._links.own_id:
            self._notices.problem(explain(OwnId(invite.peer_id)))
            return
        for known in self.under(invite.peer_id):
            if known.link.connected:
                self._notices.announce(f"{known.name} is connected already.")
        try:
            self._links.dial(invite.peer_id, invite.secret, invite.scope or "")
        except PeerScriptError as error:
            self._notices.problem(explain(error))

    def choose(self, contact: Contact | None) -> None:
        """Choose whom the chat, files and calls are with."""
        if contact is self.chosen:
            return
        before, self.chosen = self.chosen, contact
        for each in (before, contact):
            if each is not None and each in self.all:
                self._view.show(each, chosen=each is contact)
        if self._attention.seen:
            self._read(contact)
        for listener in self._listeners:
            listener.on_chosen(contact)

    async def act(self, key: str, action: str) -> None:
        """Carry out the action of a contact's button."""
        contact = self.find(key)
        if contact is None:
            return
        link = contact.link
        plain: dict[str, Callable[[], None]] = {
            "admit": link.accept,
            "refuse": link.reject,
            "confirm": link.confirm_phrase,
            "retry": link.reconnect,
            "choose": lambda: self.choose(contact),
        }
        if action in ("close", "invite"):
            await link.close()
        elif action in plain:
            plain[action]()

    def note_unread(self, contact: Contact, text: str) -> None:
        """Something has arrived from them: a text, or an offer of files."""
        if contact is self.chosen and self._attention.seen:
            return
        self._missed = self._missed or not self._attention.seen
        contact.unread += 1
        self._view.show(contact, chosen=contact is self.chosen)
        self._attention.tell(contact.key, display_line(f"{contact.name}: {text}", MAX_TOLD))
        self._show_unread()

    def note_sent(self) -> None:
        """The person has sent something: who has missed something is asked whether to be told."""
        if self._missed:
            self._attention.ask()

    def _read(self, contact: Contact | None) -> None:
        if contact is not None and contact.unread:
            contact.unread = 0
            self._view.show(contact, chosen=contact is self.chosen)
            self._attention.settle(contact.key)
            self._show_unread()

    def _show_unread(self) -> None:
        self._attention.show_unread(sum(each.unread for each in self.all))

    def _add(self, link: Link) -> None:
        if link.state is LinkState.CLOSED:
            return  # it ended before it was read
        contact = Contact(link)
        self.all.append(contact)
        self._announcements[contact] = Announcements(self._notices, time.monotonic)
        link.on("change", lambda: self._on_change(contact))
        link.on("restart", lambda: self._on_restart(contact))
        for listener in self._listeners:
            listener.on_joined(contact)
        self._tasks.start(self._follow(contact))
        self._on_change(contact)

    async def _follow(self, contact: Contact) -> None:
        """Announce the states of a Link; when it is over, remove the contact."""
        before: LinkState | None = None
        async for state in contact.link.states():
            self._announce(contact, before, state)
            before = state
        self._remove(contact)

    def _announce(self, contact: Contact, before: LinkState | None, state: LinkState) -> None:
        error = contact.link.error
        if state is LinkState.CONNECTED:
            again = " again" if before is LinkState.RECONNECTING else ""
            self.announce(contact, f"{contact.name} is connected{again}.")
        elif state is LinkState.ASKING:
            self.announce(contact, f"{contact.name} asks to be let in.")
        elif state is LinkState.RECONNECTING and before is not None:
            self.announce(contact, f"Reconnecting to {contact.name}.")
        elif state is LinkState.LOST and error is not None:
            if before in _DIALLING and introducer_of(contact.link) is None:  # nobody waits for them
                self._report_unreached(contact, explain(error))
            self._end_all(contact, explain(error))

    def _report_unreached(self, contact: Contact, why: str) -> None:
        """A dialled contact was not reached: their row says so, which may not be in sight."""
        if contact.link.scope or any(each.known for each in self.all):
            self._notices.problem(why, about=contact.key)
        else:
            self._notices.announce(why)

    def _on_change(self, contact: Contact) -> None:
        if contact not in self.all:
            return
        if contact.state is not LinkState.LOST:
            self._notices.settle(contact.key)
        contact.tell_apart(self._names_beside(contact))
        self._view.show(contact, chosen=contact is self.chosen)
        for listener in self._listeners:
            listener.on_change(contact)
        if self.chosen is None and contact.known:
            self.choose(contact)

    def _names_beside(self, contact: Contact) -> list[str]:
        others = [
            each
            for each in self.all
            if each is not contact and each.state not in _DIALLING  # nobody is there yet
        ]
        names = [name for each in others for name in (each.own_name, each.name)]
        return [
            *names,
            "You",
            *filter(None, [self._links.name]),
        ]  # as the chat calls its own person

    def _on_restart(self, contact: Contact) -> None:
        self._end_all(contact, f"{contact.name}'s page was loaded again.")

    def _remove(self, contact: Contact) -> None:
        error = contact.link.error
        if isinstance(error, LinkMisused | StorageFull):
            self._notices.problem(explain(error))
        self._notices.settle(contact.key)
        self._end_all(contact, _end_reason(contact))
        self.all.remove(contact)
        self._attention.settle(contact.key)
        self._show_unread()
        self._view.remove(contact)
        del self._announcements[contact]
        if contact is self.chosen:
            self.choose(next((each for each in self.all if each.known), None))
        if contact.link.established:
            self._notices.announce(f"{contact.name} is no longer connected.")

    def _end_all(self, contact: Contact, reason: str) -> None:
        for listener in self._listeners:
            listener.on_gone(contact, reason)

    def _report_refused(self, error: ConnectError, peer_id: str) -> None:
        if not isinstance(error, LinkRefused) or introducer_of(error) is not None:
            return  # who was introduced in a call and comes too late has not knocked
        if error.reason in _REPORTED:
            self._notices.problem(f"Somebody knocked and was not let in: {error}.")
