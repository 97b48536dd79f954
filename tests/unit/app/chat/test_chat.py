"""Every text is delivered once, or told to have failed; every conversation is with one person."""

from __future__ import annotations

from typing import Any

import pytest

from app.chat.ports import ChatMessage
from app.connection.invite import Invite
from peerscript.testing import MemoryNetwork


def delivered(app: Any) -> bool:
    return all(message.state == "delivered" for message in app.view.messages.values())


async def test_a_message_is_delivered(apps: Any, wait: Any) -> None:
    alice, bob = apps
    text = "😀" * 40_000
    assert alice.chat.send(text)
    assert alice.texts == [("You", text, "sent")]
    await wait(lambda: bob.view.messages and delivered(alice))
    assert bob.texts == [("Alice", text, "delivered")]
    (received,) = bob.view.messages.values()
    assert (received.sender, received.contact) == ("alice", bob.contact("alice").key)


async def test_what_deceives_is_not_shown(apps: Any, wait: Any) -> None:
    alice, bob = apps
    text = "see\n  \u202egpj.exe\x1b a" + "\u0335" * 500
    assert alice.chat.send(text)
    await wait(lambda: bob.view.messages)
    assert [each[1] for each in bob.texts] == ["see\n  gpj.exe a" + "\u0335" * 6]


async def test_what_is_not_sent_is_told(apps: Any, wait: Any) -> None:
    alice, bob = apps
    assert not alice.chat.send("  \n")
    assert alice.notices.problems == []
    assert not alice.chat.send("x" * (2**20 + 1))
    assert "Send it as a file" in alice.notices.problems[0]
    assert alice.chat.send("a short one")
    assert alice.notices.standing == []
    await bob.act("alice", "close")
    await wait(lambda: not alice.people.all)
    assert not alice.chat.send("hello?")
    assert "Nobody is connected" in alice.notices.problems[-1]
    assert not alice.view.messages


async def test_more_than_can_wait_is_told(apps: Any, part: Any) -> None:
    alice, _ = apps
    await part(*apps)
    assert alice.chat.send("x" * 900_000)
    assert not alice.chat.send("x" * 900_000)
    assert "Wait until they are back" in alice.notices.problems[0]
    assert len(alice.view.messages) == 1


async def test_what_is_written_while_the_path_is_broken_arrives_in_order(
    apps: Any, part: Any, network: MemoryNetwork, wait: Any
) -> None:
    alice, bob = apps
    await part(*apps)
    for n in range(5):
        assert alice.chat.send(f"number {n}")
    assert {state for _, _, state in alice.texts} == {"sent"}
    network.release()
    await wait(lambda: len(bob.texts) == 5 and delivered(alice))
    assert [text for _, text, _ in bob.texts] == [f"number {n}" for n in range(5)]


async def test_what_was_on_its_way_when_the_path_broke_arrives_once(
    apps: Any, network: MemoryNetwork, wait: Any
) -> None:
    alice, bob = apps
    heard: list[str] = []
    bob.contact("alice").link.on("change", lambda: heard.append("change"))
    network.hold()
    alice.chat.send("into the void")
    network.cut()
    await wait(lambda: heard)
    network.release()
    await wait(lambda: bob.view.messages and delivered(alice))
    assert bob.texts == [("Alice", "into the void", "delivered")]


async def test_a_conversation_ends_with_the_link(
    apps: Any, carol: Any, open_app: Any, join: Any, wait: Any
) -> None:
    alice, bob = apps
    alice.chat.send("for Bob")
    carol.chat.send("for Alice")
    await wait(lambda: bob.view.messages and len(alice.view.messages) == 2 and delivered(alice))
    first = alice.contact("bob").key
    await alice.act("bob", "close")
    await wait(lambda: bob.find("alice") is None and alice.find("bob") is None)
    assert [text for _, text, _ in alice.texts] == ["for Alice"]
    assert not bob.view.messages
    assert alice.notices.problems == bob.notices.problems == []
    await bob.unload()
    stranger = await join("bob", alice)
    assert alice.contact("bob").key != first
    stranger.chat.send("who I am does not follow from my ID")
    await wait(lambda: len(alice.view.messages) == 2)
    assert alice.contact("bob").unread == 1


async def test_what_was_not_delivered_when_it_ended_is_told(
    apps: Any, network: MemoryNetwork, part: Any, wait: Any
) -> None:
    alice, bob = apps
    alice.chat.send("this one arrived")
    await wait(lambda: bob.view.messages and delivered(alice))
    await part(*apps)
    alice.chat.send("this one did not")
    await alice.act("bob", "close")
    await wait(lambda: not alice.people.all)
    assert alice.texts == []
    assert alice.notices.problems == [
        "Your last message did not arrive at Bob. You have disconnected."
    ]
    network.release()


async def test_the_newest_messages_are_kept(
    apps: Any, wait: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.chat.shown.KEPT", 3)
    monkeypatch.setattr("app.chat.shown.KEPT_SIZE", 1000)
    alice, bob = apps
    for n in range(5):
        bob.chat.send(f"{n}")
    await wait(lambda: alice.people.chosen is not None and delivered(bob))
    assert [text for _, text, _ in alice.texts] == ["2", "3", "4"]
    bob.chat.send("5" * 999)
    bob.chat.send("6" * 2000)
    await wait(lambda: delivered(bob))
    assert [text for _, text, _ in alice.texts] == ["6" * 2000]


async def test_the_history_is_there_after_a_reload(apps: Any, reload: Any, wait: Any) -> None:
    alice, bob = apps
    alice.chat.send("one")
    await wait(lambda: bob.view.messages and delivered(alice))
    bob.chat.send("two")
    await wait(lambda: len(alice.view.messages) == 2 and delivered(bob))
    again = await reload(alice)
    await wait(lambda: again.people.connected)
    assert again.texts == [("You", "one", "delivered"), ("Bob", "two", "delivered")]
    assert again.people.all[0].unread == 0
    bob.chat.send("three")
    await wait(lambda: len(again.view.messages) == 3 and delivered(bob))
    assert [text for _, text, _ in again.texts] == ["one", "two", "three"]


async def test_what_was_written_before_a_reload_arrives_after_it_once(
    apps: Any, reload: Any, network: MemoryNetwork, part: Any, wait: Any
) -> None:
    alice, bob = apps
    await part(*apps)
    alice.chat.send("from Alice")
    bob.chat.send("from Bob")
    again = await reload(alice)
    await wait(lambda: again.texts == [("You", "from Alice", "sent")])
    network.release()
    await wait(lambda: len(bob.texts) == len(again.texts) == 2)
    await wait(lambda: delivered(bob) and delivered(again))
    assert sorted(text for _, text, _ in again.texts) == ["from Alice", "from Bob"]
    assert sorted(text for _, text, _ in bob.texts) == ["from Alice", "from Bob"]


async def test_every_conversation_is_with_one_person(apps: Any, carol: Any, wait: Any) -> None:
    alice, bob = apps
    alice.chat.send("for Bob")
    await alice.act("carol", "choose")
    assert alice.view.opened == (alice.contact("carol").key, "Carol")
    alice.chat.send("for Carol")
    await wait(lambda: bob.view.messages and carol.view.messages)
    assert [text for _, text, _ in bob.texts] == ["for Bob"]
    assert [text for _, text, _ in carol.texts] == ["for Carol"]
    conversations = {each.text: each.contact for each in alice.view.messages.values()}
    assert conversations == {
        "for Bob": alice.contact("bob").key,
        "for Carol": alice.contact("carol").key,
    }


async def test_what_comes_in_another_conversation_is_unread(
    apps: Any, carol: Any, wait: Any
) -> None:
    alice, bob = apps
    for text in ("one", "two"):
        carol.chat.send(text)
    bob.chat.send("here")
    await wait(lambda: len(alice.view.messages) == 3)
    assert (alice.contact("carol").unread, alice.contact("bob").unread) == (2, 0)
    await alice.act("carol", "choose")
    assert alice.contact("carol").unread == 0
    assert alice.people.chosen is alice.contact("carol")


async def test_what_comes_while_nobody_looks_is_unread_and_told(apps: Any, wait: Any) -> None:
    alice, bob = apps
    alice.view.seen = False
    for text in ("one", "two" * 100):
        bob.chat.send(text)
    await wait(lambda: alice.view.unread == 2)
    key = alice.contact("bob").key
    assert alice.view.told_of[key].startswith("Bob: twotwo")
    assert len(alice.view.told_of[key]) == 120
    alice.view.seen = True
    alice.view.come_into_view()
    assert (alice.view.unread, alice.contact("bob").unread, alice.view.told_of) == (0, 0, {})
    assert alice.view.asked == 0
    alice.chat.send("I was away")  # what was missed is the reason to ask
    assert alice.view.asked == 1


async def test_what_comes_before_ones_eyes_is_not_told(apps: Any, wait: Any) -> None:
    alice, bob = apps
    bob.chat.send("hello")
    await wait(lambda: alice.view.messages)
    alice.chat.send("hello")
    assert (alice.view.unread, alice.view.told_of, alice.view.asked) == (0, {}, 0)


async def test_who_leaves_takes_what_is_unread_along(apps: Any, carol: Any, wait: Any) -> None:
    alice, _ = apps
    carol.chat.send("hello")
    await wait(lambda: alice.view.unread == 1)
    await carol.act("alice", "close")
    await wait(lambda: not alice.find("carol"))
    assert (alice.view.unread, alice.view.told_of) == (0, {})


async def test_where_a_text_is_written_it_is_said_who_gets_it(
    apps: Any, part: Any, network: MemoryNetwork, dave: Any, wait: Any
) -> None:
    alice, bob = apps
    assert alice.view.hint == ("", False)
    await part(*apps)
    assert alice.view.hint == ("Bob is away, and gets it when they are back", False)
    network.release()
    await wait(lambda: alice.people.connected)
    assert alice.view.hint == ("", False)
    await bob.act("alice", "close")
    await wait(lambda: not alice.people.all)
    assert alice.view.hint == ("Nobody is connected yet", True)
    dave.people.connect(Invite("alice"))
    await wait(lambda: alice.find("dave"))
    await alice.act("dave", "choose")
    assert alice.view.hint == ("dave is not in yet", True)


class Log:
    """A chat's view that keeps every message in turn."""

    def __init__(self) -> None:
        self.shown: list[ChatMessage] = []

    def show(self, message: ChatMessage) -> None:
        self.shown.append(message)

    def open(self, peer_id: str, name: str, hint: str = "", *, off: bool = False) -> None:
        """The same conversation all the time."""

    def show_writing(self, words: str) -> None:
        """Nobody writes."""


async def test_a_text_is_shown_once_as_sent_and_once_as_delivered(
    apps: Any, wait: Any, monkeypatch: Any
) -> None:
    alice, _ = apps
    log = Log()
    monkeypatch.setattr(alice.chat, "_view", log)
    alice.chat.send("hello")
    await wait(lambda: len(log.shown) == 2)
    assert [each.state for each in log.shown] == ["sent", "delivered"]
    assert log.shown[0].key == log.shown[1].key


async def test_the_name_above_the_chat_follows_them(apps: Any, reload: Any, wait: Any) -> None:
    alice, bob = apps
    assert alice.view.opened == (alice.contact("bob").key, "Bob")
    await reload(bob, name="Robert")
    await wait(lambda: alice.view.opened[1] == "Robert")
