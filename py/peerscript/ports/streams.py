"""Types for cameras, microphones and streams."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MediaStream = Any  # the browser's own, passed through untouched
Constraints = bool | Mapping[str, Any]


@dataclass(frozen=True)
class Device:
    """A camera, microphone or loudspeaker, as in
    [MediaDeviceInfo](https://developer.mozilla.org/docs/Web/API/MediaDeviceInfo).

    Attributes:
        kind: "videoinput", "audioinput" or "audiooutput".
        id: what constraints name it by: `video={"deviceId": {"exact": id}}`.
        label: its name; empty until the person has allowed a device.
    """

    kind: str
    id: str
    label: str
