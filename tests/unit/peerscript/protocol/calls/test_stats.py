"""Statistics as Chromium and Firefox give them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peerscript.protocol.calls.stats import CallStats, call_stats


def report(second: int, lost: int = 0, **pair: Any) -> list[dict[str, Any]]:
    """After so many seconds of 100 packets each."""
    stamp = {"timestamp": 1000.0 * second}
    return [
        {
            "id": "V",
            "type": "inbound-rtp",
            "kind": "video",
            "bytesReceived": 125_000 * second,
            "packetsReceived": 100 * second,
            "packetsLost": lost,
            "framesDecoded": 25 * second,
            "frameWidth": 640,
            "frameHeight": 360,
            "jitter": 0.01,
            "codecId": "C",
            **stamp,
        },
        {"id": "A", "type": "inbound-rtp", "kind": "audio", "jitter": 0.02, **stamp},
        {"id": "O", "type": "outbound-rtp", "bytesSent": 62_500 * second, **stamp},
        {"id": "C", "type": "codec", "mimeType": "video/VP8", **stamp},
        {"id": "T", "type": "transport", "selectedCandidatePairId": "P", **stamp},
        {
            "id": "P",
            "type": "candidate-pair",
            "currentRoundTripTime": 0.04,
            "localCandidateId": "L",
            "remoteCandidateId": "R",
            **stamp,
            **pair,
        },
        {"id": "L", "type": "local-candidate", "candidateType": "host", **stamp},
        {"id": "R", "type": "remote-candidate", "candidateType": "srflx", **stamp},
    ]


def test_two_reports() -> None:
    room = 300_000
    assert call_stats(report(1), report(3, availableOutgoingBitrate=room)) == CallStats(
        room=room,
        received=1_000_000,
        sent=500_000,
        round_trip=0.04,
        jitter=0.02,
        frames=25,
        width=640,
        height=360,
        codec="VP8",
        relayed=False,
    )


def test_one_report_says_nothing_about_time() -> None:
    stats = call_stats([], report(3))
    assert (stats.received, stats.frames, stats.loss) == (0, 0, 0)
    assert (stats.round_trip, stats.width) == (0.04, 640)


def test_firefox_marks_the_pair_itself() -> None:
    entries = [
        entry | {"selected": entry["type"] == "candidate-pair"}
        for entry in report(1)
        if entry["type"] != "transport"
    ]
    assert call_stats([], entries).round_trip == 0.04


def test_a_relay_on_either_side() -> None:
    entries = report(1)
    entries[-1]["candidateType"] = "relay"
    assert call_stats([], entries).relayed is True


@pytest.mark.parametrize(
    ("lost", "round_trip", "quality"),
    [(0, 0.04, "good"), (5, 0.04, "fair"), (0, 0.3, "fair"), (30, 0.04, "poor"), (0, 1, "poor")],
)
def test_quality(lost: int, round_trip: float, quality: str) -> None:
    now = report(2, lost=lost, currentRoundTripTime=round_trip)
    assert call_stats(report(1), now).quality == quality


def test_nothing_is_known_before_there_is_a_path() -> None:
    assert call_stats([], []) == CallStats()
    assert CallStats().quality == "unknown"


VALUES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
REPORTS = st.lists(
    st.dictionaries(
        st.sampled_from(["id", "type", "kind", "timestamp", "bytesReceived", "frameWidth"]),
        VALUES,
    )
    | st.just({"id": "V", "type": "inbound-rtp"})
)


@given(REPORTS, REPORTS)
def test_whatever_a_browser_gives(before: list[Any], now: list[Any]) -> None:
    stats = call_stats(before, now)
    assert stats.received >= 0
    assert stats.quality in ("good", "fair", "poor", "unknown")
