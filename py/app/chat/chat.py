"""Messages between people: one conversation with each."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from app.chat.messages import CHAT, ChatText
from app.chat.ports import ChatMessage, ChatView, Conversations
from app.faults import explain
from app.notices import Notices
from app.people.contact import Contact, Listener
from app.tasks import Tasks
from peerscript.errors import PeerScriptError
from peerscript.link.channel import Channel
from peerscript.link.channel_inbox import Message
from peerscript.protocol.link.state import LinkState
from peerscript.protocol.text.display import display_text


class Chat(Listener):
    """The conversations with everybody; the texts themselves are their Links'."""

    def __init__(
        self, people: Conversations, view: ChatView, notices: Notices, tasks: Tasks
    ) -> None:
        self._people = people
        self._view = view
        self._notices = notices
        self._tasks = tasks

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
            message = self._channel(contact).send_nowait(ChatText(text))
        except PeerScriptError as error:
            self._notices.problem(explain(error))
            return False
        self._show(contact, message)
        return True

    @staticmethod
    def _channel(contact: Contact) -> Channel[ChatText]:
        return contact.link.channel("chat", vocabulary=CHAT)

    async def _read(self, contact: Contact) -> None:
        """Show what was written before a reload, and what comes, until the Link ends."""
        channel = self._channel(contact)
        for message in channel.history:
            self._show(contact, message)
        async for message in channel.messages():
            self._show(contact, message)
            self._people.note_unread(contact)

    def _show(self, contact: Contact, message: Message[ChatText], state: str = "") -> None:
        direction = "out" if message.mine else "in"
        self._view.show(
            ChatMessage(
                key=f"{contact.link.key}/{direction}/{message.number}",
                peer_id=contact.peer_id,
                sender="me" if message.mine else contact.peer_id,
                name="You" if message.mine else contact.name,
                text=message.value.text if message.mine else display_text(message.value.text),
                state=state or ("delivered" if message.delivered else "sent"),
                time=datetime.fromtimestamp(message.time),
            )
        )

    # What happens with contacts (contact.Listener)

    def on_joined(self, contact: Contact) -> None:
        self._channel(contact).on("delivered", partial(self._show, contact))
        self._tasks.start(self._read(contact))

    def on_chosen(self, contact: Contact | None) -> None:
        self._view.open(contact.peer_id if contact else "", contact.name if contact else "")

    def on_change(self, contact: Contact) -> None:
        """Their name may be known now."""
        if contact is self._people.chosen:
            self._view.open(contact.peer_id, contact.name)

    def on_gone(self, contact: Contact, reason: str) -> None:
        """When the Link is over, what was not confirmed did not arrive."""
        if contact.state is LinkState.CLOSED:
            for message in self._channel(contact).history:
                if not message.delivered:
                    self._show(contact, message, "failed")
