"""The link that brings two pages together: `https://host/path/#<peer-id>[.<secret>][/scope]`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urldefrag

from app.language import N_, _
from peerscript.errors import InvalidId
from peerscript.protocol.ids import check_id
from peerscript.protocol.link.invites import InvalidSecret, secret_bytes
from peerscript.protocol.text.display import display_line

DAMAGED = N_("This link is damaged: copy the whole of it, to its end.")
ABOUT = "invite"  # of notices about what was pasted or opened: the next one settles them
_SCOPE = re.compile(r"[a-z]{1,32}")


class InvalidInvite(ValueError):
    """The text is neither a peer ID nor a link with one."""


@dataclass(frozen=True)
class Invite:
    """The contents of an invite link.

    Attributes:
        peer_id: the inviting page's ID.
        secret: the invite's secret; None in a bare link.
        scope: what the invite allows; None for the whole page.
    """

    peer_id: str
    secret: str | None = None
    scope: str | None = None

    def fragment(self) -> str:
        """The link's fragment, without the `#`."""
        secret = f".{self.secret}" if self.secret else ""
        scope = f"/{self.scope}" if self.scope else ""
        return f"{self.peer_id}{secret}{scope}"

    def link(self, page: str) -> str:
        """The link to `page`, whose own fragment is replaced."""
        return f"{urldefrag(page).url}#{self.fragment().replace(' ', '%20')}"


def parse_fragment(fragment: str) -> Invite:
    """Read a link's fragment, without the `#`.

    Raises:
        InvalidInvite: there is no ID in it; the message says what was expected.
    """
    address, _slash, scope = fragment.partition("/")
    peer_id, _dot, secret = address.partition(".")
    try:
        check_id(peer_id)
    except InvalidId as error:
        shown = display_line(peer_id, 60)
        raise InvalidInvite(
            _(
                "“{shown}” is not an ID: it has letters and digits, with single spaces, "
                "dashes or underscores between them.",
                shown=shown,
            )
        ) from error
    try:
        if secret:
            secret_bytes(secret)
    except InvalidSecret as error:
        raise InvalidInvite(_(DAMAGED)) from error
    if scope and not _SCOPE.fullmatch(scope):
        raise InvalidInvite(_("This link leads to a place that this page does not have."))
    return Invite(peer_id, secret or None, scope or None)
