"""Calls with each contact, and the page is as before when they are over."""

from __future__ import annotations

from typing import Any

import pytest

from app.connection.invite import Invite
from peerscript.calls import CallEnd, Slot
from peerscript.calls import linkcalls as library
from peerscript.errors import MediaDenied, MediaInUse, MediaNotFound
from peerscript.testing import MemoryNetwork
from tests.unit.app.calls.conftest import over, words

# It begins


async def test_a_call_and_its_end(apps: Any, wait: Any, talk: Any) -> None:
    alice, bob = apps
    assert alice.calls.doing == bob.calls.doing == ""
    await talk(alice, bob)
    assert alice.calls.doing == bob.calls.doing == "the call is over"
    (tile,) = bob.view.calls.tiles
    assert (tile.name, tile.peer_id, tile.reconnecting) == ("Alice", "alice", False)
    assert (tile.microphone_on, tile.camera_on) == (True, True)
    await wait(lambda: alice.view.calls.tiles[0].camera and bob.view.calls.tiles[0].camera)
    assert "Bob is in the call." in alice.notices.announced
    bob.calls.hang_up()
    await wait(lambda: over(alice, bob))
    assert alice.notices.announced[-1] == "Bob has left the call."
    assert words(alice) == words(bob) == []
    assert alice.calls.doing == bob.calls.doing == ""
    await talk(bob, alice)


# How it ends


async def test_declined(apps: Any, wait: Any, ring: Any, talk: Any) -> None:
    alice, bob = apps
    await ring(alice, bob)
    bob.calls.decline()
    await wait(lambda: over(alice, bob))
    assert words(alice) == ["The call was not taken: Bob declined."]
    assert words(bob) == []
    await talk(alice, bob)
    assert words(alice) == []  # it was about the call before


async def test_two_have_declined(apps: Any, carol: Any, wait: Any, talk: Any) -> None:
    """Each of them is told of, until there is another call."""
    alice, bob = apps
    alice.people.choose_all()
    alice.calls.start()
    await wait(lambda: not alice.view.calls.preview.asking)
    await alice.calls.join()
    for other in (bob, carol):
        await wait(lambda other=other: other.view.calls.ringing)
        other.calls.decline()
    await wait(lambda: over(alice, bob, carol))
    assert words(alice) == [
        f"The call was not taken: {name} declined." for name in ("Bob", "Carol")
    ]
    await alice.act("bob", "choose")
    await talk(alice, bob)
    assert words(alice) == []


async def test_given_up_while_it_rings(apps: Any, wait: Any, ring: Any) -> None:
    alice, bob = apps
    await ring(alice, bob)
    alice.calls.hang_up()
    await wait(lambda: over(alice, bob))
    assert words(alice) == []
    assert words(bob) == ["You have missed a call of Alice."]
    await bob.calls.accept()
    assert over(alice, bob)


async def test_unanswered(apps: Any, wait: Any, ring: Any) -> None:
    alice, bob = apps
    await ring(alice, bob)
    took = await wait(lambda: over(alice, bob))
    assert took == pytest.approx(library.RING_TIMEOUT, abs=0.5)
    assert words(alice) == ["The call was not taken: Bob did not answer."]
    assert words(bob) == ["You have missed a call of Alice."]


@pytest.mark.parametrize("whose", [0, 1])
async def test_a_page_is_loaded_again_while_it_rings(
    apps: Any, wait: Any, ring: Any, reload: Any, whose: int
) -> None:
    alice, bob = apps
    await ring(alice, bob)
    again = await reload(apps[whose])
    stays = apps[1 - whose]
    await wait(lambda: over(again, stays) and again.people.connected and stays.people.connected)
    assert words(again) == []
    assert words(stays) == [
        "You have missed a call of Alice."
        if whose == 0
        else "The call was not taken: Bob’s page was loaded again while it rang."
    ]


async def test_both_call_at_once(apps: Any, wait: Any) -> None:
    alice, bob = apps
    for app in apps:
        app.calls.start()
    for app in apps:
        app.tasks.start(app.calls.join())
    await wait(lambda: all(app.view.calls.tiles for app in apps))
    await wait(lambda: not any(app.view.calls.tiles[0].words for app in apps))
    assert words(alice) == words(bob) == []
    assert alice.view.calls.ringing is bob.view.calls.ringing is None


async def test_nobody_to_call_is_told(
    apps: Any, carol: Any, part: Any, network: MemoryNetwork
) -> None:
    alice, bob = apps
    await part(alice, bob, carol)
    alice.calls.start()
    assert "nobody was called" in alice.notices.problems[0]
    assert alice.view.calls.preview is None
    network.release()


async def test_a_call_ends_with_its_contact(apps: Any, wait: Any, talk: Any) -> None:
    alice, bob = apps
    await talk(alice, bob)
    await bob.act("alice", "close")
    await wait(lambda: over(alice, bob))
    assert words(alice) == words(bob) == []  # it was not lost
    assert "Bob has left the call." in alice.notices.announced
    assert "The call is over." in bob.notices.announced


async def test_who_closes_the_page_has_left_the_call(apps: Any, wait: Any, talk: Any) -> None:
    alice, bob = apps
    await talk(alice, bob)
    await bob.unload()
    took = await wait(lambda: alice.view.calls.tiles[0].words == "Has left the page…")
    assert took < 1  # the media's path is seen to be broken later
    assert alice.view.calls.tiles[0].reconnecting
    await wait(lambda: over(alice), 60)
    assert alice.notices.announced.count("Bob has left the call.") == 1
    assert words(alice) == []


async def test_a_call_ends_when_they_are_lost(
    apps: Any, wait: Any, talk: Any, part: Any, network: MemoryNetwork
) -> None:
    alice, bob = apps
    await talk(alice, bob)
    await part(alice, bob)
    for path in network.media_paths:
        path.break_path()
    await wait(lambda: over(alice), 240)
    assert words(alice) == ["The call with Bob is over: there was no path for too long."]
    network.release()


async def test_a_call_that_fails_says_why(
    apps: Any, network: MemoryNetwork, wait: Any, ring: Any
) -> None:
    alice, bob = apps
    make = network.media_path

    def elsewhere(options: Any) -> Any:
        path = make(options)
        path.certificate = bytes(32)
        return path

    network.media_path = elsewhere  # type: ignore[method-assign]
    await ring(alice, bob)
    await bob.calls.accept()
    await wait(lambda: over(alice, bob))
    failed = [text for app in apps for text in words(app)]
    assert any("has failed: the call did not lead to the other page" in text for text in failed)
    assert not [tile for app in apps for tile in app.view.tiles if tile.camera or tile.screen]


# It goes on


async def test_a_call_outlives_a_broken_path(
    apps: Any, network: MemoryNetwork, part: Any, wait: Any, talk: Any
) -> None:
    alice, bob = apps
    await talk(alice, bob)
    await part(alice, bob)
    network.release()
    await wait(lambda: alice.people.connected and bob.people.connected)
    assert alice.view.calls.tiles[0].words == bob.view.calls.tiles[0].words == ""


async def test_a_lost_path_of_the_media_is_seen_and_heals(
    apps: Any, network: MemoryNetwork, wait: Any, talk: Any
) -> None:
    alice, bob = apps
    await talk(alice, bob)
    for path in network.media_paths:
        path.break_path()
        path.mend_path()
    for app in apps:
        await wait(lambda app=app: any(tile.reconnecting for tile in app.view.tiles))
    await wait(lambda: not any(app.view.calls.tiles[0].words for app in apps))
    assert "Reconnecting…" in [tile.words for tile in alice.view.tiles]


@pytest.mark.parametrize("whose", [0, 1])
async def test_a_page_that_is_loaded_again_comes_back_as_it_was(
    apps: Any, wait: Any, talk: Any, reload: Any, whose: int
) -> None:
    await talk(*apps)
    app, stays = apps[whose], apps[1 - whose]
    await app.calls.switches.microphone()
    await app.calls.switches.camera()
    await app.calls.switches.screen()
    await wait(lambda: not stays.view.calls.tiles[0].camera_on)
    again = await reload(app)
    await wait(lambda: again.view.calls.tiles and not again.view.calls.tiles[0].words)
    await wait(lambda: not stays.view.calls.tiles[0].words)
    own = again.view.calls.own
    assert (own.camera, own.muted, own.sharing) == (None, True, False)
    await wait(lambda: not stays.view.calls.tiles[0].microphone_on)
    assert stays.view.calls.tiles[0].screen is None
    assert words(again) == [
        "This page was loaded again: your screen is shared no more. Share it anew."
    ]
    assert words(stays) == []


# With several


async def test_another_caller_joins_with_a_tile_of_their_own(
    apps: Any,
    carol: Any,
    wait: Any,
    talk: Any,
    ring: Any,
    together: Any,
    network: MemoryNetwork,
) -> None:
    alice, bob = apps
    await talk(alice, bob)
    await ring(carol, alice)
    assert alice.view.calls.ringing.also
    asked = len(alice.devices.asked)
    await alice.calls.accept()
    await wait(lambda: len(alice.view.calls.tiles) == 2 and carol.view.calls.tiles)
    await wait(lambda: not any(tile.words for tile in alice.view.calls.tiles))
    assert len(alice.devices.asked) == asked  # one camera for all
    limits = {path.limits.get(Slot.CAMERA) for path in network.media_paths}
    assert (450_000, 2.0) in limits
    await wait(lambda: together(*apps, carol))
    alice.calls.hang_up(alice.contact("bob").key)
    await wait(lambda: len(alice.view.calls.tiles) == 1)
    assert len(carol.view.calls.tiles) == 2
    bob.calls.hang_up()
    await wait(lambda: over(bob) and together(alice, carol))
    assert alice.calls.own.tracks
    alice.calls.hang_up()
    await wait(lambda: over(alice, bob, carol))


async def test_those_in_a_call_are_introduced_and_whoever_leaves_the_others_go_on(
    apps: Any,
    carol: Any,
    wait: Any,
    talk: Any,
    ring: Any,
    together: Any,
    reload: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    alice, bob = apps
    await talk(alice, bob)
    await ring(carol, alice)
    await alice.calls.accept()
    await wait(lambda: together(alice, bob, carol))
    assert "Carol is in the call." in bob.notices.announced
    assert bob.view.calls.ringing is None
    carol = await reload(carol)
    await wait(lambda: together(alice, bob, carol))
    for limit in ("GONE_AFTER", "GIVE_UP_AFTER"):
        monkeypatch.setattr(f"peerscript.link.reconnection.{limit}", -1.0)
    await alice.unload()  # for good
    await wait(lambda: together(bob, carol))


async def test_who_rings_already_and_is_introduced_is_in_the_call(
    apps: Any, carol: Any, wait: Any, talk: Any, ring: Any, together: Any
) -> None:
    alice, bob = apps
    await talk(alice, bob)
    carol.people.connect(bob.invite_link.invite())
    await wait(lambda: carol.find("bob") and carol.contact("bob").link.connected)
    await ring(carol, bob)
    await carol.act("alice", "choose")
    carol.calls.start()
    await wait(lambda: alice.view.calls.ringing)
    await alice.calls.accept()
    await wait(lambda: together(alice, bob, carol))
    assert bob.view.calls.ringing is None
    assert words(bob) == []


async def test_who_leaves_while_they_are_introduced_is_not_told_of_the_late_dial(
    apps: Any, carol: Any, wait: Any, talk: Any, ring: Any
) -> None:
    alice, bob = apps
    await talk(alice, bob)
    await ring(carol, alice)
    await alice.calls.accept()
    await wait(lambda: any(invite.scope for invite in carol.links.invites))
    refused: list[str] = []
    carol.links.on("refused", lambda error, _: refused.append(error.reason))
    carol.calls.hang_up()  # so nobody is let in by that invite any more
    await wait(lambda: refused == ["revoked"])
    assert words(carol) == words(bob) == []


async def test_six_are_in_a_call_and_no_more(
    apps: Any, wait: Any, talk: Any, ring: Any, join: Any, together: Any
) -> None:
    alice, bob = apps
    await talk(alice, bob)
    everybody = [alice, bob]
    for name in ("carol", "dave", "erin"):
        everybody.append(await join(name, alice))
        await ring(everybody[-1], alice)
        await alice.calls.accept()
    await wait(lambda: together(*everybody))
    frank, gina = await join("frank", alice), await join("gina", bob)
    await ring(gina, bob)
    await ring(frank, alice)
    await alice.calls.accept()
    everybody.append(frank)
    await wait(lambda: together(*everybody))
    assert [words(app) for app in everybody] == [[]] * 6
    await bob.calls.accept()  # it rang before
    full = "There are six people in the call already."
    assert words(bob) == [full]
    await wait(lambda: words(gina))
    gina.calls.start()
    await wait(lambda: not gina.view.calls.preview.asking)
    await gina.calls.join()
    await wait(lambda: over(gina))
    assert words(gina) == ["The call was not taken: there are six people in the call already."]
    assert bob.notices.announced[-1] == f"Gina called. {full}"
    await bob.act("gina", "choose")
    assert not bob.view.calls.can_call
    bob.calls.start()
    assert words(bob)[-1] == full
    assert together(*everybody)


async def test_another_is_called_at_once(apps: Any, carol: Any, wait: Any, talk: Any) -> None:
    alice, bob = apps
    await talk(alice, bob)
    alice.calls.start()
    assert len(alice.view.calls.tiles) == 1  # it is with them already
    await alice.act("carol", "choose")
    assert alice.view.calls.can_call
    alice.calls.start()
    await wait(lambda: carol.view.calls.ringing)
    carol.calls.decline()
    await wait(lambda: len(alice.view.calls.tiles) == 1)
    assert words(alice) == ["The call was not taken: Carol declined."]


async def test_strangers_do_not_ring(apps: Any, dave: Any, wait: Any) -> None:
    alice, _ = apps
    dave.people.connect(Invite("alice"))  # who is only asking is one still
    await wait(lambda: alice.find("dave"))
    call = dave.people.all[0].link.call()
    await call.start()
    assert await call.ended() is CallEnd.LOST  # nobody has let them in
    assert alice.view.calls.ringing is None
    assert alice.view.calls.tiles == ()


# Devices


async def test_hung_up_while_it_is_being_joined(apps: Any, wait: Any, ring: Any) -> None:
    alice, bob = apps
    await ring(alice, bob)
    bob.devices.gate.clear()
    bob.devices.refused[Slot.CAMERA] = MediaDenied("no")
    accepting = bob.tasks.start(bob.calls.accept())
    await wait(lambda: bob.view.calls.tiles)
    assert bob.view.calls.tiles[0].words == "Joining…"
    bob.calls.hang_up()
    await wait(lambda: not alice.view.calls.tiles)
    bob.devices.gate.set()
    await accepting
    await wait(lambda: over(alice, bob))
    assert words(bob) == []


@pytest.mark.parametrize(
    ("refused", "said"),
    [
        ({Slot.CAMERA: MediaInUse("busy")}, "The camera is in use by another program"),
        ({Slot.CAMERA: MediaDenied("no")}, "You are heard, and not seen"),
        ({Slot.MICROPHONE: MediaNotFound("none")}, "You are seen, and not heard"),
        (dict.fromkeys((Slot.CAMERA, Slot.MICROPHONE), MediaDenied("no")), "and send nothing"),
    ],
)
async def test_nobody_is_locked_out_for_want_of_a_device(
    apps: Any, wait: Any, talk: Any, refused: Any, said: str
) -> None:
    alice, bob = apps
    alice.devices.refused = bob.devices.refused = refused
    await talk(alice, bob)
    for app in apps:
        (text,) = words(app)
        assert said in text
    await wait(lambda: alice.view.calls.tiles[0].camera_on is (Slot.CAMERA not in refused))


# What is sent, and what the other sees of it


async def test_a_device_that_ends_and_does_not_come_back_is_said(
    apps: Any, wait: Any, talk: Any
) -> None:
    alice, bob = apps
    await talk(alice, bob)
    alice.devices.refused[Slot.CAMERA] = MediaNotFound("unplugged")
    alice.devices.end(alice.calls.own.tracks[Slot.CAMERA])
    await wait(lambda: words(alice))
    assert words(alice)[0].startswith("No camera was found. Plug one in")
    await wait(lambda: not bob.view.calls.tiles[0].camera_on)
    del alice.devices.refused[Slot.CAMERA]
    alice.devices.change()
    await wait(lambda: bob.view.calls.tiles[0].camera_on)
    assert words(alice) == []  # it is plugged in again


async def test_recording_is_seen_by_everybody_and_ends_with_the_call(
    apps: Any, wait: Any, talk: Any
) -> None:
    alice, bob = apps
    await talk(alice, bob)
    await alice.calls.recording.press()
    await wait(lambda: bob.view.calls.tiles[0].recording)
    assert alice.view.calls.own.recording
    bob.calls.hang_up()
    await wait(lambda: over(alice, bob) and not alice.recorder.runs)
    assert not alice.view.calls.own.recording


async def test_what_is_measured_is_shown(apps: Any, wait: Any, talk: Any) -> None:
    alice, bob = apps
    await talk(alice, bob)
    key = alice.contact("bob").key
    await wait(lambda: key in alice.view.measures)
    assert alice.view.measures[key].plots


def happened(app: Any) -> list[str]:
    return [event.text for event in app.view.events.values()]


async def test_a_call_stands_in_the_conversation(
    apps: Any, wait: Any, ring: Any, talk: Any
) -> None:
    alice, bob = apps
    await ring(alice, bob)
    bob.calls.decline()
    await wait(lambda: over(alice, bob))
    await ring(alice, bob)
    alice.calls.hang_up()
    await wait(lambda: over(alice, bob))
    await talk(alice, bob)
    alice.calls.hang_up()
    await wait(lambda: len(happened(alice)) == len(happened(bob)) == 3)
    assert happened(alice) == ["Call, not taken", "Call, not taken", "Call, 0 s"]
    assert happened(bob) == ["Call, declined", "Missed call", "Call, 0 s"]


async def test_a_call_that_ends_with_the_link_leaves_nothing(
    apps: Any, wait: Any, talk: Any
) -> None:
    alice, bob = apps
    await talk(alice, bob)
    await bob.act("alice", "close")
    await wait(lambda: over(alice, bob) and not alice.people.all and not bob.people.all)
    for app in apps:
        assert happened(app) == []
        assert "Call" not in app.storage.get("chat-events", "")
