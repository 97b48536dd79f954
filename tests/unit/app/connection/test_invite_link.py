"""The link that is shown works; the one before it does not."""

from __future__ import annotations

from typing import Any

import pytest

from app.connection.invite import Invite
from app.connection.invite_link import HOUR, InviteLink, Limit


def kept(app: Any, invite: Invite) -> Any:
    (secret,) = [each for each in app.links.invites if each.secret == invite.secret]
    return secret


async def test_it_is_the_same_until_a_new_one_is_made(apps: Any) -> None:
    alice, _ = apps
    invite = alice.invite_link.invite()
    assert invite.peer_id == "alice"
    assert invite.secret is not None
    assert alice.invite_link.invite() == invite
    assert alice.invite_link.renew(Limit.OPEN) != invite


NOW = 4e9  # an invite is not issued for what is past


@pytest.mark.parametrize(
    ("limit", "expires", "uses"),
    [(Limit.OPEN, None, None), (Limit.ONE, None, 1), (Limit.HOUR, NOW + HOUR, None)],
)
async def test_limits(apps: Any, limit: Limit, expires: float | None, uses: int | None) -> None:
    alice, _ = apps
    invite_link = InviteLink(alice.links, clock=lambda: NOW)
    secret = kept(alice, invite_link.renew(limit))
    assert (secret.expires, secret.uses) == (expires, uses)


async def test_an_open_link_lets_several_in(apps: Any, carol: Any) -> None:
    alice, _ = apps
    assert len(alice.people.connected) == 2


async def test_the_link_before_lets_nobody_in(apps: Any, dave: Any, wait: Any) -> None:
    alice, bob = apps
    before = alice.invite_link.invite()
    alice.invite_link.renew(Limit.OPEN)
    dave.people.connect(before)
    await wait(lambda: dave.notices.announced)
    assert "taken back" in dave.notices.announced[0]
    assert bob.people.connected  # whoever is in stays


async def test_a_link_for_one_is_replaced_once_it_is_used(
    apps: Any, dave: Any, carol: Any, wait: Any
) -> None:
    alice, _ = apps
    first = alice.invite_link.renew(Limit.ONE)
    dave.people.connect(first)
    await wait(lambda: dave.people.connected)
    second = alice.invite_link.invite()
    assert second != first
    assert kept(alice, second).uses == 1
    await carol.act("alice", "close")
    await wait(lambda: not carol.people.all)
    carol.people.connect(first)
    await wait(lambda: any("used already" in each for each in carol.notices.announced))


async def test_an_hour_passes(apps: Any) -> None:
    alice, _ = apps
    now = [NOW]
    invite_link = InviteLink(alice.links, clock=lambda: now[0])
    first = invite_link.renew(Limit.HOUR)
    now[0] = NOW + HOUR - 1
    assert invite_link.invite() == first
    now[0] = NOW + HOUR
    second = invite_link.invite()
    assert second != first
    assert kept(alice, second).expires == NOW + 2 * HOUR


async def test_the_link_works_after_a_reload(apps: Any, dave: Any, reload: Any, wait: Any) -> None:
    alice, _ = apps
    invite = alice.invite_link.invite()
    again = await reload(alice)
    assert again.invite_link.invite() == invite
    dave.people.connect(invite)
    await wait(lambda: dave.people.connected)


@pytest.mark.parametrize("limit", Limit)
async def test_a_limit_stays_after_a_reload(apps: Any, reload: Any, limit: Limit) -> None:
    alice, _ = apps
    invite = alice.invite_link.renew(limit)
    again = await reload(alice)
    again.links.invites.revoke(invite.secret)
    before, after = kept(again, invite), kept(again, again.invite_link.invite())
    assert (after.uses, after.expires is None) == (before.uses, before.expires is None)


async def test_a_link_that_was_used_up_is_remembered_so(apps: Any, dave: Any, wait: Any) -> None:
    alice, _ = apps
    invite = alice.invite_link.renew(Limit.ONE)
    dave.people.connect(invite)
    await wait(lambda: dave.people.connected)
    alice.invite_link.renew(Limit.OPEN)
    assert not kept(alice, invite).revoked


async def test_each_room_has_a_link_of_its_own(apps: Any, dave: Any, wait: Any) -> None:
    alice, _ = apps
    page, slides = alice.invite_link.invite(), InviteLink(alice.links, "slides")
    assert slides.invite().fragment() == f"alice.{slides.invite().secret}/slides"
    slides.renew(Limit.OPEN)
    assert alice.invite_link.invite() == page
    dave.people.connect(slides.invite())
    await wait(lambda: dave.people.connected and len(alice.people.connected) == 2)
    (link,) = [each.link for each in alice.people.connected if each.peer_id == dave.peer_id]
    assert (link.scope, dave.people.connected[0].link.scope) == ("slides", "slides")
    assert {each.link.scope for each in alice.people.connected if each.link is not link} == {""}


async def test_a_shut_door_opens_again_when_it_is_asked_for(apps: Any) -> None:
    alice, _ = apps
    invite_link = InviteLink(alice.links, "slides")
    before = invite_link.invite()
    invite_link.revoke()
    assert kept(alice, before).revoked
    assert invite_link.invite() != before
