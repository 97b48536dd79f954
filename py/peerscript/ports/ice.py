"""What gathering ICE candidates finds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class IceCandidateError:
    """What a STUN or TURN server answered instead of a candidate
    ([RTCPeerConnectionIceErrorEvent](https://developer.mozilla.org/docs/Web/API/RTCPeerConnectionIceErrorEvent)).

    Attributes:
        url: the server, as the browser writes it: with port and transport. A TURN server that was
            asked as a STUN server stands under "stun:".
        code: of STUN, 300 to 699, when the server answered (401: wrong name or password); 701 when
            it could not be reached.
        text: the server's or the browser's own message.
    """

    url: str
    code: int
    text: str


@dataclass(frozen=True)
class Gathered:
    """What `Browser.gather_candidates` found.

    Attributes:
        types: of the candidates: "host", "srflx", "relay".
        errors: each once.
        complete: whether the browser finished before the timeout.
    """

    types: frozenset[str]
    errors: tuple[IceCandidateError, ...] = ()
    complete: bool = True
