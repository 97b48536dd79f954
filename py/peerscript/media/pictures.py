"""Pictures of a video that Python reads and writes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import closing
from typing import Any

from peerscript.aio.lifecycle import ExceptionType
from peerscript.browser import this_browser
from peerscript.ports.streams import Frame, MediaStream, MediaTrack

__all__ = ["Frame", "MediaTrack", "Picture", "canvas_track", "frames"]


async def frames(
    source: MediaStream | MediaTrack, *, width: int | None = None, every: float = 0.0
) -> AsyncIterator[Frame]:
    """Iterate over a video's pictures, until it is over.

        async for frame in frames(call.remote.camera, width=160):
            brightness = sum(frame.pixels.cast("B")) / frame.pixels.nbytes

    Each is the newest when it is asked for: a slow reader misses some. Browsers show, and so
    give, none while the page is in the background.

    Args:
        source: a MediaStream, or a MediaStreamTrack of a picture.
        width: what the pictures are scaled to by the browser, in pixels, keeping their shape; None
            for their own. Python takes its time for each pixel, the browser does not.
        every: seconds from one to the next, at least.

    Raises:
        MediaError: the browser gives pages no pictures (Firefox before 132).
        TypeError: there is no stream: the other page sends none, or none yet.
        ValueError: the width is less than 1.
    """
    if source is None:
        raise TypeError("source=None: there is no stream to take pictures of")
    if width is not None and width < 1:
        raise ValueError(f"the pictures would be {width} pixels wide")
    with closing(this_browser().read_frames(source, width)) as reader:
        while (frame := await reader.next()) is not None:
            yield frame
            if every:
                await asyncio.sleep(every)


class Picture:
    """A video that Python draws: bytes in, a track out.

        async with link.call() as call:
            with Picture(320, 240) as picture:
                await call.set_camera(picture.track)
                picture.show(pixels)

    Show something every second even if nothing changes: whoever comes later sees what is shown from
    then on.

    Attributes:
        width, height: in pixels.
    """

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self._writer = this_browser().write_frames(width, height)

    @property
    def track(self) -> MediaTrack:
        """The MediaStreamTrack, for a call's camera or screen, or for a stream of your own."""
        return self._writer.track

    def show(self, pixels: Any) -> None:
        """Show another picture.

        Args:
            pixels: red, green, blue and alpha (255: not transparent) of each pixel, a byte each,
                row by row from the top left: bytes, a `Frame`'s pixels, or a NumPy array of `uint8`
                of the shape (height, width, 4).

        Raises:
            ValueError: it is not that many bytes.
        """
        view = memoryview(pixels)
        expected = self.width * self.height * 4
        if view.nbytes != expected or view.itemsize != 1:
            raise ValueError(
                f"a picture of {self.width}×{self.height} is {expected} bytes (RGBA), "
                f"not {view.nbytes // view.itemsize} values of {view.itemsize} bytes"
            )
        self._writer.write(view.cast("B") if view.c_contiguous else memoryview(view.tobytes()))

    def close(self) -> None:
        """End the track."""
        self._writer.close()

    def __enter__(self) -> Picture:
        return self

    def __exit__(
        self, kind: ExceptionType | None, error: BaseException | None, traceback: object
    ) -> None:
        self.close()


def canvas_track(canvas: Any) -> MediaTrack:
    """Return a track that shows a canvas, whatever draws on it.

    Args:
        canvas: a <canvas> of the page: the browser's own element, or `pyscript.web`'s.
    """
    return this_browser().canvas_track(canvas)
