"""One other person, with their Link."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count

from app.language import _
from peerscript.link.link import Link
from peerscript.protocol.link.state import LinkState
from peerscript.protocol.text.display import display_line
from peerscript.protocol.text.lookalikes import skeletons

_keys = count(1)


class Listener:
    """What is reported about contacts, to chat, files, calls and slides."""

    def on_joined(self, contact: Contact) -> None:
        """There is a new contact: open the channels with them."""

    def on_chosen(self, contact: Contact | None) -> None:
        """This contact was chosen: the chat, files and calls are with them now."""

    def on_change(self, contact: Contact) -> None:
        """The state of the Link changed."""

    def on_granted(self, contact: Contact, scope: str) -> None:
        """They have opened another link of this page, over the Link that stands."""

    def on_gone(self, contact: Contact, reason: str) -> None:
        """Everything with them has failed or ended; `reason` is for people."""


def short_name(peer_id: str) -> str:
    """A name for somebody who has not chosen one."""
    return display_line(
        peer_id if len(peer_id) <= 12 else _("Guest {id}", id=peer_id[:4]), 12, _("Guest")
    )


def _numbered(name: str, number: int) -> str:
    return name if number == 1 else f"{name} ({number})"


class Contact:
    """A person on the other side of a Link.

    Attributes:
        key: identifies the contact on this page. An ID does not: anybody may have it at the broker.
        link: the Link to them.
        unread: how much came while another conversation was open, or the page not in view.
        in_call: whether they are in a call with this page.
        number: tells apart contacts whose names look alike; 1 for the first, or the only one.
    """

    def __init__(self, link: Link) -> None:
        self.key = str(next(_keys))
        self.link = link
        self.unread = 0
        self.in_call = False
        self.number = 1
        self._compared = ""

    @property
    def peer_id(self) -> str:
        """Their page's ID."""
        return self.link.peer_id

    @property
    def session(self) -> str:
        """Identifies the session, also after a reload (`Link.key`)."""
        return self.link.key

    @property
    def name(self) -> str:
        """Their name, with a number if an earlier contact's name looks alike."""
        return _numbered(self.own_name, self.number)

    @property
    def own_name(self) -> str:
        """The name that they have chosen; one made from their ID until it is known."""
        return self.link.name or short_name(self.peer_id)

    @property
    def state(self) -> LinkState:
        """The state of their Link."""
        return self.link.state

    @property
    def known(self) -> bool:
        """Whether the Link is established: what is sent arrives, now or when they are back."""
        return self.link.established and self.state is not LinkState.CLOSED

    def tell_apart(self, others: Iterable[str]) -> None:
        """Number a new name if it looks like one of `others`. The number stays while the name does,
        so that nobody takes the place of a contact that has left.
        """
        if self.own_name == self._compared:
            return
        self._compared = self.own_name
        taken = frozenset[str]().union(*(skeletons(name) for name in others))
        free = (n for n in count(1) if taken.isdisjoint(skeletons(_numbered(self.own_name, n))))
        self.number = next(free)
