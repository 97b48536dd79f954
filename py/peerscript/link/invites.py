"""The invites that a page has issued, as users of the library see them."""

from __future__ import annotations

from collections.abc import Iterator

from peerscript.protocol.link.invites import InviteSecret, InviteTable


class Invites:
    """The invites that a page has issued: `Links.invites`. Iterating gives each, also those that
    are not valid any more.
    """

    def __init__(self, table: InviteTable) -> None:
        self._table = table

    def __iter__(self) -> Iterator[InviteSecret]:
        return iter(self._table)

    def issue(
        self, *, expires: float | None = None, uses: int | None = None, scope: str = ""
    ) -> InviteSecret:
        """Issue an invite.

        Args:
            expires: when it becomes invalid, in seconds since 1970; None for never.
            uses: how many guests may use it; None for any number.
            scope: what it allows, as `Link.scope` says; "" for the whole page.

        Raises:
            TypeError, ValueError: nobody could use it; the text says what to write.
        """
        return self._table.issue(expires=expires, uses=uses, scope=scope)

    def revoke(self, secret: str) -> None:
        """Make an invite invalid. Sessions that it has begun continue."""
        self._table.revoke(secret)
