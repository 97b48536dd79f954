"""Messages between people: one conversation with each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from app.chat.ports import ChatMessage, ChatView, Conversations
from app.faults import explain
from app.notices import Notices
from app.people.contact import Contact, Listener
from peerscript.errors import PeerScriptError
from peerscript.protocol.link.journal import Entry
from peerscript.protocol.link.state import LinkState

KEPT = 3000  # messages of a conversation that can be read; the oldest go
KEPT_SIZE = 4_000_000  # characters, in the same way


class Chat(Listener):
    """The conversations with everybody; the texts themselves are their Links'. What is shown of
    them ends with the Link.
    """

    def __init__(self, people: Conversations, view: ChatView, notices: Notices) -> None:
        self._people = people
        self._view = view
        self._notices = notices
        self._shown: dict[Contact, Shown] = {}

    def open(self, contact: Contact | None) -> None:
        """Show the conversation with somebody, or none."""
        self._view.open(contact.key if contact else "", contact.name if contact else "")

    def send(self, text: str) -> bool:
        """Send a text to whom the conversation is with; return whether it was taken. Problems are
        told. It arrives when they are back, if they are away now.
        """
        if not text.strip():
            return False
        contact = self._people.chosen
        if contact is None or not contact.known:
            self._notices.problem("Nobody is connected, so the message was not sent.")
            return False
        try:
            entry = contact.write(text)
        except PeerScriptError as error:
            self._notices.problem(explain(error))
            return False
        self._show(contact, entry)
        return True

    async def read(self, contact: Contact) -> None:
        """Show what was written before a reload, and what comes, until the Link ends."""
        for entry in contact.link.history:
            self._show(contact, entry)
        async for entry in contact.link.entries():
            self._show(contact, entry)
            self._people.note_unread(contact)

    def on_delivered(self, contact: Contact, entry: Entry) -> None:
        """A text of ours has arrived."""
        self._show(contact, entry)

    def _show(self, contact: Contact, entry: Entry) -> None:
        if contact.state is LinkState.CLOSED:
            return  # what lay unread is too late
        key = f"{'out' if entry.mine else 'in'}-{entry.number}"
        self._view.show(
            ChatMessage(
                key=key,
                contact=contact.key,
                sender="me" if entry.mine else contact.peer_id,
                name="You" if entry.mine else contact.name,
                text=entry.text,
                state="delivered" if entry.delivered else "sent",
                time=datetime.fromtimestamp(entry.time),
            )
        )
        for old in self._shown.setdefault(contact, Shown()).add(key, len(entry.text)):
            self._view.drop(contact.key, old)

    # What happens with contacts (contact.Listener)

    def on_change(self, contact: Contact) -> None:
        """Their name may be known now."""
        if contact is self._people.chosen:
            self._view.open(contact.key, contact.name)

    def on_gone(self, contact: Contact, reason: str) -> None:
        """When the Link is over, so is the conversation; what was not confirmed did not arrive."""
        if contact.state is not LinkState.CLOSED:
            return
        self._shown.pop(contact, None)
        self._view.forget(contact.key)
        if lost := sum(not entry.delivered for entry in contact.link.history):
            self._notices.problem(f"{lost_messages(lost)} not arrive at {contact.name}. {reason}")


class Shown:
    """The messages of a conversation that can be read, oldest first."""

    def __init__(self) -> None:
        self._sizes: dict[str, int] = {}
        self._size = 0

    def add(self, key: str, size: int) -> Iterator[str]:
        """Add a message, if it is new, and give those that make room for it."""
        if key not in self._sizes:
            self._sizes[key] = size
            self._size += size
        while len(self._sizes) > KEPT or (self._size > KEPT_SIZE and len(self._sizes) > 1):
            oldest = next(iter(self._sizes))
            self._size -= self._sizes.pop(oldest)
            yield oldest


def lost_messages(count: int) -> str:
    """The beginning of a sentence about messages."""
    return "Your last message did" if count == 1 else f"Your last {count} messages did"
