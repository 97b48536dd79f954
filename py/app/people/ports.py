"""What the roster needs from the page."""

from __future__ import annotations

from typing import Protocol

from app.people.contact import Contact


class PeopleView(Protocol):
    """The list of contacts."""

    def show(self, contact: Contact, *, chosen: bool) -> None:
        """Add or update a row; `chosen` if the chat, files and calls are with them."""

    def remove(self, contact: Contact) -> None:
        """Remove the row, and the counts of what is unread of theirs."""
