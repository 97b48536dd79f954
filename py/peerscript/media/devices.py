"""Cameras, microphones and streams of this page."""

from __future__ import annotations

from peerscript.browser import this_browser
from peerscript.peerjs_names import keyword_options
from peerscript.ports.streams import Constraints, Device, MediaStream

__all__ = [
    "Constraints",
    "Device",
    "MediaStream",
    "devices",
    "get_display_media",
    "get_user_media",
    "set_enabled",
    "stop",
]


@keyword_options
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


@keyword_options
async def get_display_media(
    *, audio: Constraints = False, video: Constraints = True
) -> MediaStream:
    """Ask for a screen, a window or a tab; call it from a click
    ([getDisplayMedia](https://developer.mozilla.org/docs/Web/API/MediaDevices/getDisplayMedia)).

    Args:
        audio, video: True, False, or a dict of MediaTrackConstraints.

    Raises:
        MediaDenied, MediaNotFound, MediaInUse: it could not be had, and why.
        InsecurePage: the page is served over plain http from another machine.
        MediaError: the browser (a phone's, say) shares no screens.
    """
    return await this_browser().get_display_media(audio, video)


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
    """Stop all tracks of a stream, which releases the camera and the microphone."""
    this_browser().stop(stream)
