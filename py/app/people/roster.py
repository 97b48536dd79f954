"""All contacts of this page."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from app.connection.invite import ABOUT, Invite
from app.faults import explain
from app.language import N_, _
from app.notices import NO_CONTACT, Notices
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

EVERYONE = "everyone"  # as the key of a contact, where all are addressed at once
KNOCK = "knock"  # about strangers who were not let in
MAX_TOLD = 120  # characters of a text in a notification
_REPORTED = {"proof", "expired", "used-up", "revoked"}  # why somebody is refused, to be told
_DIALLING = {LinkState.CONNECTING, LinkState.WAITING}


def joined(names: Sequence[str]) -> str:
    """Names in a sentence: "Ada", "Ada and Bob", "Ada, Bob and Carol"."""
    if len(names) < 2:
        return "".join(names)
    return _("{names} and {last}", names=", ".join(names[:-1]), last=names[-1])


def _gives_more(invite: Invite, link: Link) -> bool:
    """Whether an invite may allow more than a Link that stands has: to open the page's own link
    once more takes nobody's place.
    """
    return bool(invite.secret) and (bool(invite.scope) or not link.verification.verified)


def _end_reason(contact: Contact) -> str:
    """Why the Link with a contact is over, for people."""
    error = contact.link.error
    if error is None:
        return _("You have disconnected.")
    return _("{name} has left.", name=contact.name) if type(error) is LinkClosed else explain(error)


class Roster:
    """The contacts of a page, and the chosen one, with whom the chat, files and calls are; or all.

    Attributes:
        chosen: None while there is nobody, or all are addressed.
        to_all: whether all who are here are addressed at once.
        left: the name of who has left last, until somebody else comes.

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
        self.to_all = False
        self.left = ""
        self._spoken = False  # whether somebody has addressed several
        self._unread_to_all = 0
        attention.on_seen(self._on_seen)
        links.on("refused", self._report_refused)

    def bind(self, *listeners: Listener) -> None:
        """Report to these listeners from now on."""
        self._listeners = listeners

    @property
    def connected(self) -> list[Contact]:
        """The contacts that are connected."""
        return [each for each in self.all if each.link.connected]

    @property
    def present(self) -> list[Contact]:
        """The contacts that what is sent now reaches, at once or when their path is mended."""
        return [each for each in self.all if each.known and each.state is not LinkState.LOST]

    @property
    def addressed(self) -> list[Contact]:
        """Whom the chat, files and calls are with."""
        if self.to_all:
            return self.present
        return [] if self.chosen is None else [self.chosen]

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
            self._notices.problem(explain(OwnId(invite.peer_id)), about=ABOUT)
            return
        here = [each for each in self.under(invite.peer_id) if each.link.connected]
        for known in here:
            self._notices.announce(_("{name} is connected already.", name=known.name))
        came = next((each.link for each in here if not each.link.is_guest), None)
        link = came if came and _gives_more(invite, came) else self._dial(invite)
        if link is not None and link.established and _gives_more(invite, link):
            self._tasks.start(self._redeem(link, invite))

    def _dial(self, invite: Invite) -> Link | None:
        try:
            return self._links.dial(invite.peer_id, invite.secret, invite.scope or "")
        except PeerScriptError as error:
            self._notices.problem(explain(error), about=ABOUT)
            return None

    async def _redeem(self, link: Link, invite: Invite) -> None:
        """Prove another link of somebody who is connected: what it allows is added."""
        assert invite.secret is not None
        try:
            await self._links.redeem(link, invite.secret)
        except LinkClosed:  # the ID is another page's now
            self._dial(invite)
        except PeerScriptError as error:
            self._notices.problem(explain(error), about=ABOUT)

    def choose(self, contact: Contact | None) -> None:
        """Choose whom the chat, files and calls are with."""
        if contact is self.chosen and not self.to_all:
            return
        self.to_all = False
        self._change_to(contact)

    def choose_all(self) -> None:
        """Address everybody who is here."""
        if not self.to_all and self._may_address_all:
            self.to_all = True
            self._change_to(None)

    @property
    def _may_address_all(self) -> bool:
        return len(self.present) > 1 or (self._spoken and bool(self.present))

    def _change_to(self, contact: Contact | None) -> None:
        before, self.chosen = self.chosen, contact
        for each in (before, contact):
            if each is not None and each in self.all:
                self._view.show(each, chosen=each is contact)
        if self._attention.seen:
            self._read(contact)
        self._show_all()
        for listener in self._listeners:
            listener.on_chosen(contact)

    async def act(self, key: str, action: str) -> None:
        """Carry out the action of a contact's button."""
        contact = self.find(key)
        if contact is None:
            if key == EVERYONE and action == "choose":
                self.choose_all()
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

    def note_unread_to_all(self, contact: Contact, text: str) -> None:
        """A text to all has arrived from them."""
        if not (self.to_all and self._attention.seen):
            self._missed = self._missed or not self._attention.seen
            self._unread_to_all += 1
            said = display_line(_("{name}, to all: {text}", name=contact.name, text=text), MAX_TOLD)
            self._attention.tell(EVERYONE, said)
            self._show_unread()
        self._show_all()

    def note_to_all(self) -> None:
        """Something stands in the conversation with all: it can be chosen as long as anybody of
        them is here.
        """
        if not self._spoken:
            self._spoken = True
            self._show_all()

    def _show_all(self) -> None:
        """Offer to address all, as long as there are several; and say who that is."""
        if self.to_all and self._attention.seen and self._unread_to_all:
            self._unread_to_all = 0
            self._attention.settle(EVERYONE)
            self._show_unread()
        names = joined([each.name for each in self.present]) if self._may_address_all else ""
        self._view.show_everyone(names, chosen=self.to_all, unread=self._unread_to_all)

    def note_sent(self) -> None:
        """The person has sent something: who has missed something is asked whether to be told."""
        if self.to_all:
            self.note_to_all()
        if self._missed:
            self._attention.ask()

    def _on_seen(self) -> None:
        self._read(self.chosen)
        self._show_all()

    def _read(self, contact: Contact | None) -> None:
        if contact is not None and contact.unread:
            contact.unread = 0
            self._view.show(contact, chosen=contact is self.chosen)
            self._attention.settle(contact.key)
            self._show_unread()

    def _show_unread(self) -> None:
        unread = sum(each.unread for each in self.all)
        self._attention.show_unread(unread + self._unread_to_all)

    def _add(self, link: Link) -> None:
        if link.state is LinkState.CLOSED:
            return  # it ended before it was read
        contact = Contact(link)
        self.all.append(contact)
        self.left = ""
        self._announcements[contact] = Announcements(self._notices, time.monotonic)
        link.on("change", lambda: self._on_change(contact))
        link.on("restart", lambda: self._on_restart(contact))
        link.on("granted", lambda: self._on_granted(contact))
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
            self._notices.settle(NO_CONTACT)
            again = before is LinkState.RECONNECTING
            said = N_("{name} is connected again.") if again else N_("{name} is connected.")
            self.announce(contact, _(said, name=contact.name))
        elif state is LinkState.ASKING:
            self.announce(contact, _("{name} asks to be let in.", name=contact.name))
        elif state is LinkState.RECONNECTING and before is not None:
            self.announce(contact, _("Reconnecting to {name}.", name=contact.name))
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

    def note_call(self, contact: Contact, in_call: bool) -> None:
        """They are in a call with this page, or no longer."""
        contact.in_call = in_call
        self._on_change(contact)

    def _on_change(self, contact: Contact) -> None:
        if contact not in self.all:
            return
        if contact.state is not LinkState.LOST:
            self._notices.settle(contact.key)
        contact.tell_apart(self._names_beside(contact))
        self._view.show(contact, chosen=contact is self.chosen)
        for listener in self._listeners:
            listener.on_change(contact)
        self._keep_choice(contact)

    def _keep_choice(self, contact: Contact | None) -> None:
        """Somebody has come, gone or changed: the choice may have nobody in it any more."""
        if self.to_all and not self._may_address_all:
            self.choose(next((each for each in self.all if each.known), None))
        elif self.chosen is None and not self.to_all and contact and contact.known:
            self.choose(contact)
        else:
            self._show_all()

    def _names_beside(self, contact: Contact) -> list[str]:
        others = [
            each
            for each in self.all
            if each is not contact and each.state not in _DIALLING  # nobody is there yet
        ]
        names = [name for each in others for name in (each.own_name, each.name)]
        return [
            *names,
            _("You"),
            *filter(None, [self._links.name]),
        ]  # as the chat calls its own person

    def _on_granted(self, contact: Contact) -> None:
        for listener in self._listeners:
            listener.on_granted(contact, contact.link.granted[-1])

    def _on_restart(self, contact: Contact) -> None:
        self._end_all(contact, _("{name}'s page was loaded again.", name=contact.name))

    def _remove(self, contact: Contact) -> None:
        error = contact.link.error
        if isinstance(error, LinkMisused | StorageFull):
            self._notices.problem(explain(error))
        self._notices.settle(contact.key)
        self._end_all(contact, _end_reason(contact))
        self.all.remove(contact)
        self._attention.settle(contact.key)
        if not any(each.known for each in self.all):
            self._spoken, self._unread_to_all = False, 0
            self._attention.settle(EVERYONE)
        self._show_unread()
        self._view.remove(contact)
        del self._announcements[contact]
        if contact is self.chosen:
            self.choose(next((each for each in self.all if each.known), None))
        self._keep_choice(None)
        if contact.link.established:
            self.left = contact.name if type(error) is LinkClosed else ""
            self._notices.announce(_("{name} is no longer connected.", name=contact.name))

    def _end_all(self, contact: Contact, reason: str) -> None:
        for listener in self._listeners:
            listener.on_gone(contact, reason)

    def _report_refused(self, error: ConnectError, peer_id: str) -> None:
        if not isinstance(error, LinkRefused) or introducer_of(error) is not None:
            return  # who was introduced in a call and comes too late has not knocked
        if error.reason in _REPORTED:
            self._notices.problem(
                _("Somebody knocked and was not let in: {error}.", error=error), about=KNOCK
            )
