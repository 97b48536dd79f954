"""All contacts of this page."""

from __future__ import annotations

import time
from collections.abc import Callable

from app.connection.invite import Invite
from app.faults import explain
from app.notices import Notices
from app.people.announcements import Announcements
from app.people.contact import Contact, Listener
from app.people.ports import PeopleView
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
        links: yields new Links.
        own_name: the name of the person here.
    """

    def __init__(
        self, links: Links, own_name: str, tasks: Tasks, view: PeopleView, notices: Notices
    ) -> None:
        self._links = links
        self._own_name = own_name
        self._tasks = tasks
        self._view = view
        self._notices = notices
        self._listeners: tuple[Listener, ...] = ()
        self._announcements: dict[Contact, Announcements] = {}
        self.all: list[Contact] = []
        self.chosen: Contact | None = None
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
        if contact is not None:
            contact.unread = 0
        for each in (before, contact):
            if each is not None and each in self.all:
                self._view.show(each, chosen=each is contact)
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
        if action == "close":
            await link.close()
        elif action in plain:
            plain[action]()

    def note_unread(self, contact: Contact) -> None:
        """A text has arrived from them."""
        if contact is not self.chosen:
            contact.unread += 1
            self._view.show(contact, chosen=False)

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
                self._notices.problem(explain(error))
            self._end_all(contact, explain(error))

    def _on_change(self, contact: Contact) -> None:
        if contact not in self.all:
            return
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
        return [*names, "You", *filter(None, [self._own_name])]  # as the chat calls its own person

    def _on_restart(self, contact: Contact) -> None:
        self._end_all(contact, f"{contact.name}'s page was loaded again.")

    def _remove(self, contact: Contact) -> None:
        error = contact.link.error
        if isinstance(error, LinkMisused | StorageFull):
            self._notices.problem(explain(error))
        self._end_all(contact, _end_reason(contact))
        self.all.remove(contact)
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
