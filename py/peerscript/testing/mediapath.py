"""A call's media inside one process (ports.mediapath)."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping, Sequence
from typing import Any
from weakref import WeakValueDictionary

from peerscript.errors import NegotiationFailed
from peerscript.ports import Fingerprints
from peerscript.ports.mediapath import MediaPathEvents, MediaTrack, Slot
from peerscript.testing.delivery import soon

_numbers = itertools.count(1)
# What a description's SDP names; one that is closed can be described still.
_paths: WeakValueDictionary[int, MemoryMediaPath] = WeakValueDictionary()


class MemoryMediaPath:
    """One end (ports.MediaPath). Its "SDP" names the end and lists what it sends.

    Args:
        certificate: of the page.
    """

    def __init__(self, certificate: bytes) -> None:
        self.number = next(_numbers)
        self.certificate = certificate
        self.sent: dict[Slot, MediaTrack | None] = {}
        self.signaling = "stable"
        self.other: MemoryMediaPath | None = None
        self.broken = False
        self._failed = False  # until a restart has found a path
        self.closed = False
        self.limits: dict[Slot, tuple[int | None, float]] = {}
        self.loudness = 0.0  # of its microphone
        self._needed = False
        self._events: MediaPathEvents | None = None
        _paths[self.number] = self

    def bind(self, events: MediaPathEvents) -> None:
        self._events = events

    @property
    def state(self) -> str:
        return "failed" if self._failed else "connected" if self.other else "new"

    @property
    def stable(self) -> bool:
        return self.signaling == "stable"

    @property
    def tracks(self) -> int:
        return len(self.sent) + (len(self.other.sent) if self.other else 0)

    async def describe(self) -> tuple[str, str]:
        self._require_open()
        answer = self.signaling == "have-remote-offer"
        self.signaling = "stable" if answer else "have-local-offer"
        self._needed = self._needed and answer
        if answer:
            self._settle()
        if self._events is not None:  # a browser finds some before the caller goes on
            self._events.on_candidate(f"of path {self.number}")
        return "answer" if answer else "offer", json.dumps({"path": self.number})

    async def apply(self, type: str, sdp: str) -> None:
        self._require_open()
        try:
            other = _paths[json.loads(sdp)["path"]]
        except (ValueError, KeyError, TypeError) as error:
            raise NegotiationFailed(f"no SDP: {sdp[:20]}") from error
        expected = "have-local-offer" if type == "answer" else self.signaling
        if type not in ("offer", "answer") or self.signaling != expected:
            raise NegotiationFailed(f"an {type} in {self.signaling}")
        if type == "offer" and self.signaling == "have-local-offer":
            self._needed = True  # it is taken back
        self.other = other
        self.signaling = "have-remote-offer" if type == "offer" else "stable"
        if type == "answer":
            self._settle()

    def _settle(self) -> None:
        """Both agree."""
        if self._needed:
            self._ask()
        soon(self._show)

    def _show(self) -> None:
        if self._events is None or self.other is None or self.other.closed or self.broken:
            return
        self._failed = False
        for slot in self.other.sent:
            self._events.on_stream(self.other.stream_id(slot), self.other)
        self._events.on_state("connected")

    async def add_candidate(self, candidate: str) -> None:
        self._require_open()
        if self.other is None:
            raise NegotiationFailed("a candidate before its description")

    def receive(self) -> None:
        self._needed = True
        self._ask()

    async def send(self, slot: Slot, track: MediaTrack | None) -> None:
        if slot not in self.sent and track is not None:
            self._needed = True
            self._ask()
        if slot in self.sent or track is not None:
            self.sent[slot] = track

    def _ask(self) -> None:
        def ask() -> None:
            if self._events is not None and self.stable and self._needed:
                self._events.on_negotiation_needed()

        soon(ask)

    def stream_id(self, slot: Slot) -> str:
        screen = slot in (Slot.SCREEN, Slot.SCREEN_SOUND)
        return f"{'screen' if screen else 'camera'}-{self.number}"

    def limit(self, slot: Slot, *, bitrate: int | None, scale_down_by: float) -> None:
        self.limits[slot] = bitrate, scale_down_by

    def level(self, stream_id: str) -> float:
        other = self.other
        return other.loudness if other and stream_id == other.stream_id(Slot.MICROPHONE) else 0.0

    def restart_ice(self) -> None:
        self._needed = True
        self._ask()

    def break_path(self) -> None:
        """Lose it, as when the network is gone."""
        self.broken = self._failed = True
        if self._events is not None:
            soon(self._events.on_state, "failed")

    def mend_path(self) -> None:
        """The network is back; a restart of ICE finds a path."""
        self.broken = False

    def fingerprints(self) -> Fingerprints | None:
        return Fingerprints(self.certificate, self.other.certificate) if self.other else None

    async def stats(self) -> Sequence[Mapping[str, Any]]:
        return []

    def close(self) -> None:
        self.closed = True
        self._events = None

    def _require_open(self) -> None:
        if self.closed:
            raise NegotiationFailed("the media path is closed")
