"""The state of the page as a whole, and the words for it."""

from __future__ import annotations

from collections.abc import Sequence

from app.language import _
from app.people.contact import Contact
from app.people.roster import Roster
from peerscript import Peer
from peerscript.protocol.link.state import LinkState


def page_status(peer: Peer, people: Roster, *, online: bool = True) -> tuple[str, str]:
    """The state (`#status`'s `data-state`), and its text.

    Args:
        online: whether the browser has a network at all.
    """
    reached = _in_state(people, LinkState.CONNECTED)
    broken = _in_state(people, LinkState.RECONNECTING)
    dialled = _in_state(people, LinkState.CONNECTING) + _in_state(people, LinkState.WAITING)
    asking = _in_state(people, LinkState.ASKING)
    if reached:
        return "connected", _("Connected to {names}", names=_names(reached))
    if broken:
        return "reconnecting", _("Reconnecting to {names}", names=_names(broken))
    if dialled:
        return "connecting", _("Connecting to {names}", names=_names(dialled))
    if asking:
        return "ready", _("{names} asks to be let in", names=_names(asking))
    if peer.open:
        return "ready", _("{name} has left.", name=people.left) if people.left else _("Ready")
    return "offline", _("Offline: looking for the broker") if online else _("Offline")


def _in_state(people: Roster, state: LinkState) -> list[Contact]:
    return [contact for contact in people.all if contact.state is state]


def _names(contacts: Sequence[Contact]) -> str:
    return ", ".join(contact.name for contact in contacts)
