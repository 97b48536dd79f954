"""What is drawn over a slide: the point of a laser, and the strokes of a pen."""

from __future__ import annotations

from peerscript.protocol.slides.messages import Point, Stroke

MAX_STROKES = 64  # the oldest goes first
NOWHERE = Point(0, 0, False)


class Ink:
    """A laser and its strokes.

    Attributes:
        point: where the laser points; None while it does not.
        strokes: oldest first; each number is there once.
    """

    def __init__(self) -> None:
        self.point: Point | None = None
        self._strokes: dict[int, Stroke] = {}

    @property
    def strokes(self) -> tuple[Stroke, ...]:
        return tuple(self._strokes.values())

    def move(self, point: Point) -> None:
        """The laser points elsewhere, or nowhere."""
        self.point = point if point.shown else None

    def draw(self, stroke: Stroke) -> None:
        """A new stroke, or one that has grown."""
        self._strokes[stroke.id] = stroke
        while len(self._strokes) > MAX_STROKES:
            del self._strokes[next(iter(self._strokes))]

    def wipe(self) -> None:
        """No strokes any more."""
        self._strokes.clear()
