"""The texts about a contact: their state, and how far they are verified."""

from __future__ import annotations

from dataclasses import dataclass

from app.faults import explain
from app.people.contact import Contact
from peerscript.errors import LinkRefused
from peerscript.mesh import introducer_of
from peerscript.protocol.link.state import LinkState, Verification

_STATUS = {
    LinkState.CONNECTING: "Connecting…",
    LinkState.ASKING: "Asks to be let in, and has no link of yours.",
    LinkState.WAITING: "Waiting to be let in…",
    LinkState.CONNECTED: "Connected.",
    LinkState.RECONNECTING: "Reconnecting: comes back by itself.",
    LinkState.LOST: "Away.",
    LinkState.CLOSED: "Gone",
}
_TRUST = {
    Verification.SECRET: "Verified: came by the link, nobody in between.",
    Verification.COMPARED: "Verified: you compared the words.",
    Verification.ADMITTED: "Not verified. Ask them, aloud, for their four words:",
    Verification.NONE: "",
}
_ALIKE = "Another person here, or you, had a name that looks like this one before them."
_UNDECIDED = "Not verified. Compare these words aloud; if theirs differ, somebody is in between:"


@dataclass(frozen=True)
class Description:
    """The texts of a contact's row.

    Attributes:
        status: the state of the Link.
        leave: the words of the button that ends it.
        trust: what is verified and what is not.
        phrase: the words to compare; "" for none.
        verified: whether a man in the middle is ruled out.
        confirmable: whether a person may say that the words are the same.
        alike: a warning, where their name looks like that of somebody who was here before; "" for
            none.
    """

    status: str
    leave: str
    trust: str
    phrase: str
    verified: bool
    confirmable: bool
    alike: str


def describe(contact: Contact) -> Description:
    """Describe a contact."""
    link = contact.link
    verified = link.verification.verified
    phrase = "" if verified else link.phrase
    undecided = link.state in (LinkState.ASKING, LinkState.WAITING)
    trust = _UNDECIDED if undecided and phrase else _TRUST[link.verification]
    if link.verification is Verification.ADMITTED and not phrase:
        trust = "Not verified: let in without a link."
    introducer = introducer_of(link)
    if introducer is not None:
        trust = (
            f"Introduced{f' by {introducer}' if introducer else ''}, in a call with both of you."
        )
    return Description(
        _status(contact),
        _leave(contact),
        trust,
        phrase,
        verified=verified,
        confirmable=bool(phrase) and link.connected,
        alike=_ALIKE if contact.number > 1 else "",
    )


def _status(contact: Contact) -> str:
    link = contact.link
    if link.state is not LinkState.LOST:
        return _STATUS[link.state]
    if isinstance(link.error, LinkRefused) or (link.error and not link.established):
        return explain(link.error)  # nobody has been there, or we are not let in any more
    if link.is_guest:
        return f"{_STATUS[link.state]} Try again when their page is open."
    return f"{_STATUS[link.state]} Comes back by itself when their page is open again."


def _leave(contact: Contact) -> str:
    if contact.state in (LinkState.CONNECTING, LinkState.WAITING):
        return "Cancel"
    return "Remove" if contact.state is LinkState.LOST else "Disconnect"
