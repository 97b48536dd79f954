"""The messages of a call, on a channel of a Link.

A call has a random number, made by the page that rings. Media travel on an RTCPeerConnection of
their own; what its two ends must tell each other
(https://developer.mozilla.org/docs/Web/API/WebRTC_API/Perfect_negotiation) travels here, and so
needs no broker.
"""

from __future__ import annotations

from dataclasses import dataclass

from peerscript.protocol.vocabulary import Vocabulary, text

CHANNEL = "peerscript/call"

MAX_SDP = 200_000  # characters; six tracks with all of a browser's codecs take 40,000
MAX_CANDIDATE = 2_000  # characters
MAX_WORD = 20  # characters of a reason, or of the type of a description
MAX_STREAM = 100  # characters of a MediaStream's id


@dataclass(frozen=True, slots=True)
class Ring:
    """Asks for a call."""

    call: int


@dataclass(frozen=True, slots=True)
class Accept:
    """Takes the call that rings."""

    call: int


@dataclass(frozen=True, slots=True)
class Rejoin:
    """One of the two pages was reloaded, and this one is in the call still: from here on, both have
    a new RTCPeerConnection. Each of them says it.
    """

    call: int


@dataclass(frozen=True, slots=True)
class Leave:
    """Ends the call, or does not take it."""

    call: int
    reason: str = text(MAX_WORD)


@dataclass(frozen=True, slots=True)
class Description:
    """An RTCSessionDescription: an offer or an answer."""

    call: int
    type: str = text(MAX_WORD)
    sdp: str = text(MAX_SDP)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An RTCIceCandidate, as JSON; "" when there are no more."""

    call: int
    candidate: str = text(MAX_CANDIDATE)


@dataclass(frozen=True, slots=True)
class Sending:
    """What the page sends now: which stream is which, and what is switched off."""

    call: int
    microphone: bool
    camera: bool
    screen: bool
    recording: bool
    camera_stream: str = text(MAX_STREAM, default="")
    screen_stream: str = text(MAX_STREAM, default="")


CallMessage = Ring | Accept | Rejoin | Leave | Description | Candidate | Sending

CALLS = Vocabulary[CallMessage](
    {
        "ring": Ring,
        "accept": Accept,
        "rejoin": Rejoin,
        "leave": Leave,
        "description": Description,
        "candidate": Candidate,
        "sending": Sending,
    }
)
