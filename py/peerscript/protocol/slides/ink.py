"""What is drawn over a slide: a laser pointer, and the strokes of a pen."""

from __future__ import annotations

from peerscript.protocol.slides.messages import Point, Stroke

MAX_STROKES = 64  # the oldest goes first
LASER_OFF = Point(0, 0, False)


class Ink:
    """A laser pointer and pen strokes.

    Attributes:
        point: where the laser points; None while it is off.
    """

    def __init__(self) -> None:
        self.point: Point | None = None
        self._strokes: dict[int, Stroke] = {}

    @property
    def strokes(self) -> tuple[Stroke, ...]:
        """The strokes, oldest first; each ID once."""
        return tuple(self._strokes.values())

    def move(self, point: Point) -> None:
        """Move the laser, or switch it off."""
        self.point = point if point.shown else None

    def draw(self, stroke: Stroke) -> None:
        """Add a stroke, or replace the one with the same ID."""
        self._strokes[stroke.id] = stroke
        while len(self._strokes) > MAX_STROKES:
            del self._strokes[next(iter(self._strokes))]

    def wipe(self) -> None:
        """Remove all strokes."""
        self._strokes.clear()
