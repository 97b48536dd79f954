"""The one conversation with everybody: what is said to all at once, and what is answered to all.

Each text goes to each person over their own Link, and says to whom it went. Nobody passes anything
on: whom somebody is not connected to does not hear them.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app.chat.messages import MAX_TO, ChatToAll
from app.chat.ports import ChatMessage, ChatView
from app.chat.shown import Shown
from app.language import _
from app.people.contact import Contact
from app.people.roster import EVERYONE, joined
from peerscript.link.channel_inbox import Message
from peerscript.protocol.text.display import display_line, display_text


@dataclass
class _Said:
    """A text in the conversation.

    Attributes:
        waiting: whom it has not reached; of an own one.
    """

    message: Message[ChatToAll]
    sender: Contact | None
    waiting: set[Contact] = field(default_factory=set)


class Everyone:
    """What was said to all, by the IDs that the senders have given.

    Args:
        send: sends one of its texts to a contact; returns it, or None if that was not possible.
    """

    def __init__(
        self, view: ChatView, send: Callable[[Contact, ChatToAll], Message[ChatToAll] | None]
    ) -> None:
        self._view = view
        self._send = send
        self._said: dict[str, _Said] = {}
        self._shown = Shown()

    def send(self, text: str, contacts: Sequence[Contact]) -> bool:
        """Send a text to each of them; return whether it was accepted for anybody."""
        to = joined([contact.name for contact in contacts])
        value = ChatToAll(secrets.token_hex(8), display_line(to, MAX_TO), text)
        sent = [(contact, self._send(contact, value)) for contact in contacts]
        for contact, message in sent:
            if message is not None:
                self.take(contact, message)
        return any(message for _, message in sent)

    def take(self, contact: Contact, message: Message[ChatToAll]) -> None:
        """Show a text of either side of a Link, or that one has arrived."""
        sender = None if message.mine else contact
        key = f"{sender.key if sender else 'me'}-{message.value.id}"
        said = self._said.setdefault(key, _Said(message, sender))
        if message.mine and not message.delivered:
            said.waiting.add(contact)
        else:
            said.waiting.discard(contact)
        self._show(key, said)

    def _show(self, key: str, said: _Said) -> None:
        value, sender = said.message.value, said.sender
        self._view.show(
            ChatMessage(
                key=key,
                contact=EVERYONE,
                sender=sender.peer_id if sender else "me",
                name=sender.name if sender else _("You"),
                text=display_text(value.text) if sender else value.text,
                state="sent" if said.waiting else "delivered",
                time=datetime.fromtimestamp(said.message.time),
                to=display_line(value.to, MAX_TO),
            )
        )
        for old in self._shown.add(key, len(value.text)):
            del self._said[old]
            self._view.drop(EVERYONE, old)

    @property
    def begun(self) -> bool:
        """Whether anything has been said to all."""
        return bool(self._said)

    def left(self, contact: Contact) -> None:
        """Their Link is over: what they have not received they will not; what they said goes."""
        for key, said in list(self._said.items()):
            if said.sender is contact:
                del self._said[key]
                self._shown.forget(key)
                self._view.drop(EVERYONE, key)
            else:
                said.waiting.discard(contact)

    def forget(self) -> None:
        """Nobody is left: remove the conversation."""
        self._said.clear()
        self._shown = Shown()
        self._view.forget(EVERYONE)
