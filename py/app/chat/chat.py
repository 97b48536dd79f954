"""Messages between people: one conversation with each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from app.chat.messages import CHAT, MAX_TEXT, ChatText
from app.chat.ports import ChatMessage, ChatView, Conversations
from app.faults import explain
from app.notices import Notices
from app.people.contact import Contact, Listener
from app.tasks import Tasks
from peerscript.errors import MessageTooBig, PeerScriptError
from peerscript.link.channel import Channel
from peerscript.link.channel_inbox import Message
from peerscript.protocol.link.state import LinkState
from peerscript.protocol.text.display import display_text

KEPT = 3000  # messages shown of a conversation; older ones are dropped
NOBODY = "Nobody is connected yet"
KEPT_SIZE = 4_000_000  # characters shown of a conversation


class Chat(Listener):
    """The conversations with all contacts. The messages are kept by the Links' channels; what is
    shown of a conversation is removed with its Link.
    """

    def __init__(
        self, people: Conversations, view: ChatView, notices: Notices, tasks: Tasks
    ) -> None:
        self._people = people
        self._view = view
        self._notices = notices
        self._tasks = tasks
        self._shown: dict[Contact, Shown] = {}

    def send(self, text: str) -> bool:
        """Send a text to the chosen contact; return whether it was accepted. Problems are shown. If
        the contact is away, it arrives when they are back.
        """
        if not text.strip():
            return False
        contact = self._people.chosen
        if contact is None or not contact.known:
            self._notices.problem("Nobody is connected, so the message was not sent.")
            return False
        try:
            if len(text) > MAX_TEXT:
                raise MessageTooBig(f"{len(text)} characters; at most {MAX_TEXT}")
            message = self._channel(contact).send_nowait(ChatText(text))
        except PeerScriptError as error:
            self._notices.problem(explain(error))
            return False
        self._show(contact, message)
        self._people.note_sent()
        return True

    @staticmethod
    def _channel(contact: Contact) -> Channel[ChatText]:
        return contact.link.channel("chat", vocabulary=CHAT)

    async def _read(self, contact: Contact) -> None:
        """Show the messages from before a reload, and new ones, until the Link ends."""
        channel = self._channel(contact)
        for message in channel.history:
            self._show(contact, message)
        async for message in channel.messages():
            self._show(contact, message)
            self._people.note_unread(contact, message.value.text)

    def _show(self, contact: Contact, message: Message[ChatText]) -> None:
        if contact.state is LinkState.CLOSED:
            return  # its conversation was removed
        key = f"{'out' if message.mine else 'in'}-{message.number}"
        text = message.value.text
        self._view.show(
            ChatMessage(
                key=key,
                contact=contact.key,
                sender="me" if message.mine else contact.peer_id,
                name="You" if message.mine else contact.name,
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
        self._tasks.start(self._read(contact))

    def on_chosen(self, contact: Contact | None) -> None:
        if contact is None:
            self._view.open("", "", NOBODY, off=True)
        elif not contact.known:
            self._view.open(contact.key, contact.name, f"{contact.name} is not in yet", off=True)
        elif contact.link.connected:
            self._view.open(contact.key, contact.name)
        else:
            hint = f"{contact.name} is away, and gets it when they are back"
            self._view.open(contact.key, contact.name, hint)

    def on_change(self, contact: Contact) -> None:
        """Their name may be another, or they have come or gone."""
        if contact is self._people.chosen:
            self.on_chosen(contact)

    def on_gone(self, contact: Contact, reason: str) -> None:
        """When the Link is over, remove the conversation, and say what was not delivered."""
        if contact.state is not LinkState.CLOSED:
            return
        self._shown.pop(contact, None)
        self._view.forget(contact.key)
        if lost := sum(not message.delivered for message in self._channel(contact).history):
            self._notices.problem(f"{lost_messages(lost)} not arrive at {contact.name}. {reason}")


class Shown:
    """The messages of a conversation that are shown, oldest first."""

    def __init__(self) -> None:
        self._sizes: dict[str, int] = {}
        self._size = 0

    def add(self, key: str, size: int) -> Iterator[str]:
        """Add a message, if it is new, and yield the keys of those to drop."""
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
