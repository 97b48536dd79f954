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
from peerscript.media.pictures import Frame, MediaTrack, Picture, canvas_track, frames
from peerscript.peerjs_names import in_snake_case

__all__ = [
    "Constraints",
    "Device",
    "Frame",
    "MediaStream",
    "MediaTrack",
    "Picture",
    "canvas_track",
    "devices",
    "frames",
    "get_display_media",
    "get_user_media",
    "set_enabled",
    "stop",
]


def __getattr__(name: str) -> object:
    here = in_snake_case(name)
    hint = f": it is {here}" if here != name and here in __all__ else ""
    raise AttributeError(f"peerscript.media has no {name!r}{hint}")


def __dir__() -> list[str]:
    return __all__
