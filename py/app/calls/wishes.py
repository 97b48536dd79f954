"""What the person has chosen to send in calls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from peerscript.calls import Slot
from peerscript.media import Constraints

_PICTURE = {"width": {"ideal": 1280}, "height": {"ideal": 720}, "frameRate": {"ideal": 30}}


@dataclass
class Wishes:
    """What the person has chosen; kept in the tab over a reload.

    Attributes:
        camera, microphone: whether they are to be used.
        camera_id, microphone_id: which; "" for whichever the browser takes.
        muted: whether the microphone sends silence.
        sharing: whether a screen was shared; a page cannot go on with that by itself.
    """

    camera: bool = True
    microphone: bool = True
    camera_id: str = ""
    microphone_id: str = ""
    muted: bool = False
    sharing: bool = False

    def wants(self, slot: Slot) -> bool:
        return self.camera if slot is Slot.CAMERA else self.microphone

    def choose(self, slot: Slot, wanted: bool, device_id: str | None = None) -> None:
        """Use it, or not; `device_id` as it was if not given."""
        name = slot.value
        setattr(self, name, wanted)
        if device_id is not None:
            setattr(self, f"{name}_id", device_id)

    def constraints(self, slot: Slot) -> Constraints:
        """What the browser is asked for."""
        device_id = self.camera_id if slot is Slot.CAMERA else self.microphone_id
        chosen: dict[str, Any] = {"deviceId": {"exact": device_id}} if device_id else {}
        return {**_PICTURE, **chosen} if slot is Slot.CAMERA else chosen or True
