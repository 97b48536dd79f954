"""What is chosen to be sent."""

from __future__ import annotations

from collections.abc import Mapping

from app.calls.wishes import Wishes
from peerscript.calls import Slot


def device_of(wishes: Wishes, slot: Slot) -> object:
    constraints = wishes.constraints(slot)
    assert isinstance(constraints, Mapping)
    return constraints.get("deviceId")


def test_a_choice_is_what_the_browser_is_asked_for() -> None:
    wishes = Wishes()
    assert wishes.constraints(Slot.MICROPHONE) is True
    assert device_of(wishes, Slot.CAMERA) is None
    wishes.choose(Slot.MICROPHONE, True, "headset")
    assert wishes.constraints(Slot.MICROPHONE) == {"deviceId": {"exact": "headset"}}
    wishes.choose(Slot.CAMERA, True, "back")
    assert device_of(wishes, Slot.CAMERA) == {"exact": "back"}


def test_what_is_switched_off_keeps_its_device() -> None:
    wishes = Wishes()
    wishes.choose(Slot.CAMERA, True, "back")
    wishes.choose(Slot.CAMERA, False)
    assert (wishes.wants(Slot.CAMERA), wishes.wants(Slot.MICROPHONE)) == (False, True)
    assert wishes.camera_id == "back"
