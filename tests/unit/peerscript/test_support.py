"""What a browser can do."""

from __future__ import annotations

from dataclasses import fields

from peerscript.support import NOTHING, Supports


def test_the_names_are_those_of_peerjs() -> None:
    names = [field.name for field in fields(Supports)]
    assert names == ["browser", "webrtc", "audio_video", "data", "binary_blob", "reliable"]
    assert not any(vars(NOTHING).values())
