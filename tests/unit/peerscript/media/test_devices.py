"""Cameras outside a page are refused with words; the streams' work is shown in real browsers."""

from __future__ import annotations

from typing import Any

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


async def test_constraints_in_an_object_are_explained() -> None:
    for ask in (media.get_user_media, media.get_display_media):
        untyped: Any = ask
        with pytest.raises(TypeError, match=rf"{ask.__name__}\(audio=…\)"):
            untyped({"video": True})


def test_a_name_of_javascript_is_told_ours() -> None:
    untyped: Any = media
    with pytest.raises(AttributeError, match="no 'getUserMedia': it is get_user_media"):
        untyped.getUserMedia  # noqa: B018
    with pytest.raises(AttributeError, match="no 'getMedia'$"):
        untyped.getMedia  # noqa: B018
