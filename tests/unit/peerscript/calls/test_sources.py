"""What a page sends, and who stops it."""

from __future__ import annotations

import pytest

from peerscript.calls.sources import Sources
from peerscript.errors import MediaError
from peerscript.ports.mediapath import Slot
from peerscript.testing import MemoryNetwork
from peerscript.testing.call import MemoryStream, MemoryTrack


async def test_what_was_opened_here_is_stopped_here() -> None:
    sources = Sources(MemoryNetwork())
    given = MemoryTrack("video")
    await sources.open(given, True)
    microphone = sources.tracks[Slot.MICROPHONE]
    await sources.set(Slot.CAMERA, True)
    assert not given.stopped
    camera = sources.tracks[Slot.CAMERA]
    sources.close()
    assert (microphone.stopped, camera.stopped, sources.tracks) == (True, True, {})
    sources.enable(Slot.CAMERA, True)


async def test_a_screen_without_a_picture() -> None:
    network = MemoryNetwork()

    async def only_sound(audio: object, video: object) -> MemoryStream:
        return MemoryStream(audio=True, video=False)

    network.get_display_media = only_sound  # type: ignore[method-assign]
    with pytest.raises(MediaError, match="without a picture"):
        await Sources(network).open_screen(True, True)
