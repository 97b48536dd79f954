"""A video's pictures, as bytes that Python reads and writes (ports.FrameReader, FrameWriter)."""

from __future__ import annotations

import asyncio
from typing import Any

import js
from pyodide.ffi import JsProxy

from peerscript.bridge.listeners import Listeners
from peerscript.bridge.values import plain_object
from peerscript.errors import MediaError
from peerscript.ports.streams import Frame

LOOK_EVERY = 1.0  # seconds; no event tells that a closed connection's stream is over


class VideoFrames:
    """Reads a stream by way of a <video> that is in no page (ports.FrameReader)."""

    def __init__(self, source: Any, width: int | None) -> None:
        self._video: Any = js.document.createElement("video")
        if not hasattr(self._video, "requestVideoFrameCallback"):
            raise MediaError("this browser gives pages no pictures of a video: it is too old")
        is_track = not hasattr(source, "getTracks")
        self._stream = js.MediaStream.new([source]) if is_track else source
        self._video.muted = self._video.autoplay = self._video.playsInline = True
        self._video.srcObject = self._stream
        self._width = width
        self._canvas: Any = js.OffscreenCanvas.new(1, 1)
        self._context: Any = self._canvas.getContext(
            "2d", plain_object({"willReadFrequently": True})
        )
        self._listeners = Listeners()
        self._shown = self._listeners.function(self._on_shown)
        self._waiting: asyncio.Future[float] | None = None

    async def next(self) -> Frame | None:
        self._waiting = asyncio.get_running_loop().create_future()
        request = self._video.requestVideoFrameCallback(self._shown)
        try:
            while not self._waiting.done():
                await asyncio.wait([self._waiting], timeout=LOOK_EVERY)
                if not (self._waiting.done() or self._stream.active):
                    return None
            return self._read(self._waiting.result())
        finally:
            self._video.cancelVideoFrameCallback(request)

    def _on_shown(self, _: float, frame: Any) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(float(frame.mediaTime))

    def _read(self, time: float) -> Frame:
        width, height = int(self._video.videoWidth), int(self._video.videoHeight)
        if self._width is not None:
            width, height = self._width, max(1, round(height * self._width / width))
        if (self._canvas.width, self._canvas.height) != (width, height):
            self._canvas.width, self._canvas.height = width, height
        self._context.drawImage(self._video, 0, 0, width, height)
        pixels = self._context.getImageData(0, 0, width, height).data.to_memoryview()
        return Frame(width, height, pixels.cast("B", (height, width, 4)), time)

    def close(self) -> None:
        self._video.srcObject = None
        self._listeners.close()


class CanvasFrames:
    """Writes to a canvas that is in no page, whose picture is the video (ports.FrameWriter)."""

    def __init__(self, width: int, height: int) -> None:
        canvas: Any = js.document.createElement("canvas")
        canvas.width, canvas.height = width, height
        self._context: Any = canvas.getContext("2d")
        self._image: Any = js.ImageData.new(width, height)
        self.track = canvas_track(canvas)

    def write(self, pixels: memoryview) -> None:
        self._image.data.assign(pixels)
        self._context.putImageData(self._image, 0, 0)

    def close(self) -> None:
        self.track.stop()


def canvas_track(canvas: Any) -> JsProxy:
    """See `peerscript.media.canvas_track`."""
    element = getattr(canvas, "_dom_element", canvas)  # of pyscript.web's Element
    element.getContext("2d")  # Firefox captures only what has a context
    track: JsProxy = element.captureStream().getVideoTracks()[0]
    return track
