"""Cameras, microphones and streams of this page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from peerscript.browser import this_browser
from peerscript.ports import MediaStream

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


async def get_user_media(*, audio: Constraints = True, video: Constraints = True) -> MediaStream:
    """Ask for the camera and the microphone
    ([getUserMedia](https://developer.mozilla.org/docs/Web/API/MediaDevices/getUserMedia)).

    Args:
        audio, video: True, False, or a dict of MediaTrackConstraints.

    Raises:
        MediaDenied, MediaNotFound, MediaInUse: it could not be had, and why.
        InsecurePage: the page is served over plain http from another machine.
    """
    return await this_browser().get_user_media(audio, video)


async def devices() -> list[Device]:
    """List the devices
    ([enumerateDevices](https://developer.mozilla.org/docs/Web/API/MediaDevices/enumerateDevices)).

    Raises:
        InsecurePage: the page is served over plain http from another machine.
    """
    return await this_browser().devices()


def set_enabled(stream: MediaStream, kind: str, enabled: bool) -> None:
    """Mute or unmute the tracks of a stream; the other side gets silence or black.

    Args:
        stream: what `get_user_media` returned.
        kind: "audio" or "video".
        enabled: False mutes.
    """
    this_browser().set_enabled(stream, kind, enabled)


def stop(stream: MediaStream) -> None:
    """Let go of the camera and the microphone."""
    this_browser().stop(stream)
