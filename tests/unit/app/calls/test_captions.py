"""What is said in a call, in writing."""

from __future__ import annotations

from typing import Any

from app.calls.captions import MAX_CAPTION, SHOWN_FOR
from peerscript.calls import Slot


def caption(app: Any) -> str:
    return str(app.view.calls.tiles[0].caption)


async def test_who_wants_it_is_read_by_the_others(apps: Any, wait: Any, talk: Any) -> None:
    alice, bob = apps
    await talk(alice, bob)
    assert alice.view.calls.captions_offered
    assert alice.recognizer.microphone is None
    alice.calls.captions.want(True)
    await wait(lambda: alice.recognizer.microphone)
    assert alice.recognizer.microphone is alice.calls.own.tracks[Slot.MICROPHONE]
    alice.recognizer.say("Good mor")
    await wait(lambda: caption(bob) == "Good mor")
    alice.recognizer.say("Good morning")
    await wait(lambda: caption(bob) == "Good morning")
    assert caption(alice) == ""
    assert await wait(lambda: not caption(bob)) <= SHOWN_FOR + 0.1
    alice.calls.captions.want(False)
    assert alice.recognizer.microphone is None


async def test_nobody_listens_where_nobody_hears(apps: Any, wait: Any, talk: Any) -> None:
    alice, bob = apps
    alice.calls.captions.want(True)
    await talk(alice, bob)
    await wait(lambda: alice.recognizer.microphone)
    await alice.calls.switches.microphone()
    assert alice.recognizer.microphone is None  # muted
    await alice.calls.switches.microphone()
    await wait(lambda: alice.recognizer.microphone)
    await alice.calls.switches.choose(Slot.MICROPHONE, "")
    assert alice.recognizer.microphone is None
    await alice.calls.switches.choose(Slot.MICROPHONE, "built-in")
    await wait(lambda: alice.recognizer.microphone)
    alice.calls.hang_up()
    await wait(lambda: alice.recognizer.microphone is None)


async def test_a_browser_that_would_ask_a_server_is_not_asked(
    apps: Any, wait: Any, talk: Any
) -> None:
    alice, bob = apps
    alice.recognizer.can = False
    await alice.calls.captions.look()
    alice.calls.captions.want(True)
    await talk(alice, bob)
    assert not alice.view.calls.captions_offered
    assert alice.recognizer.microphone is None


async def test_why_there_are_none_is_said(apps: Any, wait: Any, talk: Any) -> None:
    alice, bob = apps
    await talk(alice, bob)
    alice.recognizer.problem = "the download has failed"
    alice.calls.captions.want(True)
    said = "There are no captions of what you say: the download has failed."
    await wait(lambda: said in alice.notices.problems)
    alice.calls.captions.want(False)
    alice.recognizer.fail("too late")
    alice.recognizer.problem = ""
    alice.calls.captions.want(True)
    await wait(lambda: alice.recognizer.microphone)
    alice.recognizer.fail("no words for this language")
    assert [each.rpartition(": ")[2] for each in alice.notices.problems] == [
        "the download has failed.",
        "no words for this language.",
    ]


async def test_a_long_one_is_read_at_its_end_and_nothing_is_hidden_in_it(
    apps: Any, wait: Any, talk: Any
) -> None:
    alice, bob = apps
    await talk(alice, bob)
    alice.calls.captions.want(True)
    await wait(lambda: alice.recognizer.microphone)
    alice.recognizer.say("no" * MAX_CAPTION + "end\u202e\n")
    await wait(lambda: caption(bob))
    assert caption(bob).endswith("noend")
    assert len(caption(bob)) <= MAX_CAPTION


async def test_a_link_that_is_over_takes_none(apps: Any, wait: Any, talk: Any) -> None:
    alice, bob = apps
    await talk(alice, bob)
    alice.calls.captions.want(True)
    await wait(lambda: alice.recognizer.microphone)
    alice.recognizer.say("Hello")
    await wait(lambda: caption(bob))
    contact = bob.contact("alice")
    listening = alice.recognizer.say
    await alice.contact("bob").link.close()
    listening("Is anybody there?")
    await wait(lambda: not bob.people.all)
    assert bob.calls.captions.of(contact) == ""
