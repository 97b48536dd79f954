"""What is drawn of a call's media."""

from __future__ import annotations

from app.calls.measures import KEPT, Measures, points
from peerscript.calls import CallStats


def test_nothing_is_known_yet() -> None:
    measures = Measures()
    assert (measures.quality, measures.summary) == ("unknown", "")
    assert {plot.latest for plot in measures.plots} == {"–"}


def test_each_quantity_has_its_newest_value_and_its_scale() -> None:
    measures = Measures()
    measures.add(CallStats())
    measures.add(
        CallStats(
            received=1_250_000.0,
            sent=2_000_000.0,
            round_trip=0.04,
            loss=0.015,
            jitter=0.003,
            frames=29.7,
            width=1280,
            height=720,
            codec="VP8",
            relayed=False,
        )
    )
    assert measures.quality == "good"
    assert measures.summary == "VP8 · 1280 × 720 · direct"
    latest = {plot.title: plot.latest for plot in measures.plots}
    assert latest == {
        "Received / sent": "1.25 / 2.00 Mb/s",
        "Round trip": "40 ms",
        "Loss": "1.5 %",
        "Jitter": "3 ms",
        "Pictures": "30 a second",
        "Height": "720 pixels",
    }
    rates = measures.plots[0]
    assert (rates.lines, rates.top) == (([0.0, 1.25], [0.0, 2.0]), 2.0)
    assert measures.plots[1].lines == ([None, 40.0],)


def test_the_newest_value_is_at_the_right_edge() -> None:
    assert points([], 1.0, 100, 50) == ""
    assert points([None, 0.5, 2.0], 1.0, KEPT - 1, 50) == f"{KEPT - 2:.1f},25.0 {KEPT - 1:.1f},0.0"


def test_it_keeps_minutes_and_no_more() -> None:
    measures = Measures()
    for _ in range(2 * KEPT):
        measures.add(CallStats(relayed=True))
    assert len(measures.plots[0].lines[0]) == KEPT
    assert measures.summary == "relayed by a TURN server"
