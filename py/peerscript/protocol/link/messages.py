"""What the two ends of a Link say to each other, as JSON text frames (docs/security.md).

First the handshake, then the session. Binary frames are the messages of channels (`envelope`).
"""

from __future__ import annotations

from dataclasses import dataclass

from peerscript.protocol.link.envelope import MAX_NAME as MAX_CHANNEL
from peerscript.protocol.vocabulary import Vocabulary, text

VERSION = 2
MAX_HANDSHAKE_FRAME = 4096  # characters of any frame before the handshake is through
MAX_NAME = 60  # characters
MAX_SENDABLE = 4096  # characters of the names of all registered dataclasses


@dataclass(frozen=True)
class Hello:
    """The guest's first word. `nonce` is empty in phrase mode: it follows the host's commitment."""

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
    """Phrase mode: the guest's nonce, now that the host cannot change its own."""

    nonce: str = text(64)


@dataclass(frozen=True)
class Reveal:
    """Phrase mode: what the host had committed itself to."""

    nonce: str = text(64)
    blind: str = text(64)


@dataclass(frozen=True)
class Proof:
    """Who sends this knows the key, and sees the same connection."""

    proof: str = text(64)


@dataclass(frozen=True)
class Rejection:
    """Not with you; `reason` is the value of a `handshake.Reason`."""

    reason: str = text(30)


@dataclass(frozen=True)
class Admitted:
    """Phrase mode: the person at the host has let the guest in. The key is for coming back."""

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
    """Where this side goes on, told first on every path.

    Attributes:
        name: what the person here is called.
        epoch: this page load; only kept channels outlive it.
        heard: the other side's epoch as it is known here; "" before that.
        sendable: the names of the dataclasses that this page has registered, a line each.
    """

    name: str = text(MAX_NAME)
    epoch: str = text(32)
    heard: str = text(32)
    sendable: str = text(MAX_SENDABLE, default="")


@dataclass(frozen=True)
class Opened:
    """This side has a channel. Messages flow once both have it.

    Attributes:
        mode: a `channels.Mode`'s value.
        received: the number of the last message that arrived here.
    """

    received: int
    channel: str = text(MAX_CHANNEL)
    mode: str = text(10)


@dataclass(frozen=True)
class NoChannel:
    """There is no such channel here, or one of another mode."""

    channel: str = text(MAX_CHANNEL)


@dataclass(frozen=True)
class Ack:
    """Every message on that channel has arrived, up to a number."""

    number: int
    channel: str = text(MAX_CHANNEL)


@dataclass(frozen=True)
class BulkRead:
    """So many bytes of bulk have been read here on this path."""

    size: int


@dataclass(frozen=True)
class Beat:
    """I am here."""


@dataclass(frozen=True)
class Away:
    """The page is being frozen; it may come back."""


@dataclass(frozen=True)
class Bye:
    """The person here has ended the Link."""


SessionMessage = Resume | Opened | NoChannel | Ack | Beat | Away | Bye
PathMessage = SessionMessage | BulkRead

SESSION = Vocabulary[PathMessage](
    {
        "resume": Resume,
        "opened": Opened,
        "no-channel": NoChannel,
        "ack": Ack,
        "bulk-read": BulkRead,
        "beat": Beat,
        "away": Away,
        "bye": Bye,
    }
)
