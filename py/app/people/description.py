"""The texts about a contact: their state, and how far they are verified."""

from __future__ import annotations

from dataclasses import dataclass

from app.faults import explain
from app.language import N_, _
from app.people.contact import Contact
from peerscript.errors import LinkRefused
from peerscript.mesh import introducer_of
from peerscript.protocol.link.state import LinkState, Verification

_STATUS = {
    LinkState.CONNECTING: N_("Connecting…"),
    LinkState.ASKING: N_("Asks to be let in, and has no link of yours."),
    LinkState.WAITING: N_("Waiting to be let in…"),
    LinkState.CONNECTED: N_("Connected."),
    LinkState.RECONNECTING: N_("Reconnecting: comes back by itself."),
    LinkState.CLOSED: N_("Gone"),
}
_TRUST = {
    Verification.SECRET: N_("Verified: came by the link, nobody in between."),
    Verification.COMPARED: N_("Verified: you compared the words."),
    Verification.ADMITTED: N_("Not verified. Ask them, aloud, for their four words:"),
    Verification.NONE: "",
}
_ALIKE = N_("Another person here, or you, had a name that looks like this one before them.")
_UNDECIDED = N_(
    "Not verified. Compare these words aloud; if theirs differ, somebody is in between:"
)


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
    trust = _(_UNDECIDED) if undecided and phrase else _(_TRUST[link.verification])
    if link.verification is Verification.ADMITTED and not phrase:
        trust = _("Not verified: let in without a link.")
    introducer = introducer_of(link)
    if introducer is not None:
        trust = (
            _("Introduced by {name}, in a call with both of you.", name=introducer)
            if introducer
            else _("Introduced, in a call with both of you.")
        )
    return Description(
        _status(contact),
        _leave(contact),
        trust,
        phrase,
        verified=verified,
        confirmable=bool(phrase) and link.connected,
        alike=_(_ALIKE) if contact.number > 1 else "",
    )


def _status(contact: Contact) -> str:
    link = contact.link
    if link.state is not LinkState.LOST:
        return _(_STATUS[link.state])
    if isinstance(link.error, LinkRefused) or (link.error and not link.established):
        return explain(link.error)  # nobody has been there, or we are not let in any more
    if link.is_guest:
        return _("Away. Try again when their page is open.")
    return _("Away. Comes back by itself when their page is open again.")


def _leave(contact: Contact) -> str:
    if contact.state in (LinkState.CONNECTING, LinkState.WAITING):
        return _("Cancel")
    return _("Remove") if contact.state is LinkState.LOST else _("Disconnect")
