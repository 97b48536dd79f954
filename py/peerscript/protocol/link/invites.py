"""The invites that a page has issued: secrets, and how long each is valid."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from peerscript.protocol.link.handshake import Reason
from peerscript.protocol.link.keys import SECRET_SIZE, from_text, to_text

MAX_KEPT = 32  # beyond it the oldest invalid one is dropped, else the oldest


class InvalidSecret(ValueError):
    """The text is not the secret of an invite."""


@dataclass(frozen=True)
class InviteSecret:
    """One invite.

    Attributes:
        secret: 16 bytes in base64url, as in the link.
        expires: when it becomes invalid, in seconds since 1970; None for never.
        uses: how many more guests may use it; None for any number.
        revoked: whether it was revoked.
        scope: what it allows a guest that proves it; "" for the whole page.
    """

    secret: str
    expires: float | None = None
    uses: int | None = None
    revoked: bool = False
    scope: str = ""

    def closed(self, now: float) -> Reason | None:
        """Why it is not valid any more; None if it is valid."""
        if self.revoked:
            return Reason.REVOKED
        if self.expires is not None and now >= self.expires:
            return Reason.EXPIRED
        return Reason.USED_UP if self.uses == 0 else None


class InviteTable:
    """All invites of a page. Invalid ones are kept, so that a guest can be told why.

    Args:
        changed: called after every change, to save them.
        random: returns so many random bytes.
        clock: returns the time, in seconds since 1970.
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
        """Issue an invite; see InviteSecret.

        Raises:
            TypeError, ValueError: nobody could use it; the text says what to write.
        """
        now = self._clock()
        _check_invite(expires, uses, scope, now)
        secret = to_text(self._random(SECRET_SIZE))
        invite = InviteSecret(secret, expires, uses, scope=scope)
        self._all[invite.secret] = invite
        while len(self._all) > MAX_KEPT:
            over = (each.secret for each in self._all.values() if each.closed(now))
            del self._all[next(over, next(iter(self._all)))]
        self._changed()
        return invite

    def revoke(self, secret: str) -> None:
        """Make an invite invalid. Sessions that it has begun continue."""
        if secret in self._all:
            self._all[secret] = replace(self._all[secret], revoked=True)
            self._changed()

    def keys(self) -> tuple[bytes, ...]:
        """The secrets that a guest may prove, including invalid ones."""
        return tuple(secret_bytes(secret) for secret in self._all)

    def redeem(self, key: bytes, now: float) -> Reason | None:
        """Count the use of a proved secret; return why it is not valid, or None."""
        invite = self._all.get(to_text(key))
        if invite is None:
            return Reason.REVOKED  # dropped during the handshake
        closed = invite.closed(now)
        if closed is None and invite.uses is not None:
            self._all[invite.secret] = replace(invite, uses=invite.uses - 1)
            self._changed()
        return closed

    def scope(self, key: bytes) -> str:
        """The scope of a proved secret; "" if the invite was dropped."""
        invite = self._all.get(to_text(key))
        return invite.scope if invite else ""


def _check_invite(expires: object, uses: object, scope: object, now: float) -> None:
    if expires is not None:
        if isinstance(expires, bool) or not isinstance(expires, int | float):
            raise TypeError(f"expires={expires!r}: it is seconds since 1970: time.time() + 3600")
        if not expires > now:
            raise ValueError(
                f"expires={expires!r} is in the past: it is seconds since 1970: time.time() + 3600"
            )
    if uses is not None:
        if isinstance(uses, bool) or not isinstance(uses, int):
            raise TypeError(f"uses={uses!r}: it is how many guests may use it, or None for any")
        if uses < 1:
            raise ValueError(f"uses={uses}: one or more guests, or None for any number")
    if not isinstance(scope, str):
        raise TypeError(f"scope={scope!r}: it is a text")


def secret_bytes(secret: str) -> bytes:
    """Read a secret.

    Raises:
        InvalidSecret: it is not one.
    """
    if isinstance(secret, InviteSecret):
        raise InvalidSecret("this is the whole invite: give its text, `invite.secret`")
    if not isinstance(secret, str):
        raise InvalidSecret(f"the secret of an invite is a text, not {type(secret).__name__}")
    if "#" in secret or "." in secret:
        raise InvalidSecret("this is a whole link: the ID is before the dot, the secret after")
    try:
        return from_text(secret, SECRET_SIZE)
    except ValueError as error:
        raise InvalidSecret("this is not the secret of an invite") from error
