"""Cameras outside a page are refused with words; the streams' work is shown in real browsers."""

from __future__ import annotations

import pytest

from peerscript import media
from peerscript.errors import BrowserUnsupported, MediaNotFound
from peerscript.testing import MemoryNetwork


async def test_there_is_no_camera_in_cpython() -> None:
    with pytest.raises(BrowserUnsupported):
        await media.get_user_media()
    with pytest.raises(BrowserUnsupported):
        await media.devices()


async def test_a_page_of_the_memory_network_may_have_one() -> None:
    stream = await MemoryNetwork().get_user_media(True, False)
    assert (stream.audio, stream.video) == (True, False)
    with pytest.raises(MediaNotFound):
        await MemoryNetwork(camera=False).get_user_media(True, True)
