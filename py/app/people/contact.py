"""One other person: their Link, and what the page makes of it."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count

from peerscript.link.link import Link
from peerscript.protocol.link.state import LinkState
from peerscript.protocol.text.display import display_line
from peerscript.protocol.text.lookalikes import skeletons

_keys = count(1)


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
    return display_line(peer_id if len(peer_id) <= 12 else f"Guest {peer_id[:4]}", 12, "Guest")


def _numbered(name: str, number: int) -> str:
    return name if number == 1 else f"{name} ({number})"


class Contact:
    """A person on the other side of a Link.

    Attributes:
        key: names this contact on this page. An ID does not: anybody may have it at the broker.
        link: what carries everything.
        unread: texts that came while another conversation was open.
        number: which of those with names that look alike; 1 for the first, or the only one.
    """

    def __init__(self, link: Link) -> None:
        self.key = str(next(_keys))
        self.link = link
        self.unread = 0
        self.number = 1
        self._compared = ""

    @property
    def peer_id(self) -> str:
        """Their page's ID."""
        return self.link.peer_id

    @property
    def session(self) -> str:
        """What both pages call what they have together, after a reload too; "" before that."""
        return self.link.key

    @property
    def name(self) -> str:
        """What to call them: with a number where somebody who was here before is called alike."""
        return _numbered(self.own_name, self.number)

    @property
    def own_name(self) -> str:
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

    def tell_apart(self, others: Iterable[str]) -> None:
        """Give a newcomer, or whoever takes another name, a number if it looks like one of others.
        A number stays while the name does: nobody slips into the place of one who has left.
        """
        if self.own_name == self._compared:
            return
        self._compared = self.own_name
        taken = frozenset[str]().union(*(skeletons(name) for name in others))
        free = (n for n in count(1) if taken.isdisjoint(skeletons(_numbered(self.own_name, n))))
        self.number = next(free)
