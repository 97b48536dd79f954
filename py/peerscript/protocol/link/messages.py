"""The messages of a Link, sent as JSON text frames (docs/security.md): first the handshake's, then
the session's. Binary frames are the messages of channels (`envelope`).
"""

from __future__ import annotations

from dataclasses import dataclass

from peerscript.protocol.link.envelope import MAX_NAME as MAX_CHANNEL
from peerscript.protocol.vocabulary import Vocabulary, text

VERSION = 2
MAX_HANDSHAKE_FRAME = 4096  # characters of a frame during the handshake
MAX_NAME = 60  # characters
MAX_WORD = 20  # characters of the type of a description
MAX_SDP = 20_000  # characters; one of a data channel takes some 1,000
MAX_CANDIDATE = 2_000  # characters
MAX_SENDABLE = 4096  # characters of the names of all registered dataclasses


@dataclass(frozen=True)
class Hello:
    """The guest's first message. In phrase mode `nonce` is empty: see Nonce."""

    version: int
    mode: str = text(10)
    nonce: str = text(64)
    session: str = text(32, default="")
    capabilities: str = text(300, default="")


@dataclass(frozen=True)
class HostHello:
    """The host's answer: its nonce, or in phrase mode the commitment to it."""

    version: int
    nonce: str = text(64, default="")
    commitment: str = text(64, default="")
    capabilities: str = text(300, default="")


@dataclass(frozen=True)
class Nonce:
    """Phrase mode: the guest's nonce, sent after the host's commitment to its own."""

    nonce: str = text(64)


@dataclass(frozen=True)
class Reveal:
    """Phrase mode: the nonce that the host has committed to, and the blinding value."""

    nonce: str = text(64)
    blind: str = text(64)


@dataclass(frozen=True)
class Proof:
    """Proves that the sender knows the key, and sees the same connection."""

    proof: str = text(64)


@dataclass(frozen=True)
class Rejection:
    """The sender refuses the Link; `reason` is the value of a `handshake.Reason`."""

    reason: str = text(30)


@dataclass(frozen=True)
class Admitted:
    """Phrase mode: the person at the host has accepted the guest. `resume` is the resume key."""

    resume: str = text(64)


HandshakeMessage = Hello | HostHello | Nonce | Reveal | Proof | Rejection | Admitted

HANDSHAKE = Vocabulary[HandshakeMessage](
    {
        "hello": Hello,
        "host-hello": HostHello,
        "nonce": Nonce,
        "reveal": Reveal,
        "proof": Proof,
        "rejection": Rejection,
        "admitted": Admitted,
    }
)


@dataclass(frozen=True)
class Resume:
    """The first message of each side on every path.

    Attributes:
        name: what the sender's person is called.
        epoch: identifies this load of the sender's page; only kept channels outlive it.
        heard: the receiver's epoch as the sender knows it; "" before that.
        sendable: the names of the dataclasses that the sender has registered, a line each.
        stripes: how many data channels the sender takes for bulk, besides the path's own.
    """

    name: str = text(MAX_NAME)
    epoch: str = text(32)
    heard: str = text(32)
    sendable: str = text(MAX_SENDABLE, default="")
    stripes: int = 0


@dataclass(frozen=True)
class Named:
    """The sender's person is called so from now on. Earlier versions pass over it, and learn the
    name from the next Resume.
    """

    name: str = text(MAX_NAME)


@dataclass(frozen=True)
class Opened:
    """The sender has opened a channel. Its messages are exchanged once both sides have.

    Attributes:
        mode: a `channels.Mode`'s value.
        received: the number of the last message that the sender has received.
    """

    received: int
    channel: str = text(MAX_CHANNEL)
    mode: str = text(10)


@dataclass(frozen=True)
class NoChannel:
    """The sender has no such channel, or one of another mode."""

    channel: str = text(MAX_CHANNEL)


@dataclass(frozen=True)
class Ack:
    """Acknowledges the messages of that channel up to a number."""

    number: int
    channel: str = text(MAX_CHANNEL)


@dataclass(frozen=True)
class BulkRead:
    """The sender has read so many bytes of bulk, of a stripe or (0) beside the path's channel."""

    size: int
    stripe: int = 0


@dataclass(frozen=True)
class StripesWanted:
    """The host asks the guest to make stripes."""


@dataclass(frozen=True)
class StripeDescription:
    """The RTCSessionDescription of a stripe: the guest's offer, or the host's answer."""

    stripe: int
    type: str = text(MAX_WORD)
    sdp: str = text(MAX_SDP)


@dataclass(frozen=True)
class StripeCandidate:
    """An RTCIceCandidate of a stripe, as JSON."""

    stripe: int
    candidate: str = text(MAX_CANDIDATE)


@dataclass(frozen=True)
class StripeClosed:
    """The sender has closed a stripe, or could not open it."""

    stripe: int


@dataclass(frozen=True)
class Beat:
    """A heartbeat."""


@dataclass(frozen=True)
class Away:
    """The browser is freezing the sender's page; it may come back."""


@dataclass(frozen=True)
class Bye:
    """The sender has ended the Link."""


SessionMessage = Resume | Named | Opened | NoChannel | Ack | Beat | Away | Bye
StripeMessage = StripesWanted | StripeDescription | StripeCandidate | StripeClosed
PathMessage = SessionMessage | BulkRead | StripeMessage

SESSION = Vocabulary[PathMessage](
    {
        "resume": Resume,
        "named": Named,
        "opened": Opened,
        "no-channel": NoChannel,
        "ack": Ack,
        "bulk-read": BulkRead,
        "stripes-wanted": StripesWanted,
        "stripe-description": StripeDescription,
        "stripe-candidate": StripeCandidate,
        "stripe-closed": StripeClosed,
        "beat": Beat,
        "away": Away,
        "bye": Bye,
    }
)
