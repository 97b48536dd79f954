"""What a page presents, who may turn it, and what of it outlives a reload."""

from __future__ import annotations

from typing import Any

import pytest

from app.connection.invite_link import Limit
from app.connection.pasted import parse_invite
from app.slides.decks.reading import read_file
from peerscript.protocol.link.state import LinkState
from peerscript.slides import DeckSource, Role
from tests.unit.app.pages import send_raw


def roles(app: Any) -> dict[str, str]:
    return {each.peer_id: each.role for each in app.presenter_panel.view.people}


async def test_a_deck_is_shown_with_two_links(apps: Any, present: Any) -> None:
    alice, _ = apps
    await present()
    view = alice.presenter_panel.view
    assert (view.slide, view.total, view.black, view.title) == (0, 5, False, "talk.md")
    links = parse_invite(view.link), parse_invite(view.watch_link)
    assert [link.scope for link in links] == ["slides", "watch"]
    assert len({link.secret for link in links} | {alice.invite_link.invite().secret}) == 3
    assert roles(alice) == {"bob": "nobody"}
    assert not alice.screen.words


async def test_what_a_link_leads_to_is_what_it_allows(apps: Any, come_by: Any, wait: Any) -> None:
    alice, bob = apps
    phone, listener = await come_by("phone", "slides"), await come_by("listener", "watch")
    assert roles(alice) == {"bob": "nobody", "phone": "remote", "listener": "follower"}
    assert bob.remote_panel.view is None
    phone.watching.turn("next")
    phone.watching.turn("next")
    await wait(lambda: alice.presenter_panel.view.slide == 1)
    for page in (phone, listener):
        await wait(lambda page=page: page.screen.deck and page.screen.deck.at == (1, 0))


async def test_a_follower_turns_nothing(apps: Any, come_by: Any, wait: Any) -> None:
    alice, _ = apps
    listener = await come_by("listener", "watch")
    await send_raw(listener.contact("alice"), "slides", {"kind": "turn", "to": "next", "seen": 1})
    listener.watching.hand(True)
    await wait(lambda: any(each.hand for each in alice.presenter_panel.view.people))
    assert alice.notices.announced[-1] == "Listener raises a hand."
    assert alice.screen.deck.at == (0, 0)
    alice.assign("listener", "lower")
    assert not any(each.hand for each in alice.presenter_panel.view.people)


async def test_the_word_in_the_link_gives_no_right(
    apps: Any, come_by: Any, open_app: Any, wait: Any
) -> None:
    alice, _ = apps
    await come_by("listener", "watch")
    forged = alice.presenter_panel.view.watch_link.replace("/watch", "/slides")
    cheat = await open_app("cheat")
    cheat.people.connect(parse_invite(forged))
    await wait(lambda: "cheat" in roles(alice))
    assert roles(alice)["cheat"] == "follower"


@pytest.mark.parametrize("came", ["they", "we"])
async def test_whoever_is_connected_opens_a_link_to_the_slides(
    apps: Any, present: Any, wait: Any, came: str
) -> None:
    """Over the Link that stands, whoever of the two has dialled it."""
    talk, guest = apps if came == "they" else reversed(apps)
    await present(talk)
    panel = guest.remote_panel
    for scope, role in [("watch", "follower"), ("slides", "remote"), ("watch", "follower")]:
        view = talk.presenter_panel.view
        guest.people.connect(parse_invite(view.link if scope == "slides" else view.watch_link))
        await wait(lambda role=role: roles(talk) == {guest.peer_id: role})
        await wait(lambda: panel.view and panel.view.role == roles(talk)[guest.peer_id])
        await wait(lambda: guest.screen.deck)
    assert len(talk.rows) == len(guest.rows) == 1
    assert guest.notices.problems == []
    talk.slides.stop()
    await wait(lambda: guest.remote_panel.view is None)


async def test_a_link_that_was_taken_back_gives_nothing_to_who_is_connected(
    apps: Any, present: Any, wait: Any
) -> None:
    alice, bob = apps
    await present()
    invite = parse_invite(alice.presenter_panel.view.watch_link)
    bob.people.connect(invite)
    await wait(lambda: roles(alice) == {"bob": "follower"})
    alice.assign("bob", "dismiss")
    await wait(lambda: bob.remote_panel.view is None)
    bob.people.connect(invite)
    await wait(lambda: bob.notices.problems)
    assert "the invite was taken back" in bob.notices.problems[0]
    assert roles(alice) == {"bob": "nobody"}
    bob.people.connect(parse_invite(alice.presenter_panel.view.watch_link))  # the new one
    await wait(lambda: bob.remote_panel.view and bob.remote_panel.view.role == "follower")
    assert roles(alice) == {"bob": "follower"}


async def test_who_watches_no_more_opens_the_link_again(apps: Any, present: Any, wait: Any) -> None:
    alice, bob = apps
    await present()
    for _ in range(2):
        bob.people.connect(parse_invite(alice.presenter_panel.view.watch_link))
        await wait(lambda: bob.remote_panel.view and bob.remote_panel.view.role == "follower")
        bob.watching.leave()
        assert bob.remote_panel.view is None


async def test_a_remote_is_given_and_taken_by_hand(apps: Any, present: Any, wait: Any) -> None:
    alice, bob = apps
    await present()
    alice.assign("bob", "remote")
    await wait(lambda: bob.remote_panel.view and bob.remote_panel.view.role == "remote")
    bob.watching.goto(3)
    await wait(lambda: alice.screen.deck.at == (3, 0))
    alice.assign("bob", "revoke")
    await wait(lambda: bob.remote_panel.view.role == "follower")
    await send_raw(bob.contact("alice"), "slides", {"kind": "goto", "slide": 1, "step": 0})
    alice.assign("bob", "dismiss")
    await wait(lambda: bob.remote_panel.view is None)
    assert alice.screen.deck.at == (3, 0)
    alice.slides.assign("no such key", "remote")  # who has left meanwhile


async def test_whoever_loses_a_remote_does_not_come_back_with_the_link(
    apps: Any, come_by: Any, open_app: Any, wait: Any
) -> None:
    alice, _ = apps
    other = await come_by("other", "slides")
    await come_by("phone", "slides")
    before = alice.presenter_panel.view.link
    alice.assign("phone", "revoke")
    assert alice.presenter_panel.view.link != before
    again = await open_app("again")
    again.people.connect(parse_invite(before))
    await wait(lambda: again.notices.problems)
    assert "taken back" in again.notices.problems[0]
    assert roles(alice)["other"] == "remote"
    other.watching.turn("next")
    await wait(lambda: alice.screen.deck.at == (0, 1))


async def test_a_deck_turned_at_the_screen_moves_everybody(
    apps: Any, come_by: Any, wait: Any
) -> None:
    alice, _ = apps
    phone = await come_by("phone", "slides")
    alice.screen.turn()
    await wait(lambda: phone.screen.deck and phone.screen.deck.at == (0, 1))
    alice.slides.next()
    alice.slides.next()
    alice.slides.previous()
    alice.slides.blacken(True)
    await wait(lambda: phone.remote_panel.view.black and phone.screen.dark)
    assert alice.screen.dark
    assert phone.screen.deck.at == (1, 0)


async def test_after_a_reload_the_talk_goes_on(
    apps: Any, come_by: Any, reload: Any, wait: Any
) -> None:
    alice, bob = apps
    phone = await come_by("phone", "slides")
    alice.assign("bob", "remote")
    phone.watching.goto(3)
    phone.watching.clock("target", 600.0)
    phone.watching.clock("start")
    phone.watching.blacken(True)
    await wait(lambda: bob.remote_panel.view and bob.remote_panel.view.black)
    again = await reload(alice)
    await wait(lambda: again.presenter_panel.view)
    assert again.screen.deck.at == (3, 0)
    assert again.screen.dark
    await wait(lambda: roles(again) == {"bob": "remote", "phone": "remote"})
    for page in (phone, bob):
        await wait(lambda page=page: page.contact("alice").link.connected)
        await wait(lambda page=page: page.remote_panel.view.running and page.screen.deck)
    phone.watching.blacken(False)
    bob.watching.turn("next")
    await wait(lambda: again.screen.deck.at == (3, 1) and not again.screen.dark)
    assert phone.remote_panel.view.target == 600.0


async def test_a_reload_without_a_kept_deck(
    apps: Any, present: Any, reload: Any, wait: Any
) -> None:
    alice, _ = apps
    await present()
    alice.decks.clear()
    again = await reload(alice)
    await wait(lambda: again.notices.problems)
    assert "open your deck once more" in again.notices.problems[0]
    assert again.presenter_panel.view is None


async def test_another_deck_takes_its_place(
    apps: Any, come_by: Any, present: Any, wait: Any
) -> None:
    alice, _ = apps
    phone = await come_by("phone", "slides")
    phone.watching.goto(4)
    await wait(lambda: alice.screen.deck.at == (4, 0))
    await present(alice, DeckSource("markdown", "other.md", b"2"))
    await wait(lambda: phone.remote_panel.view.total == 2)
    await wait(lambda: phone.screen.source and phone.screen.source.name == "other.md")


async def test_a_deck_that_is_none_leaves_the_one_before(
    apps: Any, come_by: Any, wait: Any
) -> None:
    alice, _ = apps
    phone = await come_by("phone", "slides")
    phone.watching.goto(2)
    await wait(lambda: alice.screen.deck.at == (2, 0))
    alice.slides._present(DeckSource("markdown", "rubbish.md", b"\0"))
    await wait(lambda: alice.notices.problems)
    assert alice.notices.problems == ["rubbish.md is no deck"]
    await wait(lambda: alice.screen.deck and alice.screen.deck.at == (2, 0))
    phone.watching.turn("next")
    await wait(lambda: alice.screen.deck.at == (2, 1))


async def test_the_first_deck_is_none(apps: Any, wait: Any) -> None:
    alice, _ = apps
    alice.slides._present(DeckSource("markdown", "rubbish.md", b"\0"))
    await wait(lambda: alice.notices.problems)
    assert alice.presenter_panel.view is None
    assert alice.presenting.presenter is None


async def test_what_is_said_about_a_deck_ends_with_it(apps: Any, wait: Any) -> None:
    alice, _ = apps
    alice.slides._present(DeckSource("markdown", "rubbish.md", b"\0"))
    await wait(lambda: alice.notices.standing)
    alice.screen.total = 1
    for name in ("one.md", "two.md"):  # of which the encoding is guessed
        alice.slides._present(read_file(name, "", "# 5 €".encode("cp1252")))
        await wait(lambda name=name: alice.screen.source and alice.screen.source.name == name)
        await wait(lambda: alice.presenting.presenter)
    assert len(alice.notices.standing) == 1
    assert "Windows" in alice.notices.standing[0][1]
    alice.slides.stop()
    await wait(lambda: alice.presenter_panel.view is None)
    assert alice.notices.standing == []


async def test_when_the_talk_ends_its_links_do(
    apps: Any, come_by: Any, open_app: Any, wait: Any
) -> None:
    alice, _ = apps
    phone = await come_by("phone", "slides")
    links = alice.presenter_panel.view
    alice.slides.stop()
    await wait(lambda: alice.presenter_panel.view is None)
    await wait(lambda: phone.remote_panel.view.role == "waiting")
    assert alice.screen.deck is None
    assert not alice.decks
    for link in (links.link, links.watch_link):
        late = await open_app("late")
        late.people.connect(parse_invite(link))
        await wait(lambda late=late: late.notices.problems)
        await late.unload()
    assert alice.invite_link.renew(Limit.OPEN).secret


async def test_whoever_disconnects_holds_nothing(apps: Any, come_by: Any, wait: Any) -> None:
    alice, _ = apps
    phone = await come_by("phone", "slides")
    await phone.act("alice", "close")
    await wait(lambda: "phone" not in roles(alice))
    assert phone.remote_panel.view is None
    assert not alice.presenting.presenter.participants


async def test_a_remote_on_a_broken_path_keeps_its_role(
    apps: Any, come_by: Any, part: Any, network: Any, wait: Any
) -> None:
    alice, _ = apps
    phone = await come_by("phone", "slides")
    await part(alice, phone)
    assert alice.contact("phone").state is LinkState.RECONNECTING
    network.release()
    await wait(lambda: alice.contact("phone").state is LinkState.CONNECTED)
    await wait(lambda: phone.remote_panel.view.connected)
    phone.watching.turn("next")
    await wait(lambda: alice.screen.deck.at == (0, 1))


async def test_a_laser_does_not_repaint_the_panel(apps: Any, come_by: Any, wait: Any) -> None:
    alice, _ = apps
    phone = await come_by("phone", "slides")
    shown = alice.presenter_panel.shown
    phone.watching.point(5000, 2500, True)
    await wait(lambda: alice.screen.drawn and alice.screen.drawn.point)
    assert alice.presenter_panel.shown == shown


def test_roles_are_those_of_the_library() -> None:
    assert {role.value for role in Role} == {"remote", "follower", "invited", "nobody"}
