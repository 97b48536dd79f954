"""What a browser's statistics say about a call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Entry = Mapping[str, Any]  # of https://developer.mozilla.org/docs/Web/API/RTCStatsReport

Quality = Literal["good", "fair", "poor", "unknown"]

# From where on a call is no better than that.
_FAIR = (0.02, 0.25)  # share of the packets that are lost; seconds of a round trip
_POOR = (0.08, 0.6)


@dataclass(frozen=True)
class CallStats:
    """A call's media, between two looks at the browser's statistics.

    Attributes:
        received, sent: bits per second, sound and pictures.
        round_trip: seconds to the other page and back; None if not known.
        loss: the share of packets that did not arrive here, from 0.0 to 1.0.
        jitter: seconds; None if not known.
        frames: pictures a second that were shown of their camera, or screen.
        width, height: of these, in pixels; 0 for none.
        codec: of these; "" for none.
        relayed: whether a TURN server is in between; None before there is a path.
        room: bits per second that the browser finds that could be sent; None if not known.
    """

    received: float = 0.0
    sent: float = 0.0
    round_trip: float | None = None
    loss: float = 0.0
    jitter: float | None = None
    frames: float = 0.0
    width: int = 0
    height: int = 0
    codec: str = ""
    relayed: bool | None = None
    room: float | None = None

    @property
    def quality(self) -> Quality:
        """A word for it."""
        if self.round_trip is None:
            return "unknown"
        measured = (self.loss, self.round_trip)
        if any(value >= limit for value, limit in zip(measured, _POOR, strict=True)):
            return "poor"
        if any(value >= limit for value, limit in zip(measured, _FAIR, strict=True)):
            return "fair"
        return "good"


def call_stats(before: Iterable[Entry], now: Iterable[Entry]) -> CallStats:
    """Compare two reports of the same RTCPeerConnection. Without an earlier one, nothing is known
    of what is counted over time.
    """
    earlier = {str(entry.get("id")): entry for entry in before}
    entries = list(now)
    by_id = {str(entry.get("id")): entry for entry in entries}
    seconds = max((_seconds(earlier, entry) for entry in entries), default=0.0)

    def grown(kind: str, name: str) -> float:
        return sum(
            max(_number(entry, name) - _number(earlier.get(str(entry["id"]), {}), name), 0.0)
            for entry in entries
            if entry.get("type") == kind and str(entry.get("id")) in earlier
        )

    lost = grown("inbound-rtp", "packetsLost")
    arrived = grown("inbound-rtp", "packetsReceived")
    picture = _picture(entries)
    pair = _pair(entries, by_id)
    return CallStats(
        received=_rate(grown("inbound-rtp", "bytesReceived") * 8, seconds),
        sent=_rate(grown("outbound-rtp", "bytesSent") * 8, seconds),
        round_trip=_known(pair, "currentRoundTripTime"),
        loss=lost / (lost + arrived) if lost + arrived else 0.0,
        jitter=_jitter(entries),
        frames=_rate(grown("inbound-rtp", "framesDecoded"), seconds),
        width=int(_number(picture, "frameWidth")),
        height=int(_number(picture, "frameHeight")),
        codec=_codec(picture, by_id),
        relayed=_relayed(pair, by_id),
        room=_known(pair, "availableOutgoingBitrate"),
    )


def _seconds(earlier: Mapping[str, Entry], entry: Entry) -> float:
    known = earlier.get(str(entry.get("id")))
    return (_number(entry, "timestamp") - _number(known, "timestamp")) / 1000 if known else 0.0


def _picture(entries: list[Entry]) -> Entry:
    """The largest picture that arrives."""
    pictures = [
        entry
        for entry in entries
        if entry.get("type") == "inbound-rtp" and entry.get("kind") == "video"
    ]
    return max(pictures, key=lambda entry: _number(entry, "frameWidth"), default={})


def _pair(entries: list[Entry], by_id: Mapping[str, Entry]) -> Entry:
    """The candidate pair in use: the transport names it; Firefox marks it itself."""
    for entry in entries:
        if entry.get("type") == "transport" and entry.get("selectedCandidatePairId"):
            return by_id.get(str(entry["selectedCandidatePairId"]), {})
    pairs = (entry for entry in entries if entry.get("type") == "candidate-pair")
    return next((entry for entry in pairs if entry.get("selected")), {})


def _jitter(entries: list[Entry]) -> float | None:
    found = [_known(entry, "jitter") for entry in entries if entry.get("type") == "inbound-rtp"]
    return max((each for each in found if each is not None), default=None)


def _codec(picture: Entry, by_id: Mapping[str, Entry]) -> str:
    named = str(by_id.get(str(picture.get("codecId")), {}).get("mimeType", ""))
    return named.rpartition("/")[2]


def _relayed(pair: Entry, by_id: Mapping[str, Entry]) -> bool | None:
    ends = [by_id.get(str(pair.get(f"{end}CandidateId")), {}) for end in ("local", "remote")]
    kinds = {end.get("candidateType") for end in ends}
    return None if kinds == {None} else "relay" in kinds


def _known(entry: Entry, name: str) -> float | None:
    value = entry.get(name)
    return float(value) if isinstance(value, int | float) else None


def _number(entry: Entry, name: str) -> float:
    return _known(entry, name) or 0.0


def _rate(amount: float, seconds: float) -> float:
    return amount / seconds if seconds > 0 else 0.0
