"""One other person: their Link, and what the page makes of it."""

from __future__ import annotations

from peerscript.link.link import Link
from peerscript.protocol.link.state import LinkState


class Listener:
    """Chat, files, calls and slides: told what happens with contacts; each takes what it needs."""

    def on_joined(self, contact: Contact) -> None:
        """Somebody was met: open the channels with them."""

    def on_chosen(self, contact: Contact | None) -> None:
        """The chat, files and calls are with this one from now on."""

    def on_change(self, contact: Contact) -> None:
        """The state of the Link changed."""

    def on_gone(self, contact: Contact, reason: str) -> None:
        """Whatever was under way with them has ended; `reason` is for people."""


def short_name(peer_id: str) -> str:
    """What to call somebody who has not said their name."""
    return peer_id if len(peer_id) <= 12 else f"Guest {peer_id[:4]}"


class Contact:
    """A person on the other side of a Link.

    Attributes:
        link: what carries everything.
        own_name: what this page calls itself towards them.
        unread: texts that came while another conversation was open.
    """

    def __init__(self, link: Link, own_name: str) -> None:
        self.link = link
        self.own_name = own_name
        self.unread = 0

    @property
    def peer_id(self) -> str:
        """Their page's ID."""
        return self.link.peer_id

    @property
    def name(self) -> str:
        """What they call themselves; something short until they have said it."""
        return self.link.name or short_name(self.peer_id)

    @property
    def state(self) -> LinkState:
        """How it stands with them."""
        return self.link.state

    @property
    def known(self) -> bool:
        """Whether they are in: what is written to them will arrive, now or when they are back."""
        return self.link.established and self.state is not LinkState.CLOSED

    @property
    def signature(self) -> str:
        """Who this page is, in words that the other side shows."""
        return self.own_name or "The other side"
