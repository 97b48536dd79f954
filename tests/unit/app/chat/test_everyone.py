"""What is said to all reaches each of them once, and says to whom it went."""

from __future__ import annotations

from typing import Any

from app.people.roster import EVERYONE, joined
from peerscript.protocol.link.state import LinkState


def said(app: Any) -> list[tuple[str, str, str, str]]:
    """The conversation with everybody."""
    found = [each for each in app.view.messages.values() if each.contact == EVERYONE]
    return [(each.name, each.text, each.state, each.to) for each in found]


async def test_a_text_to_all_is_one_message_and_reaches_each(
    apps: Any, carol: Any, wait: Any
) -> None:
    alice, bob = apps
    assert alice.view.everyone == ("Bob and Carol", False, 0)
    assert bob.view.everyone == ("", False, 0)  # there is one person only
    await alice.people.act(EVERYONE, "choose")
    assert alice.view.everyone == ("Bob and Carol", True, 0)
    assert alice.view.opened == (EVERYONE, "everyone: Bob and Carol")
    assert alice.view.hint == ("To Bob and Carol", False)
    assert not any(alice.view.people.values())  # nobody alone is chosen
    assert alice.chat.send("hello, all")
    await wait(lambda: said(alice) == [("You", "hello, all", "delivered", "Bob and Carol")])
    for guest in (bob, carol):
        await wait(lambda guest=guest: guest.view.everyone == ("Alice", False, 1))
        assert said(guest) == [("Alice", "hello, all", "delivered", "Bob and Carol")]
        assert guest.texts == [("Alice", "hello, all", "delivered")]  # and nowhere else


async def test_an_answer_to_all_is_in_the_same_conversation(
    apps: Any, carol: Any, wait: Any
) -> None:
    alice, bob = apps
    await alice.people.act(EVERYONE, "choose")
    alice.chat.send("who is there?")
    await wait(lambda: bob.view.everyone[2] == 1)
    await bob.people.act(EVERYONE, "choose")
    assert bob.view.everyone == ("Alice", True, 0)  # she hears it; Carol is not connected to him
    bob.chat.send("I am")
    await wait(lambda: len(said(alice)) == 2)
    assert said(alice)[1] == ("Bob", "I am", "delivered", "Alice")
    assert alice.view.unread == 0
    assert not any("I am" in text for _, text, _ in carol.texts)


async def test_it_is_sent_until_everybody_has_it(
    apps: Any, carol: Any, part: Any, network: Any, wait: Any
) -> None:
    alice, bob = apps
    await part(alice, bob, carol)
    await alice.people.act(EVERYONE, "choose")
    alice.chat.send("later")
    assert said(alice)[0][2] == "sent"
    network.release()
    await wait(lambda: said(alice)[0][2] == "delivered")
    assert len(said(bob)) == len(said(carol)) == 1


async def test_who_cannot_get_it_is_named(apps: Any, carol: Any, part: Any) -> None:
    alice, bob = apps
    await part(alice, bob, carol)
    alice.chat.send("x" * 900_000)  # to Bob
    await alice.people.act(EVERYONE, "choose")
    assert alice.chat.send("x" * 900_000)
    assert alice.notices.problems[0].startswith("Bob does not get it. ")
    assert len(alice.notices.problems) == 1


async def test_a_reload_keeps_the_conversation(
    apps: Any, carol: Any, reload: Any, wait: Any
) -> None:
    alice, bob = apps
    await alice.people.act(EVERYONE, "choose")
    alice.chat.send("before")
    await wait(lambda: said(bob) and said(carol) and said(alice)[0][2] == "delivered")
    again = await reload(alice)
    await wait(lambda: said(again) == [("You", "before", "delivered", "Bob and Carol")])


async def test_the_choice_falls_back_when_people_leave(apps: Any, carol: Any, wait: Any) -> None:
    alice, bob = apps
    await alice.people.act(EVERYONE, "choose")
    alice.chat.send("bye")
    await wait(lambda: said(bob) and said(carol))
    carol.people.choose_all()
    carol.chat.send("see you")
    await wait(lambda: len(said(alice)) == 2)
    await carol.act("alice", "close")
    await wait(lambda: not alice.find("carol"))
    assert [each[0] for each in said(alice)] == ["You"]  # what she has said goes with her
    assert alice.view.opened == (EVERYONE, "everyone: Bob")  # who heard the rest is still there
    await bob.act("alice", "close")
    await wait(lambda: not alice.people.all)
    assert said(alice) == []
    assert alice.view.everyone == ("", False, 0)
    assert not alice.people.to_all
    assert alice.view.hint == ("Nobody is connected yet", True)


async def test_who_has_spoken_to_all_sees_it_with_one_who_is_left(
    apps: Any, carol: Any, reload: Any, wait: Any
) -> None:
    alice, _ = apps
    await alice.people.act(EVERYONE, "choose")
    alice.chat.send("bye")
    await wait(lambda: said(carol))
    await carol.act("alice", "close")
    await wait(lambda: not alice.find("carol"))
    assert alice.view.opened == (EVERYONE, "everyone: Bob")
    again = await reload(alice)
    await wait(lambda: again.view.everyone[0] == "Bob")  # it can be opened again
    await wait(lambda: said(again) == [("You", "bye", "delivered", "Bob and Carol")])


async def test_one_who_is_left_is_chosen(apps: Any, carol: Any, wait: Any) -> None:
    alice, _ = apps
    await alice.people.act(EVERYONE, "choose")
    await carol.act("alice", "close")
    await wait(lambda: not alice.find("carol"))
    assert alice.people.chosen is alice.contact("bob")
    assert alice.view.everyone == ("", False, 0)


async def test_files_and_a_call_go_to_all(apps: Any, carol: Any, source: Any, wait: Any) -> None:
    alice, bob = apps
    await alice.people.act(EVERYONE, "choose")
    assert alice.view.open_to == ("Bob and Carol", "")
    alice.files.offer([source("plan.txt", b"the plan")])
    await wait(lambda: bob.view.transfers and carol.view.transfers)
    assert alice.transfer.to == ("Bob", "Carol")
    assert alice.view.calls.can_call
    alice.calls.start()
    assert alice.view.calls.preview.name == "Bob and Carol"
    await alice.calls.join()
    for guest in (bob, carol):
        await wait(lambda guest=guest: guest.view.calls.ringing)
        await guest.calls.accept()
    await wait(lambda: len(alice.view.calls.tiles) == 2)
    assert not alice.view.calls.can_call


async def test_what_comes_while_nobody_looks_is_told(apps: Any, carol: Any, wait: Any) -> None:
    alice, bob = apps
    bob.view.seen = False
    await alice.people.act(EVERYONE, "choose")
    alice.chat.send("hello?")
    await wait(lambda: bob.view.unread == 1)
    assert bob.view.told_of == {EVERYONE: "Alice, to all: hello?"}
    bob.view.seen = True
    bob.view.come_into_view()
    assert bob.view.unread == 1  # another conversation is open
    await bob.people.act(EVERYONE, "choose")
    assert (bob.view.unread, bob.view.told_of) == (0, {})
    await bob.act("alice", "choose")
    assert bob.people.chosen is bob.contact("alice")
    assert bob.view.everyone == ("Alice", False, 0)


async def test_nobody_is_addressed_with_those_who_are_lost(
    apps: Any, carol: Any, give_up_at_once: None, wait: Any
) -> None:
    alice, _ = apps
    await carol.unload()
    await wait(lambda: alice.contact("carol").state is LinkState.LOST)
    assert alice.view.everyone == ("", False, 0)
    alice.people.choose_all()
    assert not alice.people.to_all


def test_names_in_a_sentence() -> None:
    assert [joined(names) for names in ([], ["Ada"], ["Ada", "Bob"], ["Ada", "Bob", "Eve"])] == [
        "",
        "Ada",
        "Ada and Bob",
        "Ada, Bob and Eve",
    ]
