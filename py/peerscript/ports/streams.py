"""Types for cameras, microphones and streams."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

MediaStream = Any  # the browser's own, passed through untouched
MediaTrack = Any  # the browser's own MediaStreamTrack, passed through untouched
Constraints = bool | Mapping[str, Any]


@dataclass(frozen=True)
class Device:
    """A camera, microphone or loudspeaker, as in
    [MediaDeviceInfo](https://developer.mozilla.org/docs/Web/API/MediaDeviceInfo).

    Attributes:
        kind: "videoinput", "audioinput" or "audiooutput".
        id: what constraints name it by: `video={"deviceId": {"exact": id}}`.
        label: its name; empty until the person has allowed a device.
    """

    kind: str
    id: str
    label: str


@dataclass(frozen=True)
class Frame:
    """One picture of a video.

    Attributes:
        width, height: in pixels.
        pixels: unsigned bytes of the shape (height, width, 4): red, green, blue and alpha of each
            pixel, row by row from the top left. `numpy.asarray(frame.pixels)` is an array of them
            that copies nothing; without NumPy, `frame.pixels[y, x, 0]` is a pixel's red, and
            `frame.pixels.cast("B")` has all in one row.
        time: seconds, by the video's own clock.
    """

    width: int
    height: int
    pixels: memoryview
    time: float


class FrameReader(Protocol):
    """Reads the pictures of one stream."""

    async def next(self) -> Frame | None:
        """Return the next one that is shown; None when the stream is over."""

    def close(self) -> None:
        """Read no more."""


class FrameWriter(Protocol):
    """A video of pictures that are given."""

    @property
    def track(self) -> MediaTrack:
        """What others see it by."""

    def write(self, pixels: memoryview) -> None:
        """Show these bytes, 4 of each pixel."""

    def close(self) -> None:
        """End the track."""
