"""PeerJS's and the browser's errors become ours."""

from __future__ import annotations

import pytest

from peerscript import errors
from peerscript.protocol.failures import from_media, from_peerjs, not_a_stream

# lib/enums.ts of peerjs 1.5.5: PeerErrorType, BaseConnectionErrorType, DataConnectionErrorType
PEERJS_TYPES = [
    "browser-incompatible",
    "disconnected",
    "invalid-id",
    "invalid-key",
    "network",
    "peer-unavailable",
    "ssl-unavailable",
    "server-error",
    "socket-error",
    "socket-closed",
    "unavailable-id",
    "webrtc",
    "negotiation-failed",
    "connection-closed",
    "not-open-yet",
    "message-too-big",
]


@pytest.mark.parametrize("kind", PEERJS_TYPES)
def test_every_peerjs_type_has_a_class_of_its_own(kind: str) -> None:
    error = from_peerjs(kind, "what PeerJS says")
    assert type(error) is not errors.PeerScriptError
    assert str(error) == "what PeerJS says"


def test_an_unknown_peerjs_type_is_still_ours() -> None:
    assert str(from_peerjs("new-in-2.0", "")) == "new-in-2.0"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("NotAllowedError", errors.MediaDenied),
        ("SecurityError", errors.MediaDenied),
        ("NotFoundError", errors.MediaNotFound),
        ("OverconstrainedError", errors.MediaNotFound),
        ("NotReadableError", errors.MediaInUse),
        ("AbortError", errors.MediaInUse),
        ("SomethingElse", errors.MediaError),
    ],
)
def test_every_media_exception_is_mapped(name: str, expected: type[Exception]) -> None:
    assert type(from_media(name, "")) is expected


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("coroutine", "and was given coroutine: put `await` before it"),
        ("PyodideTask", "given PyodideTask: put `await` before it"),
        ("Promise", "given Promise: put `await` before it"),
        ("MediaStreamTrack", "js.MediaStream.new([track])"),
        ("HTMLVideoElement", "video.srcObject"),
        ("str", "given str: `await media.get_user_media()` gives one"),
    ],
)
def test_what_is_no_stream_is_told_what_would_be(kind: str, words: str) -> None:
    assert words in str(not_a_stream(kind))
