"""Cameras and microphones of the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import js
from pyodide.ffi import JsException, JsProxy

from peerscript.bridge.values import metadata_object
from peerscript.errors import InsecurePage, MediaError
from peerscript.ports.streams import Constraints, Device
from peerscript.protocol.failures import from_media, not_a_stream


def _media_devices(what: str) -> JsProxy:
    found: JsProxy | None = getattr(js.navigator, "mediaDevices", None)
    if found:
        return found
    if not js.isSecureContext:
        raise InsecurePage(
            f"browsers give {what} only to pages on https or localhost, and this one is at "
            f"{js.location.origin}: open it at an https:// address"
        )
    raise MediaError(f"this browser gives pages no {what}, or it is switched off there")


def check_stream(stream: Any) -> None:
    """Check what a call is to send: a MediaStream, or None.

    Raises:
        TypeError: it is something else.
    """
    if stream is None or (isinstance(stream, JsProxy) and hasattr(stream, "getTracks")):
        return
    if isinstance(stream, JsProxy):
        raise not_a_stream(str(js.Object.prototype.toString.call(stream))[8:-1])
    raise not_a_stream(type(stream).__name__)


async def get_user_media(audio: Constraints, video: Constraints) -> JsProxy:
    """See `peerscript.media.get_user_media`."""
    return await _ask(_media_devices("cameras").getUserMedia, audio, video)


async def get_display_media(audio: Constraints, video: Constraints) -> JsProxy:
    """See `peerscript.media.get_display_media`."""
    ask = getattr(_media_devices("screens"), "getDisplayMedia", None)
    if not ask:
        raise MediaError("this browser shares no screens; those of phones and tablets cannot")
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
        for found in await _media_devices("cameras").enumerateDevices()
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


def tracks_of(stream: JsProxy) -> dict[str, JsProxy]:
    """See `ports.Browser.tracks_of`."""
    return {str(track.kind): track for track in reversed(list(stream.getTracks()))}
