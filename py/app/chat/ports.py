"""What the chat needs from the page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.people.contact import Contact


@dataclass(frozen=True)
class ChatMessage:
    """A message in the log.

    Attributes:
        key: identifies it in its conversation.
        contact: the key of the contact.
        sender: "me", or the other page's ID.
        name: the sender's name.
        state: "sent" or "delivered" (always, for one that was received); to several people, when
            it has reached all of them.
        to: the names of those to whom it went together; "" for one person.
    """

    key: str
    contact: str
    sender: str
    name: str
    text: str
    state: str
    time: datetime
    to: str = ""


@dataclass(frozen=True)
class ChatEvent:
    """Something that has happened between the messages.

    Attributes:
        key: identifies it in its conversation.
        contact: the key of the contact.
    """

    key: str
    contact: str
    text: str
    time: datetime


class ChatView(Protocol):
    """The chat's log."""

    def show(self, item: ChatMessage | ChatEvent, /) -> None:
        """Add or update a message, or add an event."""

    def show_writing(self, words: str) -> None:
        """Say who is writing in the open conversation; "" for nobody."""

    def open(self, contact: str, name: str, hint: str = "", *, off: bool = False) -> None:
        """Show the conversation with the contact of that key alone; "" for none.

        Args:
            hint: what is said where a text is written; "" for the usual.
            off: nothing can be sent; `hint` says why.
        """

    def drop(self, contact: str, key: str) -> None:
        """Remove a message."""

    def forget(self, contact: str) -> None:
        """Remove a whole conversation."""


class Conversations(Protocol):
    """What the chat needs of the Roster."""

    chosen: Contact | None
    to_all: bool

    @property
    def addressed(self) -> list[Contact]:
        """Whom the person writes to now."""

    @property
    def all(self) -> list[Contact]:
        """Everybody who is known."""

    def note_to_all(self) -> None:
        """A text stands in the conversation with all."""

    def note_unread_to_all(self, contact: Contact, text: str) -> None:
        """A text to all has arrived from them."""

    def note_unread(self, contact: Contact, text: str) -> None:
        """A text has arrived from them."""

    def note_sent(self) -> None:
        """The person has sent something."""
