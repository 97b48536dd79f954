"""What this browser can do."""

from __future__ import annotations

from dataclasses import dataclass

# What a page needs beside Python, as README.md has it; the version is package.json's.
PEERJS_TAG = '<script src="https://cdn.jsdelivr.net/npm/peerjs@1.5.5/dist/peerjs.min.js"></script>'


@dataclass(frozen=True)
class Supports:
    """PeerJS's `util.supports`.

    Attributes:
        browser: PeerJS knows this browser's version as one that works.
        webrtc: there is an RTCPeerConnection, and PeerJS is loaded.
        audio_video: calls work.
        data: data connections work.
        binary_blob: data channels carry Blobs.
        reliable: data channels can be ordered and reliable.
    """

    browser: bool
    webrtc: bool
    audio_video: bool
    data: bool
    binary_blob: bool
    reliable: bool


NOTHING = Supports(False, False, False, False, False, False)
