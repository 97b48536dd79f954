"""The link that this page hands out, and how long it works."""

from __future__ import annotations

import time
from collections.abc import Callable
from enum import Enum

from app.connection.invite import Invite
from peerscript.link.links import Links
from peerscript.protocol.link.invites import InviteSecret

HOUR = 3600.0  # seconds


class Limit(Enum):
    """For how long a link works."""

    OPEN = "open"  # until a new one is made
    ONE = "one"  # for one person
    HOUR = "hour"


def _limit_of(*kept: InviteSecret) -> Limit:
    """What was chosen before the page was loaded again: the newest link has it."""
    if not kept or (kept[-1].expires is None and kept[-1].uses is None):
        return Limit.OPEN
    return Limit.ONE if kept[-1].expires is None else Limit.HOUR


class InviteLink:
    """Makes invites; the one that is shown always works.

    Args:
        scope: what they lead to, and so what they allow; "" for the page itself.
        clock: the time, in seconds since 1970.
    """

    def __init__(
        self, links: Links, scope: str = "", clock: Callable[[], float] = time.time
    ) -> None:
        self._links = links
        self._scope = scope
        self._clock = clock
        self._limit = _limit_of(*self._kept())

    def invite(self) -> Invite:
        """The invite to show: the one there is, or a new one if that is over."""
        secret = self._open()
        if secret is None:
            secret = self._issue()
        return Invite(self._links.own_id, secret.secret, self._scope or None)

    def renew(self, limit: Limit) -> Invite:
        """Take back the link that was shown, and make another."""
        self._limit = limit
        self.revoke()
        return self.invite()

    def revoke(self) -> None:
        """Take back the link that was shown, and make none until one is asked for."""
        while (secret := self._open()) is not None:
            self._links.invites.revoke(secret.secret)

    def _open(self) -> InviteSecret | None:
        now = self._clock()
        return next((each for each in self._kept() if each.closed(now) is None), None)

    def _kept(self) -> list[InviteSecret]:
        return [each for each in self._links.invites if each.scope == self._scope]

    def _issue(self) -> InviteSecret:
        expires = self._clock() + HOUR if self._limit is Limit.HOUR else None
        uses = 1 if self._limit is Limit.ONE else None
        return self._links.invites.issue(expires=expires, uses=uses, scope=self._scope)
