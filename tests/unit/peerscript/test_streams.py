"""A device is a value."""

from __future__ import annotations

from peerscript.streams import Device


def test_devices_of_the_same_kind_and_id_are_equal() -> None:
    assert Device("videoinput", "1", "Camera") == Device("videoinput", "1", "Camera")
