"""Invites as a page issues and revokes them."""

from __future__ import annotations

from peerscript.link.invites import Invites
from peerscript.protocol.link.invites import InviteTable, secret_bytes


def test_what_is_issued_is_listed_and_can_be_proved_until_it_is_revoked() -> None:
    table = InviteTable()
    invites = Invites(table)
    invite = invites.issue(expires=2e9, uses=3, scope="slides")
    assert (invite.expires, invite.uses, invite.scope) == (2e9, 3, "slides")
    assert list(invites) == [invite]
    assert table.keys() == (secret_bytes(invite.secret),)
    invites.revoke(invite.secret)
    assert [each.revoked for each in invites] == [True]
