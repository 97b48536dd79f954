"""Who is known, how it stands with them, and what a person may do about it."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from app.connection.invite import Invite
from app.connection.invite_link import Limit
from app.people.description import describe
from peerscript.protocol.link.state import LinkState, Verification
from peerscript.protocol.text.display import display_line
from peerscript.testing import MemoryNetwork
from tests.unit.app.pages import send_raw

CONNECTED = LinkState.CONNECTED


async def knock(guest: Any, host: Any, wait: Any) -> None:
    """Have a stranger stand at the host's door: without a secret."""
    guest.people.connect(Invite(host.peer_id))
    await wait(lambda: host.find(guest.peer_id))
    await wait(lambda: guest.contact(host.peer_id).state is LinkState.WAITING)


async def gone(app: Any, peer_id: str, wait: Any) -> None:
    await wait(lambda: app.find(peer_id) is None)
    assert peer_id not in [contact.peer_id for contact in app.view.people]


# Coming in


async def test_both_see_each_other_by_name(apps: Any) -> None:
    alice, bob = apps
    assert alice.rows == [("Bob", LinkState.CONNECTED)]
    assert bob.rows == [("Alice", LinkState.CONNECTED)]
    assert "Bob is connected." in alice.notices.announced
    assert alice.contact("bob").link.verification is Verification.SECRET
    assert alice.notices.problems == bob.notices.problems == []


async def test_a_name_is_not_told_to_a_stranger(apps: Any, dave: Any, wait: Any) -> None:
    alice, _ = apps
    await knock(dave, alice, wait)
    assert alice.contact("dave").link.name == dave.contact("alice").link.name == ""
    await alice.act("dave", "admit")
    await wait(lambda: alice.contact("dave").name == "Dave")
    await wait(lambda: dave.contact("alice").name == "Alice")


async def test_a_stranger_is_let_in_and_the_words_are_compared(
    apps: Any, dave: Any, wait: Any
) -> None:
    alice, _ = apps
    await knock(dave, alice, wait)
    await wait(lambda: "dave asks to be let in." in alice.notices.announced)
    assert describe(alice.contact("dave")).phrase == describe(dave.contact("alice")).phrase != ""
    assert not alice.contact("dave").known
    await alice.act("dave", "admit")
    await wait(lambda: len(alice.people.connected) == 2 and dave.people.connected)
    assert not describe(alice.contact("dave")).verified
    await alice.act("dave", "confirm")
    assert describe(alice.contact("dave")).verified
    assert not describe(dave.contact("alice")).verified  # each compares for themselves
    await dave.act("alice", "confirm")
    assert describe(dave.contact("alice")).verified


async def test_a_stranger_is_turned_away(apps: Any, dave: Any, wait: Any) -> None:
    alice, _ = apps
    await knock(dave, alice, wait)
    await alice.act("dave", "refuse")
    await gone(alice, "dave", wait)
    await wait(lambda: dave.notices.announced)
    assert "You were not let in" in dave.notices.announced[0]
    assert dave.rows == [("alice", LinkState.LOST)]
    assert alice.notices.problems == []
    assert not any("no longer" in each for each in alice.notices.announced)


async def test_a_stranger_who_does_not_wait(apps: Any, dave: Any, wait: Any) -> None:
    alice, _ = apps
    await knock(dave, alice, wait)
    await dave.unload()
    await gone(alice, "dave", wait)
    assert not any("no longer" in each for each in alice.notices.announced)
    assert alice.notices.problems == []


async def test_who_comes_again_without_a_secret_is_let_in_by_the_row_that_asks(
    apps: Any, open_app: Any, wait: Any, give_up_at_once: None
) -> None:
    alice, bob = apps
    await bob.unload()
    await wait(lambda: alice.contact("bob").state is LinkState.LOST)
    stranger = await open_app("bob")  # the same ID, and nothing that he kept
    stranger.people.connect(Invite("alice"))
    await wait(lambda: len(alice.view.people) == 2)
    asking = next(each for each in alice.people.all if each.state is LinkState.ASKING)
    await alice.people.act(asking.key, "admit")
    await wait(lambda: stranger.people.connected)
    await wait(lambda: alice.rows == [("Bob", LinkState.LOST), ("Bob (2)", LinkState.CONNECTED)])
    assert alice.people.all[1].link.verification is Verification.ADMITTED


async def test_the_row_that_asks_is_refused_and_the_other_stays(
    apps: Any, open_app: Any, wait: Any, give_up_at_once: None
) -> None:
    alice, bob = apps
    await bob.unload()
    await wait(lambda: alice.contact("bob").state is LinkState.LOST)
    stranger = await open_app("bob")
    stranger.people.connect(Invite("alice"))
    await wait(lambda: len(alice.view.people) == 2)
    asking = next(each for each in alice.people.all if each.state is LinkState.ASKING)
    await alice.people.act(asking.key, "refuse")
    await wait(lambda: stranger.contact("alice").state is LinkState.LOST)
    await wait(lambda: alice.rows == [("Bob", LinkState.LOST)])


async def test_nobody_there_is_told_once_by_the_row_alone(dave: Any, wait: Any) -> None:
    dave.people.connect(Invite("carol"))
    await wait(lambda: dave.notices.announced)
    assert "Nobody by that ID" in dave.notices.announced[0]
    assert dave.notices.problems == []
    assert dave.people.chosen is None


# Names


async def test_a_new_name_is_seen_at_once(apps: Any, wait: Any) -> None:
    alice, bob = apps
    bob.links.name = "\u202eRobert"
    await wait(lambda: alice.rows == [("Robert", CONNECTED)])
    assert alice.view.opened[1] == "Robert"


# Names that look alike


@pytest.mark.parametrize("name", ["Bob", "bob", "\u202eBob\u200b", "Воb", "B0b ✓"])
async def test_a_newcomer_who_is_called_as_somebody_here_gets_a_number(
    apps: Any, open_app: Any, wait: Any, name: str
) -> None:
    alice, _ = apps
    impostor = await open_app("eve", name)
    impostor.people.connect(alice.invite_link.invite())
    shown = f"{display_line(name, 60)} (2)"
    await wait(lambda: alice.rows == [("Bob", CONNECTED), (shown, CONNECTED)])
    await wait(lambda: f"{shown} is connected." in alice.notices.announced)
    assert "before them" in describe(alice.contact("eve")).alike
    assert describe(alice.contact("bob")).alike == ""


@pytest.mark.parametrize("name", ["ALICE", "You"])
async def test_nobody_is_called_as_the_person_here(
    apps: Any, open_app: Any, wait: Any, name: str
) -> None:
    alice, _ = apps
    impostor = await open_app("eve", name)
    impostor.people.connect(alice.invite_link.invite())
    await wait(lambda: (f"{name} (2)", CONNECTED) in alice.rows)


async def test_nobody_slips_into_the_place_of_one_who_has_left(
    apps: Any, open_app: Any, wait: Any
) -> None:
    alice, bob = apps
    for peer_id, name in (("eve", "Bob"), ("mallory", "Bob (2)")):
        impostor = await open_app(peer_id, name)
        impostor.people.connect(alice.invite_link.invite())
        await wait(lambda who=peer_id: who in [each.peer_id for each in alice.people.connected])
    await bob.act("alice", "close")
    await gone(alice, "bob", wait)
    assert alice.rows == [("Bob (2)", CONNECTED), ("Bob (2) (2)", CONNECTED)]


async def test_a_reload_changes_nobodys_number(
    apps: Any, open_app: Any, reload: Any, wait: Any
) -> None:
    alice, _ = apps
    impostor = await open_app("eve", "Bob")
    impostor.people.connect(alice.invite_link.invite())
    await wait(lambda: alice.rows == [("Bob", CONNECTED), ("Bob (2)", CONNECTED)])
    alice.storage = dict(reversed(alice.storage.items()))  # a browser's has no order
    again = await reload(alice)
    await wait(lambda: again.rows == [("Bob", CONNECTED), ("Bob (2)", CONNECTED)])
    assert again.contact("bob").number == 1


# Who is not let in


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"revoked": True}, "taken back"),
        ({"expires": 0.0}, "expired"),
        ({"uses": 0}, "used already"),
    ],
)
async def test_an_invite_that_is_over_is_told_on_both_sides(
    apps: Any, dave: Any, wait: Any, change: dict[str, Any], words: str
) -> None:
    alice, _ = apps
    invite = alice.invite_link.invite()
    kept = alice.links.invites._table._all
    kept[invite.secret] = dataclasses.replace(kept[invite.secret], **change)
    dave.people.connect(invite)
    await wait(lambda: dave.notices.announced and alice.notices.problems)
    assert words in dave.notices.announced[0]
    assert words in alice.notices.problems[0]
    assert alice.find("dave") is None
    assert dave.contact("alice").state is LinkState.LOST


async def test_a_secret_that_is_none_of_ours_is_told(apps: Any, dave: Any, wait: Any) -> None:
    alice, _ = apps
    dave.people.connect(Invite("alice", "q7Zk0pT1xYcN3uVw8sLh2A"))
    await wait(lambda: dave.notices.announced and alice.notices.problems)
    assert "Somebody knocked and was not let in" in alice.notices.problems[0]
    assert "You were not let in" in dave.notices.announced[0]


async def test_a_new_invite_helps_whom_the_old_one_did_not(apps: Any, dave: Any, wait: Any) -> None:
    alice, _ = apps
    dave.people.connect(Invite("alice", "q7Zk0pT1xYcN3uVw8sLh2A"))
    await wait(lambda: dave.notices.announced)
    dave.people.connect(alice.invite_link.invite())
    await wait(lambda: dave.people.connected)
    assert dave.rows == [("Alice", LinkState.CONNECTED)]
    assert not any("no longer" in each for each in dave.notices.announced)


async def test_ones_own_link_is_told(apps: Any) -> None:
    alice, _ = apps
    alice.people.connect(alice.invite_link.invite())
    assert "this page's own ID" in alice.notices.problems[0]
    assert len(alice.people.all) == 1


async def test_nobody_there_is_told_and_can_be_tried_again(
    apps: Any, open_app: Any, wait: Any
) -> None:
    alice, _ = apps
    alice.people.connect(Invite("carol"))
    await wait(lambda: alice.notices.problems)
    assert "Nobody by that ID" in alice.notices.problems[0]
    assert alice.contact("carol").state is LinkState.LOST
    carol = await open_app("carol")
    await alice.act("carol", "retry")
    await wait(lambda: carol.find("alice"))
    await carol.act("alice", "admit")
    await wait(lambda: carol.people.connected and len(alice.people.connected) == 2)
    assert len(alice.notices.problems) == 1
    assert alice.notices.standing == []  # it was about somebody who is here now


async def test_connecting_twice_is_once(apps: Any, wait: Any) -> None:
    alice, bob = apps
    bob.people.connect(alice.invite_link.invite())
    assert "already" in bob.notices.announced[-1]
    assert len(alice.people.all) == len(bob.people.all) == 1


async def test_both_dial_at_once_and_one_link_stays(open_app: Any, wait: Any) -> None:
    alice, bob = await open_app("alice"), await open_app("bob")
    alice.people.connect(bob.invite_link.invite())
    bob.people.connect(alice.invite_link.invite())
    await wait(lambda: alice.people.connected and bob.people.connected)
    assert alice.rows == [("Bob", LinkState.CONNECTED)]
    await wait(lambda: bob.rows == [("Alice", LinkState.CONNECTED)])
    assert alice.notices.problems == bob.notices.problems == []
    alice.chat.send("hello")
    await wait(lambda: bob.texts)


# Being away


async def test_a_broken_path_is_mended_and_told(
    apps: Any, part: Any, network: MemoryNetwork, wait: Any
) -> None:
    alice, bob = apps
    await part(alice, bob)
    assert alice.rows == [("Bob", LinkState.RECONNECTING)]
    await wait(lambda: alice.notices.announced[-1] == "Reconnecting to Bob.")
    network.release()
    await wait(lambda: alice.people.connected and bob.people.connected)
    await wait(lambda: alice.notices.announced[-1] == "Bob is connected again.")
    assert alice.notices.problems == bob.notices.problems == []


async def test_a_page_that_is_loaded_again_finds_its_people(
    apps: Any, carol: Any, reload: Any, wait: Any
) -> None:
    alice, bob = apps
    again = await reload(alice)
    await wait(lambda: len(again.people.connected) == 2)
    assert sorted(again.rows) == [("Bob", LinkState.CONNECTED), ("Carol", LinkState.CONNECTED)]
    assert all(describe(each).verified for each in again.people.all)
    await wait(lambda: bob.people.connected and carol.people.connected)
    for app in (again, bob, carol):
        assert app.notices.problems == []


async def test_who_stays_away_is_lost_and_may_come_back(
    apps: Any, reload: Any, wait: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice, bob = apps
    monkeypatch.setattr("peerscript.link.reconnection.GONE_AFTER", -1.0)
    await bob.unload()
    await wait(lambda: alice.rows == [("Bob", LinkState.LOST)])
    assert alice.notices.problems == []
    assert alice.contact("bob").known
    assert alice.chat.send("for when you are back")
    again = await reload(bob)
    await wait(lambda: alice.people.connected and again.texts)
    assert again.texts == [("Alice", "for when you are back", "delivered")]


async def test_the_guest_tries_again(
    apps: Any, network: MemoryNetwork, wait: Any, give_up_at_once: None
) -> None:
    alice, bob = apps
    page = network.pages.pop("alice")
    network.cut()
    await wait(lambda: bob.contact("alice").state is LinkState.LOST)
    network.pages["alice"] = page
    await bob.act("alice", "retry")
    await wait(lambda: alice.people.connected and bob.people.connected)
    assert ("Alice", LinkState.LOST) in bob.view.stands


# Leaving


async def test_disconnecting_is_no_problem(apps: Any, wait: Any) -> None:
    alice, bob = apps
    await alice.act("bob", "close")
    await wait(lambda: not alice.view.people and not bob.view.people)
    assert alice.notices.problems == bob.notices.problems == []
    assert "Bob is no longer connected." in alice.notices.announced
    assert "Alice is no longer connected." in bob.notices.announced
    bob.people.connect(alice.invite_link.invite())
    await wait(lambda: alice.people.connected and bob.people.connected)


async def test_giving_up_while_it_connects(apps: Any, network: MemoryNetwork, wait: Any) -> None:
    alice, _ = apps
    network.hold()
    alice.people.connect(Invite("carol"))
    await wait(lambda: alice.find("carol"))
    await alice.act("carol", "close")
    await gone(alice, "carol", wait)
    network.release()
    assert alice.notices.problems == []
    assert not any("carol" in each for each in alice.notices.announced)


async def test_what_nobody_stands_in_is_not_done(apps: Any) -> None:
    alice, _ = apps
    for action in ("admit", "refuse", "confirm", "retry", "close", "choose", "no such"):
        await alice.people.act("no such key", action)
    await alice.act("bob", "no such")
    assert alice.rows == [("Bob", LinkState.CONNECTED)]


async def test_who_was_dropped_is_told(apps: Any, wait: Any) -> None:
    alice, bob = apps
    await send_raw(alice.contact("bob"), "peerscript/files", "rubbish")
    await gone(bob, "alice", wait)
    assert len(bob.notices.problems) == 1
    assert "Alice" in bob.notices.announced[-1]
    assert "not honest" in bob.notices.problems[0]


async def test_one_bad_page_disturbs_no_other(apps: Any, carol: Any, wait: Any) -> None:
    alice, bob = apps
    await send_raw(carol.contact("alice"), "chat", "rubbish")
    await gone(alice, "carol", wait)
    assert alice.rows == [("Bob", LinkState.CONNECTED)]
    bob.chat.send("all well")
    await wait(lambda: alice.texts == [("Bob", "all well", "delivered")])


async def test_other_programs_are_turned_away(apps: Any) -> None:
    alice, bob = apps
    stranger = await bob.peer.connect("alice", label="something else")
    await stranger.wait_closed()
    assert len(alice.people.all) == 1


# The one whom the chat, files and calls are with


async def test_the_first_is_chosen_and_the_next_when_they_leave(
    apps: Any, carol: Any, wait: Any
) -> None:
    alice, bob = apps
    assert alice.view.opened == (alice.contact("bob").key, "Bob")
    assert {each.peer_id: chosen for each, chosen in alice.view.people.items()} == {
        "bob": True,
        "carol": False,
    }
    await bob.act("alice", "close")
    await gone(alice, "bob", wait)
    assert alice.people.chosen is alice.contact("carol")
    assert alice.view.people == {alice.contact("carol"): True}
    assert alice.view.opened == (alice.contact("carol").key, "Carol")
    await carol.act("alice", "close")
    await gone(alice, "carol", wait)
    assert alice.people.chosen is None
    assert alice.view.opened == ("", "")


async def test_who_asks_is_not_chosen_by_itself(open_app: Any, dave: Any, wait: Any) -> None:
    alice = await open_app("alice")
    await knock(dave, alice, wait)
    assert alice.people.chosen is None
    await alice.act("dave", "admit")
    await wait(lambda: alice.people.chosen is alice.contact("dave"))


async def test_choosing_shows_both_rows(apps: Any, carol: Any) -> None:
    alice, _ = apps
    await alice.act("carol", "choose")
    assert {each.name: chosen for each, chosen in alice.view.people.items()} == {
        "Bob": False,
        "Carol": True,
    }


async def test_who_is_away_stays_chosen(
    apps: Any, carol: Any, part: Any, network: MemoryNetwork
) -> None:
    alice, bob = apps
    await part(alice, bob)
    assert alice.people.chosen is alice.contact("bob")
    network.release()


async def test_the_pages_own_link_is_opened_again_by_who_is_connected(apps: Any, wait: Any) -> None:
    """It takes nobody's place: a link for one person can still be given to another."""
    alice, bob = apps
    invite = alice.invite_link.renew(Limit.ONE)
    bob.people.connect(invite)
    await wait(lambda: "Alice is connected already." in bob.notices.announced)
    assert alice.invite_link.invite() == invite
    assert bob.notices.problems == []
    assert bob.rows == [("Alice", LinkState.CONNECTED)]
