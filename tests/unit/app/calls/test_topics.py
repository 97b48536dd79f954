"""Notices about calls end with what they are about."""

from __future__ import annotations

from typing import Any

import pytest

from app.calls.topics import Topic
from peerscript.calls import Slot
from peerscript.errors import MediaDenied, MediaInUse, MediaNotFound
from peerscript.testing import MemoryNetwork
from tests.unit.app.calls.conftest import over, words
from tests.unit.app.notices import Notices


def test_the_newest_text_stands_and_what_was_dismissed_stays_away() -> None:
    notices = Notices()
    topic = Topic(notices, "a thing")
    topic.settle()
    topic.problem("one")
    topic.problem("two")
    assert notices.standing == [("a thing", "two")]
    notices.standing.clear()  # the person has dismissed it
    topic.follow("two")
    assert notices.standing == []
    topic.follow("three")
    assert notices.standing == [("a thing", "three")]
    topic.follow("")
    topic.follow("")
    assert notices.standing == []


async def test_a_missed_call_stands_until_there_is_one_with_them(
    apps: Any, carol: Any, wait: Any, ring: Any, talk: Any
) -> None:
    alice, bob = apps
    await ring(bob, alice)
    bob.calls.hang_up()
    await wait(lambda: words(alice))
    await talk(alice, carol)
    assert words(alice) == ["You have missed a call of Bob."]
    alice.calls.hang_up()
    await wait(lambda: over(alice, carol))
    await talk(bob, alice)
    assert words(alice) == []


async def test_what_is_missing_in_a_call_is_not_said_after_it(
    apps: Any, wait: Any, talk: Any
) -> None:
    alice, bob = apps
    alice.devices.refused = dict.fromkeys((Slot.CAMERA, Slot.MICROPHONE), MediaDenied("no"))
    await talk(alice, bob)
    alice.recorder.problem = "no room"
    await alice.calls.recording.press()
    await alice.calls.switches.choose(Slot.CAMERA, "back")
    assert len(words(alice)) == 3
    bob.calls.hang_up()
    await wait(lambda: over(alice, bob))
    assert words(alice) == []


async def test_who_was_not_connected_is_again(
    apps: Any, carol: Any, part: Any, wait: Any, network: MemoryNetwork
) -> None:
    alice, bob = apps
    await part(alice, bob, carol)
    alice.calls.start()
    assert "nobody was called" in words(alice)[0]
    network.release()
    await wait(lambda: alice.people.chosen.link.connected)
    assert words(alice) == []


async def test_a_page_that_is_loaded_again_shares_anew(
    apps: Any, wait: Any, talk: Any, reload: Any
) -> None:
    alice, bob = apps
    await talk(alice, bob)
    await alice.calls.switches.screen()
    alice = await reload(alice)
    await wait(lambda: words(alice))
    assert "shared no more" in words(alice)[0]
    await alice.calls.switches.screen()
    assert words(alice) == []


async def test_captions_that_come_again(apps: Any, wait: Any, talk: Any) -> None:
    alice, bob = apps
    await talk(alice, bob)
    alice.calls.captions.want(True)
    await wait(lambda: alice.recognizer.microphone)
    alice.recognizer.fail("the language is not there")
    await wait(lambda: words(alice))
    alice.calls.captions.want(False)
    assert words(alice) == []


@pytest.mark.parametrize("worked", [True, False])
async def test_a_recording_that_works_the_next_time(apps: Any, talk: Any, worked: bool) -> None:
    alice, bob = apps
    await talk(alice, bob)
    alice.recorder.problem = "no room"
    await alice.calls.recording.press()
    alice.recorder.problem = "" if worked else "no disk"
    await alice.calls.recording.press()
    assert words(alice) == ([] if worked else ["The call cannot be recorded: no disk."])


async def test_newcomers_bring_back_no_notice_and_no_question(
    apps: Any, carol: Any, wait: Any, talk: Any, ring: Any, together: Any
) -> None:
    alice, bob = apps
    alice.devices.refused[Slot.CAMERA] = MediaNotFound("none")
    bob.devices.refused[Slot.CAMERA] = MediaInUse("busy")
    await talk(alice, bob)
    for app in apps:
        app.notices.standing.clear()  # dismissed
    asked = len(bob.devices.asked)
    await ring(carol, alice)
    await alice.calls.accept()
    await wait(lambda: together(alice, bob, carol))
    assert words(bob) == []
    assert len(bob.devices.asked) == asked
    assert bob.notices.problems == bob.notices.problems[:1]
