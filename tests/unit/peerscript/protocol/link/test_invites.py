"""An invite opens the door until it ends, is used up or is taken back; and one hears why not."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from peerscript.protocol.link.handshake import Reason
from peerscript.protocol.link.invites import (
    MAX_KEPT,
    InvalidSecret,
    InviteSecret,
    InviteTable,
    secret_bytes,
)
from peerscript.protocol.link.keys import SECRET_SIZE, to_text

NOW = 1_800_000_000.0


class Desk:
    """Invites whose secrets are counted, at a time that stands still."""

    def __init__(self, *kept: InviteSecret) -> None:
        self.now = NOW
        self.saved = 0
        numbers = itertools.count(1)
        self.invites = InviteTable(
            kept,
            self._save,
            random=lambda size: next(numbers).to_bytes(size, "big"),
            clock=lambda: self.now,
        )

    def _save(self) -> None:
        self.saved += 1

    def secrets(self) -> list[str]:
        return [invite.secret for invite in self.invites]

    def redeem(self, invite: InviteSecret) -> Reason | None:
        return self.invites.redeem(secret_bytes(invite.secret), self.now)


def nth(number: int) -> str:
    """The secret of the desk's so many-th invite."""
    return to_text(number.to_bytes(SECRET_SIZE, "big"))


@pytest.mark.parametrize(
    ("invite", "reason"),
    [
        (InviteSecret("s"), None),
        (InviteSecret("s", expires=NOW + 1, uses=1), None),
        (InviteSecret("s", expires=NOW), Reason.EXPIRED),
        (InviteSecret("s", expires=NOW - 1), Reason.EXPIRED),
        (InviteSecret("s", uses=0), Reason.USED_UP),
        (InviteSecret("s", expires=NOW - 1, uses=0), Reason.EXPIRED),
        (InviteSecret("s", expires=NOW - 1, uses=0, revoked=True), Reason.REVOKED),
    ],
)
def test_why_an_invite_opens_nothing(invite: InviteSecret, reason: Reason | None) -> None:
    assert invite.closed(NOW) is reason


def test_an_invite_for_anybody() -> None:
    desk = Desk()
    invite = desk.invites.issue()
    assert [desk.redeem(invite) for _ in range(5)] == [None] * 5
    assert desk.saved == 1  # nothing changes when it is used
    assert list(desk.invites) == [invite]


def test_an_invite_for_so_many() -> None:
    desk = Desk()
    invite = desk.invites.issue(uses=2)
    assert [desk.redeem(invite) for _ in range(4)] == [None, None, Reason.USED_UP, Reason.USED_UP]
    assert [each.uses for each in desk.invites] == [0]
    assert desk.saved == 3


def test_an_invite_for_an_hour() -> None:
    desk = Desk()
    invite = desk.invites.issue(expires=NOW + 3600, uses=3)
    desk.now += 3599
    assert desk.redeem(invite) is None
    desk.now += 1
    assert desk.redeem(invite) is Reason.EXPIRED
    assert [each.uses for each in desk.invites] == [2]


def test_an_invite_that_is_taken_back() -> None:
    desk = Desk()
    taken, stays = desk.invites.issue(uses=1), desk.invites.issue(uses=1)
    desk.invites.revoke(taken.secret)
    assert desk.redeem(taken) is Reason.REVOKED
    assert desk.redeem(stays) is None
    assert desk.saved == 4
    desk.invites.revoke("nobody's")
    assert desk.saved == 4


def test_a_guest_may_prove_any_and_then_hears_why_it_is_over() -> None:
    used_up, expired = (
        InviteSecret(to_text(name * SECRET_SIZE), **limit)
        for name, limit in ((b"u", {"uses": 0}), (b"e", {"expires": 0.0}))
    )
    desk = Desk(used_up, expired)
    invites = [desk.invites.issue(), used_up, expired]
    desk.invites.revoke(invites[0].secret)
    assert desk.invites.keys() == tuple(secret_bytes(each.secret) for each in desk.invites)
    assert [desk.redeem(invite) for invite in invites] == [
        Reason.REVOKED,
        Reason.USED_UP,
        Reason.EXPIRED,
    ]


def test_they_are_kept_over_a_reload() -> None:
    before = Desk()
    invite = before.invites.issue(uses=1)
    after = Desk(*before.invites)
    assert after.secrets() == [invite.secret]
    assert after.redeem(invite) is None
    assert after.redeem(invite) is Reason.USED_UP


def test_the_oldest_that_opens_nothing_is_forgotten_first() -> None:
    desk = Desk()
    for _ in range(MAX_KEPT):
        desk.invites.issue(uses=1, expires=NOW + 60)
    desk.invites.revoke(nth(20))
    desk.redeem(InviteSecret(nth(10)))
    desk.invites.revoke(nth(30))
    for gone in (10, 20, 30, 1, 2):
        assert nth(gone) in desk.secrets()
        desk.invites.issue()
        assert nth(gone) not in desk.secrets()
        assert len(desk.secrets()) == MAX_KEPT


def test_one_that_has_expired_goes_before_one_that_opens() -> None:
    desk = Desk()
    opens = desk.invites.issue()
    for _ in range(MAX_KEPT):
        desk.now += 3600
        desk.invites.issue(expires=desk.now + 3600)
    assert desk.redeem(opens) is None
    assert nth(2) not in desk.secrets()


def test_the_newest_is_there_whatever_is_forgotten() -> None:
    desk = Desk(*(InviteSecret(to_text(bytes(15) + b"%c" % (100 + place))) for place in range(40)))
    invite = desk.invites.issue()
    assert len(desk.secrets()) == MAX_KEPT
    assert desk.secrets()[-1] == invite.secret


def test_one_that_was_forgotten_while_it_was_proved() -> None:
    desk = Desk()
    invite = desk.invites.issue()
    for _ in range(MAX_KEPT):
        desk.invites.issue()
    assert desk.redeem(invite) is Reason.REVOKED


def test_going_through_them_while_they_change() -> None:
    desk = Desk()
    for _ in range(3):
        desk.invites.issue()
    for invite in desk.invites:
        desk.invites.revoke(invite.secret)
        desk.invites.issue()
    assert len(desk.secrets()) == 6


def test_secrets_are_random_and_have_128_bits() -> None:
    invites = InviteTable()
    found = {secret_bytes(invites.issue().secret) for _ in range(20)}
    assert len(found) == 20
    assert {len(secret) for secret in found} == {16}


@pytest.mark.parametrize("text", ["", "short", "A" * 21, "A" * 23, "!" * 22, "A" * 21 + "B", "é"])
def test_what_is_no_secret(text: str) -> None:
    with pytest.raises(InvalidSecret, match="not the secret of an invite"):
        secret_bytes(text)


def test_where_an_invite_leads() -> None:
    desk = Desk()
    invite = desk.invites.issue(scope="slides")
    assert desk.invites.scope(secret_bytes(invite.secret)) == "slides"
    assert desk.invites.scope(bytes(SECRET_SIZE)) == ""


@pytest.mark.parametrize(
    ("options", "kind", "words"),
    [
        ({"expires": 3600}, ValueError, r"in the past: .* time.time\(\) \+ 3600"),
        ({"expires": NOW}, ValueError, "in the past"),
        ({"expires": float("nan")}, ValueError, "in the past"),
        ({"expires": "x"}, TypeError, "seconds since 1970"),
        ({"expires": True}, TypeError, "seconds since 1970"),
        ({"uses": "3"}, TypeError, "how many guests"),
        ({"uses": True}, TypeError, "how many guests"),
        ({"uses": 0}, ValueError, "one or more guests"),
        ({"uses": -1}, ValueError, "one or more guests"),
        ({"scope": 5}, TypeError, "a text"),
    ],
)
def test_an_invite_that_nobody_could_use_is_not_issued(
    options: dict[str, Any], kind: type[Exception], words: str
) -> None:
    desk = Desk()
    with pytest.raises(kind, match=words):
        desk.invites.issue(**options)
    assert desk.secrets() == []
