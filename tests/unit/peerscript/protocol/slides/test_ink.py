"""A laser points, a pen draws, and neither without end."""

from __future__ import annotations

from peerscript.protocol.slides.ink import MAX_STROKES, Ink
from peerscript.protocol.slides.messages import Point, Stroke


def test_a_laser_comes_and_goes() -> None:
    ink = Ink()
    assert ink.point is None
    ink.move(Point(1, 2, True))
    assert ink.point == Point(1, 2, True)
    ink.move(Point(1, 2, False))
    assert ink.point is None


def test_a_stroke_grows_in_its_place() -> None:
    ink = Ink()
    ink.draw(Stroke(1, "0,0"))
    ink.draw(Stroke(2, "5,5"))
    ink.draw(Stroke(1, "0,0 1,1"))
    assert ink.strokes == (Stroke(1, "0,0 1,1"), Stroke(2, "5,5"))
    ink.wipe()
    assert not ink.strokes


def test_the_oldest_stroke_goes_first() -> None:
    ink = Ink()
    for number in range(MAX_STROKES + 1):
        ink.draw(Stroke(number, "0,0"))
    assert len(ink.strokes) == MAX_STROKES
    assert ink.strokes[0].id == 1
