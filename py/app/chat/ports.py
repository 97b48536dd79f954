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
        key: its name in its conversation.
        contact: the key of whom the conversation is with.
        sender: "me", or the other page's ID.
        name: who that is.
        state: "sent" or "delivered" (what came is "delivered").
    """

    key: str
    contact: str
    sender: str
    name: str
    text: str
    state: str
    time: datetime


class ChatView(Protocol):
    """The chat's log."""

    def show(self, message: ChatMessage) -> None:
        """Add or update a message."""

    def open(self, contact: str, name: str) -> None:
        """Show the conversation with the contact of that key alone; "" for none."""

    def drop(self, contact: str, key: str) -> None:
        """Take a message away."""

    def forget(self, contact: str) -> None:
        """Take the whole conversation away."""


class Conversations(Protocol):
    """Whom the conversations are with: `Roster`."""

    chosen: Contact | None

    def note_unread(self, contact: Contact) -> None:
        """A text came from them."""
