"""A path that goes nowhere: what is sent on it can be looked at."""

from __future__ import annotations

from typing import Any

from peerscript.protocol.link.envelope import Envelope, envelopes


class RecordedPath:
    """A path that keeps what is said, in order; what is deferred, until it is taken."""

    def __init__(self) -> None:
        self._sent: list[Any] = []
        self.bulk = 0  # how much of it went beside the rest

    def send_message(self, message: Any) -> None:
        self._sent.append(message)

    send_frame = send_message

    def send_bulk(self, channel: str, number: int, payload: bytes) -> None:
        self._sent += [
            each.encode() for each in envelopes(channel, number, payload, lambda: 16_000)
        ]
        self.bulk += 1

    def take(self) -> list[Any]:
        sent, self._sent = self._sent, []
        frames = [each() if callable(each) else each for each in sent]
        return [
            Envelope.decode(frame) if isinstance(frame, bytes) else frame
            for frame in frames
            if frame is not None
        ]
