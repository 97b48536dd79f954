"""The invitations that a page has given out: secrets that open the door, and until when."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from peerscript.protocol.link.handshake import Reason
from peerscript.protocol.link.keys import SECRET_SIZE, from_text, to_text

MAX_KEPT = 32  # the oldest that opens nothing any more is forgotten first


class InvalidSecret(ValueError):
    """The text is not the secret of an invite."""


@dataclass(frozen=True)
class InviteSecret:
    """One invitation.

    Attributes:
        secret: 16 bytes in base64url, as in the link.
        expires: when it ends, in seconds since 1970; None for as long as the page is open.
        uses: how many more people it lets in; None for any number.
        revoked: whether it was taken back.
        scope: what it leads to, and so what whoever proves it may do; "" for the page itself.
    """

    secret: str
    expires: float | None = None
    uses: int | None = None
    revoked: bool = False
    scope: str = ""

    def closed(self, now: float) -> Reason | None:
        """Why it opens nothing any more; None if it does."""
        if self.revoked:
            return Reason.REVOKED
        if self.expires is not None and now >= self.expires:
            return Reason.EXPIRED
        return Reason.USED_UP if self.uses == 0 else None


class Invites:
    """All invitations of a page. Those that are over are remembered, to tell why they are.

    Args:
        changed: is called after every change, to save them.
        random: gives so many random bytes.
        clock: the time, in seconds since 1970.
    """

    def __init__(
        self,
        kept: tuple[InviteSecret, ...] = (),
        changed: Callable[[], None] = lambda: None,
        random: Callable[[int], bytes] = secrets.token_bytes,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._all = {invite.secret: invite for invite in kept}
        self._changed = changed
        self._random = random
        self._clock = clock

    def __iter__(self) -> Iterator[InviteSecret]:
        return iter(tuple(self._all.values()))

    def issue(
        self, *, expires: float | None = None, uses: int | None = None, scope: str = ""
    ) -> InviteSecret:
        """Make a new one; see InviteSecret."""
        secret = to_text(self._random(SECRET_SIZE))
        invite = InviteSecret(secret, expires, uses, scope=scope)
        self._all[invite.secret] = invite
        now = self._clock()
        while len(self._all) > MAX_KEPT:
            over = (each.secret for each in self._all.values() if each.closed(now))
            del self._all[next(over, next(iter(self._all)))]
        self._changed()
        return invite

    def revoke(self, secret: str) -> None:
        """Take one back: it lets nobody in any more. Whoever is in stays."""
        if secret in self._all:
            self._all[secret] = replace(self._all[secret], revoked=True)
            self._changed()

    def keys(self) -> tuple[bytes, ...]:
        """The secrets that a guest may prove, those included that are over."""
        return tuple(secret_bytes(secret) for secret in self._all)

    def redeem(self, key: bytes, now: float) -> Reason | None:
        """A guest has proved a secret: count it, or return why it opens nothing."""
        invite = self._all.get(to_text(key))
        if invite is None:
            return Reason.REVOKED  # forgotten while the guest proved it
        closed = invite.closed(now)
        if closed is None and invite.uses is not None:
            self._all[invite.secret] = replace(invite, uses=invite.uses - 1)
            self._changed()
        return closed

    def scope(self, key: bytes) -> str:
        """What the invite leads to that a guest has proved; "" if it is forgotten."""
        invite = self._all.get(to_text(key))
        return invite.scope if invite else ""


def secret_bytes(secret: str) -> bytes:
    """Read a secret.

    Raises:
        InvalidSecret: it is not one.
    """
    try:
        return from_text(secret, SECRET_SIZE)
    except ValueError as error:
        raise InvalidSecret("this is not the secret of an invite") from error
