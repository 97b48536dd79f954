"""Messages between people: one conversation with each."""

from __future__ import annotations

from datetime import datetime

from app.chat.ports import ChatMessage, ChatView, Conversations
from app.faults import explain
from app.notices import Notices
from app.people.contact import Contact, Listener
from peerscript.errors import PeerScriptError
from peerscript.protocol.link.journal import Entry
from peerscript.protocol.link.state import LinkState
from peerscript.protocol.text.display import display_text


class Chat(Listener):
    """The conversations with everybody; the texts themselves are their Links'."""

    def __init__(self, people: Conversations, view: ChatView, notices: Notices) -> None:
        self._people = people
        self._view = view
        self._notices = notices

    def open(self, contact: Contact | None) -> None:
        """Show the conversation with somebody, or none."""
        self._view.open(contact.peer_id if contact else "", contact.name if contact else "")

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

    def _show(self, contact: Contact, entry: Entry, state: str = "") -> None:
        session = contact.link.session.session
        direction = "out" if entry.mine else "in"
        self._view.show(
            ChatMessage(
                key=f"{contact.peer_id}/{session}/{direction}/{entry.number}",
                peer_id=contact.peer_id,
                sender="me" if entry.mine else contact.peer_id,
                name="You" if entry.mine else contact.name,
                text=entry.text if entry.mine else display_text(entry.text),
                state=state or ("delivered" if entry.delivered else "sent"),
                time=datetime.fromtimestamp(entry.time),
            )
        )

    # What happens with contacts (contact.Listener)

    def on_change(self, contact: Contact) -> None:
        """Their name may be known now."""
        if contact is self._people.chosen:
            self._view.open(contact.peer_id, contact.name)

    def on_gone(self, contact: Contact, reason: str) -> None:
        """When the Link is over, what was not confirmed did not arrive."""
        if contact.state is LinkState.CLOSED:
            for entry in contact.link.history:
                if not entry.delivered:
                    self._show(contact, entry, "failed")
