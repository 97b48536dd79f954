"""What PeerJS and browsers report, as our errors."""

from __future__ import annotations

from peerscript.errors import (
    FROM_PEERJS,
    MediaDenied,
    MediaError,
    MediaInUse,
    MediaNotFound,
    PeerScriptError,
)

# The DOMExceptions that getUserMedia and getDisplayMedia document
# (https://developer.mozilla.org/docs/Web/API/MediaDevices/getUserMedia#exceptions).
FROM_MEDIA: dict[str, type[MediaError]] = {
    "NotAllowedError": MediaDenied,
    "SecurityError": MediaDenied,
    "InvalidStateError": MediaDenied,
    "NotFoundError": MediaNotFound,
    "OverconstrainedError": MediaNotFound,
    "NotReadableError": MediaInUse,
    "AbortError": MediaInUse,
}


def from_peerjs(kind: str, message: str) -> PeerScriptError:
    """Translate a PeerJS error (its `type` and `message`) into ours."""
    return FROM_PEERJS.get(kind, PeerScriptError)(message or kind)


_AWAIT = "put `await` before it: `await media.get_user_media()`"
_INSTEAD = {
    **dict.fromkeys(("coroutine", "Promise", "Task", "PyodideTask", "PyodideFuture"), _AWAIT),
    "MediaStreamTrack": "make a stream of it: `js.MediaStream.new([track])`",
    "HTMLVideoElement": "give the stream that it shows: `video.srcObject`",
    "HTMLAudioElement": "give the stream that it plays: `audio.srcObject`",
    "HTMLCanvasElement": "give a stream of its picture: `canvas.captureStream()`",
}


def not_a_stream(kind: str) -> TypeError:
    """The error for a call that is to send something of this type."""
    instead = _INSTEAD.get(kind, "`await media.get_user_media()` gives one; None only receives")
    return TypeError(f"a call sends a MediaStream, and was given {kind}: {instead}")


def from_media(name: str, message: str) -> MediaError:
    """Translate the DOMException of a refused camera, microphone or screen into ours."""
    return FROM_MEDIA.get(name, MediaError)(message or name)
