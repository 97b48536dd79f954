"""Cameras and microphones of the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from js import navigator
from pyodide.ffi import JsException, JsProxy

from peerscript.bridge.values import metadata_object
from peerscript.errors import InsecurePage, from_media
from peerscript.ports.streams import Constraints, Device


def _media_devices() -> JsProxy:
    # Absent on a page that is not secure, where a browser offers no cameras at all.
    found: JsProxy | None = getattr(navigator, "mediaDevices", None)
    if not found:
        raise InsecurePage("browsers give cameras only to pages on https or localhost")
    return found


async def get_user_media(audio: Constraints, video: Constraints) -> JsProxy:
    """See `peerscript.media.get_user_media`."""
    return await _ask(_media_devices().getUserMedia, audio, video)


async def get_display_media(audio: Constraints, video: Constraints) -> JsProxy:
    """See `peerscript.media.get_display_media`."""
    ask = getattr(_media_devices(), "getDisplayMedia", None)
    if not ask:
        raise InsecurePage("this browser shares no screens")
    return await _ask(ask, audio, video)


async def _ask(ask: Any, audio: Constraints, video: Constraints) -> JsProxy:
    constraints = {"audio": _plain(audio), "video": _plain(video)}
    try:
        stream: JsProxy = await ask(metadata_object(constraints))
    except JsException as error:
        raise from_media(str(error.name), str(error.message)) from error
    return stream


def _plain(constraint: Constraints) -> bool | dict[str, Any]:
    return dict(constraint) if isinstance(constraint, Mapping) else constraint


async def devices() -> list[Device]:
    """See `peerscript.media.devices`."""
    return [
        Device(str(found.kind), str(found.deviceId), str(found.label))
        for found in await _media_devices().enumerateDevices()
    ]


def set_enabled(stream: JsProxy, kind: str, enabled: bool) -> None:
    """See `peerscript.media.set_enabled`."""
    tracks = {"audio": stream.getAudioTracks, "video": stream.getVideoTracks}
    if kind not in tracks:
        raise ValueError(f'kind {kind!r}: choose "audio" or "video"')
    for track in tracks[kind]():
        track.enabled = enabled


def stop(stream: JsProxy) -> None:
    """See `peerscript.media.stop`."""
    for track in stream.getTracks():
        track.stop()
