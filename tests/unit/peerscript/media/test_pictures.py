"""Pictures in and out; that a browser's are the same is shown in tests/browser."""

from __future__ import annotations

import numpy as np
import pytest

from peerscript.errors import BrowserUnsupported
from peerscript.media import Picture, canvas_track, frames
from peerscript.testing import MemoryNetwork


@pytest.fixture(autouse=True)
def network(monkeypatch: pytest.MonkeyPatch) -> MemoryNetwork:
    network = MemoryNetwork()
    monkeypatch.setattr("peerscript.media.pictures.this_browser", lambda: network)
    return network


async def test_what_is_shown_is_read_until_the_end() -> None:
    red = bytes([255, 0, 0, 255]) * 6
    with Picture(3, 2) as picture:
        picture.show(red)
        reading = frames(picture.track)
        frame = await anext(reading)
        assert (frame.width, frame.height, frame.pixels.shape) == (3, 2, (2, 3, 4))
        assert frame.pixels[1, 2, 0] == 255
        assert frame.pixels.cast("B") == red
        picture.show(frame.pixels)
        assert (await anext(reading)).pixels == frame.pixels
    assert [each async for each in reading] == []


async def test_arrays_of_numpy_go_in_and_come_out() -> None:
    pixels = np.arange(2 * 3 * 4, dtype=np.uint8).reshape(2, 3, 4)
    picture = Picture(3, 2)
    for shown in (pixels, pixels[::-1]):  # upside down its rows are not one after the other
        picture.show(shown)
        frame = await anext(frames(picture.track))
        assert np.array_equal(np.asarray(frame.pixels), shown)


async def test_not_more_often_than_wanted() -> None:
    picture = Picture(1, 1)
    picture.show(bytes(4))
    seen: list[float] = []
    async for frame in frames(picture.track, every=0.1):
        seen.append(frame.time)
        if len(seen) == 3:
            picture.close()
            continue
        picture.show(bytes(4))
        picture.show(bytes(4))  # it takes the place of the one before
    assert seen == [0.0, 2.0, 4.0]


async def test_what_is_no_picture_of_this_size() -> None:
    picture = Picture(2, 2)
    with pytest.raises(ValueError, match=r"2×2 is 16 bytes \(RGBA\), not 15 values of 1 bytes"):
        picture.show(bytes(15))
    with pytest.raises(ValueError, match="not 4 values of 4 bytes"):
        picture.show(np.zeros((2, 2), dtype=np.uint32))
    with pytest.raises(ValueError, match="0 pixels wide"):
        await anext(frames(picture.track, width=0))


async def test_there_is_no_stream_yet() -> None:
    with pytest.raises(TypeError, match="there is no stream"):
        await anext(frames(None))


async def test_a_canvas_has_a_track() -> None:
    assert canvas_track(object()).kind == "video"


async def test_there_is_none_in_cpython(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    with pytest.raises(BrowserUnsupported):
        Picture(1, 1)
