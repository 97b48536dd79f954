"""Invites: who gets a Link by one, who is refused, and another one over a Link that stands."""

from __future__ import annotations

import time

import pytest

from peerscript import Peer
from peerscript.errors import InvalidId, LinkClosed, LinkRefused, OwnId, PeerUnavailable
from peerscript.link.handshake import handshake_as_guest
from peerscript.link.host import LABEL
from peerscript.protocol.link.invites import InvalidSecret, secret_bytes
from peerscript.protocol.link.state import LinkState, Verification
from peerscript.testing import MemoryNetwork
from tests.clock import until
from tests.unit.peerscript.conftest import OpenPage
from tests.unit.peerscript.link.dials import WRONG, refused
from tests.unit.peerscript.pages import Page

# Invites, and what refuses a guest


async def test_the_wrong_secret(host: Page, open_page: OpenPage) -> None:
    bob = await open_page("bob")
    assert (await refused(bob, WRONG))[:2] == ("proof", True)
    assert host.links.all == ()
    assert host.refused == [("proof", "bob")]
    secret = host.links.invites.issue().secret
    assert (await bob.links.connect("alice", secret)).connected  # a new invite, and all is well


async def test_an_invite_that_has_expired(
    host: Page, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    bob = await open_page("bob")
    invite = host.links.invites.issue(expires=time.time() + 3600)
    monkeypatch.setattr("peerscript.link.host.time.time", lambda: invite.expires)
    assert (await refused(bob, invite.secret))[0] == "expired"


async def test_an_invite_that_was_revoked(host: Page, guest: Page, open_page: OpenPage) -> None:
    (invite,) = host.links.invites
    host.links.invites.revoke(invite.secret)
    carol = await open_page("carol")
    assert (await refused(carol, invite.secret))[0] == "revoked"
    await guest.reload()
    await until(lambda: guest.link("alice").connected)  # whoever is in stays


async def test_a_late_dial_of_who_is_here_already_is_of_no_account(
    host: Page, guest: Page, open_page: OpenPage
) -> None:
    invite = guest.links.invites.issue(scope="a call")
    guest.links.invites.revoke(invite.secret)
    for page in (host, await open_page("carol")):
        link = page.links.dial(guest.id, invite.secret)
        with pytest.raises(LinkRefused, match="taken back"):
            await link.wait_connected()
    assert guest.refused == [("revoked", "carol")]  # and nothing about the host
    assert host.link(guest.id).connected


async def test_an_invite_for_two(host: Page, open_page: OpenPage) -> None:
    secret = host.links.invites.issue(uses=2).secret
    pages = [await open_page(name) for name in ("bob", "carol", "dave")]
    for page in pages[:2]:
        await page.links.connect("alice", secret)
    assert (await refused(pages[2], secret))[0] == "used-up"
    assert host.refused == [("used-up", "dave")]


async def test_invites_survive_a_reload(host: Page, open_page: OpenPage) -> None:
    once, never = host.links.invites.issue(uses=1), host.links.invites.issue()
    host.links.invites.revoke(never.secret)
    await host.reload()
    bob, carol = await open_page("bob"), await open_page("carol")
    await bob.links.connect("alice", once.secret)
    await host.reload()
    assert (await refused(carol, once.secret))[0] == "used-up"
    assert (await refused(carol, never.secret))[0] == "revoked"


async def test_a_session_that_nobody_knows_any_more(host: Page, guest: Page) -> None:
    await guest.write("alice", "kept until the end")
    await until(lambda: host.heard["bob"])
    host.storage.clear()
    await host.reload()
    link = guest.link("alice")
    await until(lambda: link.state is LinkState.LOST)
    assert isinstance(link.error, LinkRefused)
    assert link.error.reason == "session"
    assert [message.value for message in guest.chat("alice").history] == ["kept until the end"]
    again = await guest.links.connect("alice", host.links.invites.issue().secret)
    assert link.state is LinkState.CLOSED
    assert guest.open_all(again)["chat"].history == []


async def test_ones_own_id(host: Page) -> None:
    with pytest.raises(OwnId):
        await host.links.connect("alice", WRONG)


async def test_ones_own_certificate(open_page: OpenPage) -> None:
    """Somebody sends back what this page says."""
    config = {"certificates": [b"the same"]}
    alice = await open_page("alice", config=config)
    bob = await open_page("bob", config=config)
    assert (await refused(bob, alice.links.invites.issue().secret))[:2] == ("oneself", False)


async def test_nobody_and_nonsense(host: Page) -> None:
    with pytest.raises(PeerUnavailable):
        await host.links.connect("nobody", WRONG)
    kept = dict(host.storage)
    with pytest.raises(InvalidSecret):
        host.links.dial("bob", "not a secret")
    with pytest.raises(InvalidId):
        host.links.dial("not an ID!", WRONG)
    assert [link.peer_id for link in host.links.all] == ["nobody"]
    assert host.storage == kept


# Another invite, over a Link that stands


async def test_another_invite_is_redeemed_over_the_link_that_stands(
    host: Page, guest: Page
) -> None:
    there, link = host.link("bob"), guest.link("alice")
    told: list[tuple[str, ...]] = []
    there.on("granted", lambda: told.append(there.granted))
    assert there.granted == ("",)
    for scope in ("slides", "watch", "slides"):
        await guest.links.redeem(link, host.links.invites.issue(scope=scope).secret)
    await until(lambda: len(told) == 3)
    assert told == [("", "slides"), ("", "slides", "watch"), ("", "watch", "slides")]
    assert (there.scope, link.granted) == ("", ())
    assert (host.links.all, guest.links.all) == ((there,), (link,))
    assert there.connected
    await host.reload()
    await until(lambda: host.link("bob").connected)
    assert host.link("bob").granted == ("", "watch", "slides")


async def test_what_was_proved_first_is_proved_again(host: Page, guest: Page) -> None:
    await guest.links.redeem(guest.link("alice"), host.links.invites.issue(scope="slides").secret)
    await guest.links.redeem(guest.link("alice"), host.links.invites.issue().secret)
    await until(lambda: host.link("bob").granted == ("slides", ""))


async def test_the_host_of_a_link_redeems_an_invite_of_its_guest(host: Page, guest: Page) -> None:
    await host.links.redeem(host.link("bob"), guest.links.invites.issue(scope="watch").secret)
    await until(lambda: guest.link("alice").granted == ("watch",))
    assert host.link("bob").granted == ("",)


async def test_an_invite_that_is_dialled_counts_for_the_link_that_stands(
    host: Page, guest: Page
) -> None:
    secret = guest.links.invites.issue(scope="watch").secret
    assert await host.links.connect("bob", secret) is host.link("bob")
    assert guest.link("alice").granted == ("watch",)


async def test_a_redeemed_invite_verifies_a_link(host: Page, open_page: OpenPage) -> None:
    carol = await open_page("carol")
    link = carol.links.dial("alice")
    await until(lambda: host.has_link("carol") and link.state is LinkState.WAITING)
    host.link("carol").accept()
    await until(lambda: link.connected and host.link("carol").connected)
    assert not link.verification.verified
    await carol.links.redeem(link, host.links.invites.issue().secret)
    await until(lambda: host.link("carol").verification is Verification.SECRET)
    assert link.verification.verified


@pytest.mark.parametrize("fault", ["revoked", "used-up", "proof"])
async def test_an_invite_that_is_none_adds_nothing(host: Page, guest: Page, fault: str) -> None:
    invite = host.links.invites.issue(scope="watch", uses=1)
    secret = "A" * 22 if fault == "proof" else invite.secret
    if fault == "used-up":
        await guest.links.redeem(guest.link("alice"), secret)
    elif fault == "revoked":
        host.links.invites.revoke(secret)
    granted = host.link("bob").granted
    with pytest.raises(LinkRefused) as refused:
        await guest.links.redeem(guest.link("alice"), secret)
    assert refused.value.reason == fault
    assert host.link("bob").granted == granted
    assert host.link("bob").connected
    assert host.refused == []  # they are here: it is their page that says so


async def test_nobody_redeems_for_a_session_of_another_page(
    host: Page, guest: Page, network: MemoryNetwork
) -> None:
    session = guest.link("alice")._session.record.session
    secret = secret_bytes(host.links.invites.issue(scope="slides").secret)
    async with Peer("mallory", browser=network) as mallory:
        connection = await mallory.connect("alice", label=LABEL, serialization="raw")
        with pytest.raises(LinkRefused, match="not known there"):
            await handshake_as_guest(connection, "mallory", secret, session=session, redeem=True)
    assert host.link("bob").granted == ("",)


async def test_an_invite_is_not_redeemed_at_another_page(
    host: Page, guest: Page, network: MemoryNetwork
) -> None:
    """Somebody else has the host's ID by now."""
    secret = host.links.invites.issue(scope="slides").secret
    link = guest.link("alice")
    link._session.certificate = b"another page's"
    with pytest.raises(LinkClosed, match="another page's now"):
        await guest.links.redeem(link, secret)
    with pytest.raises(TypeError, match="redeem takes a Link"):
        await guest.links.redeem("alice", secret)  # type: ignore[arg-type]
