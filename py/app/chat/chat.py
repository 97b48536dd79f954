"""Messages between people: one conversation with each."""

from __future__ import annotations

from collections.abc import MutableMapping
from datetime import datetime
from functools import partial
from typing import TypeVar, cast

from app.chat.events import Events
from app.chat.everyone import Everyone
from app.chat.messages import CHAT, MAX_TEXT, AnyText, ChatText, ChatToAll
from app.chat.ports import ChatMessage, ChatView, Conversations
from app.chat.shown import Shown
from app.chat.typing import Writers
from app.faults import explain
from app.language import N_, _, ngettext
from app.notices import NO_CONTACT, Notices
from app.people.contact import Contact, Listener
from app.people.roster import EVERYONE, joined
from app.tasks import Tasks
from peerscript.errors import MessageTooBig, PeerScriptError
from peerscript.link.channel import Channel
from peerscript.link.channel_inbox import Message
from peerscript.protocol.link.state import LinkState
from peerscript.protocol.text.display import display_text

SomeText = TypeVar("SomeText", bound=AnyText)
NOBODY = N_("Nobody is connected yet")
UNSENT = "unsent-text"  # about it: settled by the next one that is sent


class Chat(Listener):
    """The conversations with all contacts. The messages are kept by the Links' channels; what is
    shown of a conversation is removed with its Link.
    """

    def __init__(
        self,
        people: Conversations,
        view: ChatView,
        notices: Notices,
        tasks: Tasks,
        storage: MutableMapping[str, str],
    ) -> None:
        self._people = people
        self._view = view
        self._notices = notices
        self._tasks = tasks
        self._shown: dict[Contact, Shown] = {}
        self._everyone = Everyone(view, self._send)
        self._events = Events(view, storage)
        self._writers = Writers(tasks, self._show_writing)
        self._met: set[Contact] = set()  # who was connected
        self._away: set[Contact] = set()  # who of them is out of reach

    def send(self, text: str) -> bool:
        """Send a text to the chosen contact, or to all; return whether it was accepted. Problems
        are shown. Who is away gets it when they are back.
        """
        if not text.strip():
            return False
        contacts = [contact for contact in self._people.addressed if contact.known]
        if not contacts:
            self._notices.problem(
                _("Nobody is connected, so the message was not sent."), about=NO_CONTACT
            )
            return False
        if self._people.to_all:
            sent = self._everyone.send(text, contacts)
        elif message := self._send(contacts[0], ChatText(text)):
            self._show(contacts[0], cast("Message[AnyText]", message))
            sent = True
        else:
            sent = False
        if sent:
            self._writers.tell(contacts, on=False)
            self._notices.settle(UNSENT)
            self._people.note_sent()
        return sent

    def write(self, text: str) -> None:
        """The person has changed the text that they are writing."""
        self._writers.tell(self._people.addressed, on=bool(text.strip()))

    def note(self, contact: Contact, words: str) -> None:
        """Something has happened with them: show it in the conversation, unless that is over."""
        if contact.state is not LinkState.CLOSED:
            self._events.add(contact, words)

    def _show_writing(self) -> None:
        names = [each.name for each in self._people.addressed if each in self._writers]
        words = ngettext(
            "{names} is writing…", "{names} are writing…", len(names), names=joined(names)
        )
        self._view.show_writing(words if names else "")

    def _send(self, contact: Contact, value: SomeText) -> Message[SomeText] | None:
        try:
            if len(value.text) > MAX_TEXT:
                raise MessageTooBig(f"{len(value.text)} characters; at most {MAX_TEXT}")
            message = self._channel(contact).send_nowait(value)
        except PeerScriptError as error:
            who = _("{name} does not get it.", name=contact.name) if self._people.to_all else ""
            self._notices.problem(f"{who} {explain(error)}".lstrip(), about=UNSENT)
            return None
        return cast("Message[SomeText]", message)

    @staticmethod
    def _channel(contact: Contact) -> Channel[AnyText]:
        return contact.link.channel("chat", vocabulary=CHAT)

    async def _read(self, contact: Contact) -> None:
        """Show the messages from before a reload, and new ones, until the Link ends."""
        channel = self._channel(contact)
        for message in channel.history:
            self._show(contact, message)
        async for message in channel.messages():
            self._show(contact, message)
            self._writers.note(contact, on=False)
            if isinstance(message.value, ChatToAll):
                self._people.note_unread_to_all(contact, message.value.text)
            else:
                self._people.note_unread(contact, message.value.text)

    def _show(self, contact: Contact, message: Message[AnyText]) -> None:
        if contact.state is LinkState.CLOSED:
            return  # its conversation was removed
        if isinstance(message.value, ChatToAll):
            self._everyone.take(contact, cast("Message[ChatToAll]", message))
            self._people.note_to_all()
            return
        key = f"{'out' if message.mine else 'in'}-{message.number}"
        text = message.value.text
        self._view.show(
            ChatMessage(
                key=key,
                contact=contact.key,
                sender="me" if message.mine else contact.peer_id,
                name=_("You") if message.mine else contact.name,
                text=text if message.mine else display_text(text),
                state="delivered" if message.delivered else "sent",
                time=datetime.fromtimestamp(message.time),
            )
        )
        for old in self._shown.setdefault(contact, Shown()).add(key, len(text)):
            self._view.drop(contact.key, old)

    # Contacts (contact.Listener)

    def on_joined(self, contact: Contact) -> None:
        self._channel(contact).on("delivered", partial(self._show, contact))
        self._writers.take(contact)
        self._events.restore(contact)
        self._tasks.start(self._read(contact))

    def on_chosen(self, contact: Contact | None) -> None:
        self._show_writing()
        if self._people.to_all:
            names = joined([each.name for each in self._people.addressed])
            self._view.open(
                EVERYONE, _("everyone: {names}", names=names), _("To {names}", names=names)
            )
        elif contact is None:
            self._view.open("", "", _(NOBODY), off=True)
        elif not contact.known:
            self._view.open(
                contact.key, contact.name, _("{name} is not in yet", name=contact.name), off=True
            )
        elif contact.link.connected:
            self._view.open(contact.key, contact.name)
        else:
            hint = _("{name} is away, and gets it when they are back", name=contact.name)
            self._view.open(contact.key, contact.name, hint)

    def on_change(self, contact: Contact) -> None:
        """Their name may be another, or they have come or gone."""
        self._note_presence(contact)
        if contact is self._people.chosen or self._people.to_all:
            self.on_chosen(self._people.chosen)

    def _note_presence(self, contact: Contact) -> None:
        """A reload, or a path that is lost for a moment, is no event."""
        if self._tasks.closed:
            return  # it is this page that ends
        if contact.link.connected and contact not in self._met:
            self._met.add(contact)
            if self._everyone.begun:
                self._events.add_passing(EVERYONE, _("{name} has joined", name=contact.name))
        elif contact.link.connected and contact in self._away:
            self._away.discard(contact)
            self._events.add(contact, _("{name} is back", name=contact.name))
        elif contact.state is LinkState.LOST and contact in self._met - self._away:
            self._away.add(contact)
            self._events.add(contact, _("{name} is out of reach", name=contact.name))

    def on_gone(self, contact: Contact, reason: str) -> None:
        """When the Link is over, remove the conversation, and say what was not delivered."""
        if contact.state is not LinkState.CLOSED:
            return
        self._shown.pop(contact, None)
        self._view.forget(contact.key)
        self._events.forget(contact)
        self._everyone.left(contact)
        if self._everyone.begun and contact in self._met:
            self._events.add_passing(EVERYONE, _("{name} has left", name=contact.name))
        self._met.discard(contact)
        self._away.discard(contact)
        if not any(each.known for each in self._people.all):
            self._everyone.forget()
        if lost := sum(not message.delivered for message in self._channel(contact).history):
            self._notices.problem(f"{lost_messages(lost, contact.name)} {reason}")


def lost_messages(count: int, name: str) -> str:
    """A sentence about messages that somebody does not get any more."""
    return ngettext(
        "Your last message did not arrive at {name}.",
        "Your last {count} messages did not arrive at {name}.",
        count,
        name=name,
    )
