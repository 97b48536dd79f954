"""What is sent in a call, and what the other one sees of it."""

from __future__ import annotations

from typing import Any

from peerscript.calls import Slot
from peerscript.errors import InsecurePage, MediaDenied, MediaInUse
from tests.unit.app.calls.conftest import over, words


async def test_muted_and_without_a_camera_is_seen_by_the_other(
    apps: Any, wait: Any, talk: Any
) -> None:
    alice, bob = apps
    await talk(alice, bob)
    microphone, camera = (alice.calls.own.tracks[s] for s in (Slot.MICROPHONE, Slot.CAMERA))
    await alice.calls.switches.microphone()
    await alice.calls.switches.camera()
    assert (microphone.enabled, microphone.stopped, camera.stopped) == (False, False, True)
    await wait(lambda: not bob.view.calls.tiles[0].microphone_on)
    await wait(lambda: not bob.view.calls.tiles[0].camera_on)
    await alice.calls.switches.microphone()
    await alice.calls.switches.camera()
    await wait(lambda: bob.view.calls.tiles[0].microphone_on and bob.view.calls.tiles[0].camera_on)
    alice.calls.hang_up()
    await wait(lambda: over(alice, bob))


async def test_a_microphone_that_was_left_out_is_opened_by_its_button(
    apps: Any, wait: Any, talk: Any
) -> None:
    alice, bob = apps
    await talk(alice, bob)
    await alice.calls.switches.choose(Slot.MICROPHONE, "")
    await wait(lambda: not bob.view.calls.tiles[0].microphone_on)
    assert not alice.calls.switches.talk(True)
    await alice.calls.switches.microphone()
    await wait(lambda: bob.view.calls.tiles[0].microphone_on)


async def test_the_key_to_talk(apps: Any, wait: Any, talk: Any) -> None:
    alice, bob = apps
    assert not alice.calls.switches.talk(True)
    await talk(alice, bob)
    assert not alice.calls.switches.talk(True)  # is not muted
    await alice.calls.switches.microphone()
    assert alice.calls.switches.talk(True)
    assert not alice.view.calls.own.muted
    assert alice.calls.switches.talk(False)
    assert alice.view.calls.own.muted
    await wait(lambda: not bob.view.calls.tiles[0].microphone_on)


async def test_a_screen_beside_the_camera(apps: Any, wait: Any, talk: Any) -> None:
    alice, bob = apps
    await talk(alice, bob)
    await alice.calls.switches.screen()
    await wait(lambda: bob.view.calls.tiles[0].screen)
    assert bob.view.calls.tiles[0].camera
    await alice.calls.switches.screen()
    await wait(lambda: bob.view.calls.tiles[0].screen is None)
    alice.devices.refused[Slot.SCREEN] = MediaDenied("changed my mind")
    await alice.calls.switches.screen()
    assert words(alice) == []


async def test_another_camera_that_cannot_be_had_is_said(apps: Any, wait: Any, talk: Any) -> None:
    alice, bob = apps
    await talk(alice, bob)
    await alice.calls.switches.choose(Slot.CAMERA, "back")
    assert alice.view.calls.own.camera_id == "back"
    alice.devices.refused[Slot.CAMERA] = MediaDenied("no")
    await alice.calls.switches.choose(Slot.CAMERA, "front")
    assert "blocked" in words(alice)[0]
    assert alice.view.calls.own.camera_id == "back"


async def test_a_camera_that_its_button_does_not_open_is_said_for_as_long(
    apps: Any, wait: Any, talk: Any
) -> None:
    alice, bob = apps
    await talk(alice, bob)
    await alice.calls.switches.camera()
    alice.devices.refused[Slot.CAMERA] = MediaInUse("busy")
    await alice.calls.switches.camera()
    assert words(alice) == [
        "The camera is in use by another program. Close it, then try again. "
        "You are heard, and not seen."
    ]
    del alice.devices.refused[Slot.CAMERA]
    await alice.calls.switches.camera()
    assert words(alice) == []


async def test_a_screen_that_cannot_be_shared_is_said_for_as_long(
    apps: Any, wait: Any, talk: Any
) -> None:
    alice, bob = apps
    await talk(alice, bob)
    alice.devices.refused[Slot.SCREEN] = InsecurePage("http")
    await alice.calls.switches.screen()
    assert "https" in words(alice)[0]
    del alice.devices.refused[Slot.SCREEN]
    await alice.calls.switches.screen()
    assert words(alice) == []
