"""The invite link that this page shows, and how long it is valid."""

from __future__ import annotations

import time
from collections.abc import Callable
from enum import Enum

from app.connection.invite import Invite
from peerscript.link.links import Links
from peerscript.protocol.link.invites import InviteSecret

HOUR = 3600.0  # seconds


class Limit(Enum):
    """How long a link is valid."""

    OPEN = "open"  # until a new one is made
    ONE = "one"  # for one person
    HOUR = "hour"


def _limit_of(*kept: InviteSecret) -> Limit:
    """The limit of the newest invite: what was chosen before a reload."""
    if not kept or (kept[-1].expires is None and kept[-1].uses is None):
        return Limit.OPEN
    return Limit.ONE if kept[-1].expires is None else Limit.HOUR


class InviteLink:
    """Makes invites; the one that is shown is always valid.

    Args:
        scope: what they allow; "" for the whole page.
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
        """The invite to show: the current one, or a new one if that is not valid any more."""
        secret = self._open()
        if secret is None:
            secret = self._issue()
        return Invite(self._links.own_id, secret.secret, self._scope or None)

    def renew(self, limit: Limit) -> Invite:
        """Revoke the current invite, and issue another."""
        self._limit = limit
        self.revoke()
        return self.invite()

    def revoke(self) -> None:
        """Revoke the current invite."""
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
