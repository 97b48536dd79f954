"""Cameras, microphones and streams of this page, and PeerJS's calls."""

from peerscript.media.devices import (
    Constraints,
    Device,
    MediaStream,
    devices,
    get_display_media,
    get_user_media,
    set_enabled,
    stop,
)

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
