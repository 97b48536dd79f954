"""What the roster needs from the page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from app.people.contact import Contact


class Attention(Protocol):
    """What tells the person of what they do not see."""

    @property
    def seen(self) -> bool:
        """Whether the page is in view."""

    def on_seen(self, seen: Callable[[], None]) -> None:
        """Call this whenever the page comes into view."""

    def show_unread(self, count: int) -> None:
        """Show outside of the page how much has not been read."""

    def tell(self, key: str, text: str) -> None:
        """Something has come from the contact of that key: a sound, and a notification if that is
        permitted and the page is not in view.
        """

    def settle(self, key: str) -> None:
        """What came from them was read: notify of it no longer."""

    def ask(self) -> None:
        """Ask once for the permission to notify; called when the person has pressed something."""


class PeopleView(Protocol):
    """The list of contacts."""

    def show(self, contact: Contact, *, chosen: bool) -> None:
        """Add or update a row; `chosen` if the chat, files and calls are with them."""

    def show_everyone(self, names: str, *, chosen: bool, unread: int) -> None:
        """Offer to address all at once; no `names`: there is no choice."""

    def remove(self, contact: Contact) -> None:
        """Remove the row, and the counts of what is unread of theirs."""
