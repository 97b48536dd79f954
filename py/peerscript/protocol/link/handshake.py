"""The handshake by which two pages authenticate each other, so that nobody can be in the middle.

Three modes. "secret": both know the invite's secret. "resume": both know the key that the previous
handshake made; this one makes the next. "phrase": nothing is known beforehand, so both show a
phrase that the people compare; the host commits to its nonce before it sees the guest's, so a man
in the middle cannot search for nonces that give both sides the same phrase.

Each proof covers the transcript: both IDs, both certificates as the browsers see them, and the
exact text of both hellos. Roles are local knowledge: the guest is the page that dialled.
docs/security.md says what this guarantees.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from peerscript.protocol.link import keys
from peerscript.protocol.link.keys import NONCE_SIZE, Keys, from_text, is_proof, prove, to_text
from peerscript.protocol.link.messages import (
    HANDSHAKE,
    MAX_HANDSHAKE_FRAME,
    VERSION,
    Hello,
    HostHello,
    Nonce,
    Proof,
    Rejection,
    Reveal,
)
from peerscript.protocol.link.phrase import phrase_of
from peerscript.protocol.vocabulary import Malformed

PROTOCOL = "peerscript-link/2"

Random = Callable[[int], bytes]


class Mode(Enum):
    """What the two sides know of each other beforehand."""

    SECRET = "secret"
    RESUME = "resume"
    PHRASE = "phrase"
    REDEEM = "redeem"  # an invite, for a session that stands


class Reason(Enum):
    """Why a side refuses."""

    PROOF = "proof"  # the other side does not know the key, or sees another connection
    EXPIRED = "expired"
    USED_UP = "used-up"
    REVOKED = "revoked"
    SESSION = "session"  # not known here any more
    VERSION = "version"
    RUBBISH = "rubbish"  # not what the protocol asks for
    ONESELF = "oneself"  # our own ID or certificate
    BUSY = "busy"
    GLARE = "glare"  # both dialled, and the other connection stays
    PERSON = "person"  # the person at the host said no
    OTHER = "other"  # a reason that this version does not know


class HandshakeFailed(Exception):
    """The handshake has failed; the connection must not be used.

    Attributes:
        reason: why.
        told: whether the other side refused, rather than this one.
        scope: of the invite that was proved, and is not valid any more.
    """

    def __init__(
        self, reason: Reason, text: str = "", *, told: bool = False, scope: str = ""
    ) -> None:
        super().__init__(text or reason.value)
        self.reason = reason
        self.told = told
        self.scope = scope


@dataclass(frozen=True)
class Party:
    """One end of a connection.

    Attributes:
        peer_id: its ID at the broker.
        fingerprint: the SHA-256 of its certificate, as this side's browser holds it.
    """

    peer_id: str
    fingerprint: bytes


@dataclass(frozen=True)
class Outcome:
    """The result of a handshake.

    Attributes:
        session: the ID that both sides use for the session; the same again after "resume" and
            "redeem".
        resume: the key for the next "resume", a new one after every handshake; empty in phrase
            mode, where the host sends one later.
        phrase: what the people compare; empty where a key was proved.
        proved: the key that was proved.
        capabilities: the features that the other side has named.
    """

    mode: Mode
    session: str
    resume: bytes
    phrase: str
    proved: bytes
    capabilities: frozenset[str]


class Handshake:
    """What both roles share. `receive` takes each frame, and returns the answer."""

    def __init__(
        self, own: Party, other: Party, capabilities: Sequence[str], random: Random
    ) -> None:
        if own.peer_id == other.peer_id or own.fingerprint == other.fingerprint:
            raise HandshakeFailed(Reason.ONESELF, "the other side is this page itself")
        self._own = own
        self._other = other
        self._capabilities = " ".join(capabilities)
        self._random = random
        self._next: Callable[[Any], str | None] = self._unexpected
        self._mode = Mode.SECRET
        self._their_hello = ""  # the exact text of the other side's hello
        self._own_hello = ""
        self._their_capabilities = frozenset[str]()
        self.outcome: Outcome | None = None

    def receive(self, frame: str | bytes) -> str | None:
        """Take a frame; return the answer, if there is one.

        Raises:
            HandshakeFailed: it has failed.
        """
        following, self._next = (
            self._next,
            self._unexpected,
        )  # after an error, no message is expected
        if not isinstance(frame, str) or len(frame) > MAX_HANDSHAKE_FRAME:
            raise self._malformed("a frame that is no handshake message")
        try:
            message = HANDSHAKE.decode(frame)
        except Malformed as error:
            raise self._malformed(str(error)) from error
        if isinstance(message, Rejection):
            raise HandshakeFailed(reason_of(message.reason), told=True)
        if isinstance(message, Hello | HostHello):
            self._their_hello = frame
        return following(message)

    def _unexpected(self, message: Any) -> str | None:
        raise self._malformed(f"{type(message).__name__} out of turn")

    def _malformed(self, text: str) -> HandshakeFailed:
        return HandshakeFailed(Reason.RUBBISH, text)

    def _bytes(self, text: str, size: int = NONCE_SIZE) -> bytes:
        try:
            return from_text(text, size)
        except ValueError as error:
            raise self._malformed(str(error)) from error

    def _check_hello(self, hello: Hello | HostHello) -> None:
        if hello.version != VERSION:
            raise HandshakeFailed(Reason.VERSION, f"version {hello.version} of the protocol")
        self._their_capabilities = frozenset(hello.capabilities.split())

    def _transcript(self, host: Party, guest: Party, hellos: tuple[str, str]) -> bytes:
        return keys.transcript(
            (
                *(PROTOCOL, self._mode.value, host.peer_id, guest.peer_id),
                *(host.fingerprint, guest.fingerprint, *hellos),
            )
        )

    def _proved(self, made: Keys, key: bytes, session: str) -> None:
        self.outcome = Outcome(
            self._mode,
            session=session if self._mode in (Mode.RESUME, Mode.REDEEM) else made.session,
            resume=made.resume,
            phrase="",
            proved=key,
            capabilities=self._their_capabilities,
        )

    def _compared(self, host_nonce: bytes, guest_nonce: bytes, transcript: bytes) -> None:
        root = keys.extract(transcript, host_nonce + guest_nonce)
        self.outcome = Outcome(
            self._mode,
            session=keys.expand(root, b"session", 8).hex(),
            resume=b"",
            phrase=phrase_of(keys.expand(root, b"phrase", 4)),
            proved=b"",
            capabilities=self._their_capabilities,
        )


class GuestHandshake(Handshake):
    """The side that dialled.

    Args:
        key: the invite's secret, or the resume key of `session`; None compares phrases. A guest
            that has a key never falls back to phrases.
        session: which session to resume; empty for a new one.
        redeem: whether the key is an invite's, for that session, which stands.
    """

    def __init__(
        self,
        own: Party,
        other: Party,
        key: bytes | None,
        *,
        session: str = "",
        redeem: bool = False,
        capabilities: Sequence[str] = (),
        random: Random = secrets.token_bytes,
    ) -> None:
        super().__init__(own, other, capabilities, random)
        self._key = key or b""
        self._session = session
        if key is None:
            self._mode = Mode.PHRASE
        elif session:
            self._mode = Mode.REDEEM if redeem else Mode.RESUME

    def begin(self) -> str:
        """Return the first frame."""
        self._nonce = self._random(NONCE_SIZE)
        nonce = "" if self._mode is Mode.PHRASE else to_text(self._nonce)
        self._own_hello = HANDSHAKE.encode(
            Hello(VERSION, self._mode.value, nonce, self._session, self._capabilities)
        )
        self._next = self._on_hello
        return self._own_hello

    def _on_hello(self, hello: Any) -> str | None:
        if not isinstance(hello, HostHello):
            return self._unexpected(hello)
        self._check_hello(hello)
        self._digest = self._transcript(
            self._other, self._own, (self._own_hello, self._their_hello)
        )
        if self._mode is Mode.PHRASE:
            self._commitment = self._bytes(hello.commitment)
            self._next = self._on_reveal
            return HANDSHAKE.encode(Nonce(to_text(self._nonce)))
        self._bytes(hello.nonce)
        self._keys = Keys.derive(self._key, self._digest)
        self._next = self._on_proof
        return HANDSHAKE.encode(Proof(prove(self._keys.guest, self._digest)))

    def _on_proof(self, message: Any) -> str | None:
        if not isinstance(message, Proof):
            return self._unexpected(message)
        if not is_proof(message.proof, self._keys.host, self._digest):
            raise HandshakeFailed(Reason.PROOF, "the host's proof does not fit")
        self._proved(self._keys, self._key, self._session)
        return None

    def _on_reveal(self, message: Any) -> str | None:
        if not isinstance(message, Reveal):
            return self._unexpected(message)
        nonce, blind = self._bytes(message.nonce), self._bytes(message.blind)
        if not hmac.compare_digest(_commitment(nonce, blind), self._commitment):
            raise HandshakeFailed(Reason.PROOF, "the host reveals another nonce")
        self._compared(nonce, self._nonce, self._digest)
        return None


class HostHandshake(Handshake):
    """The side that was dialled.

    Args:
        keys_for: returns the keys that the guest may prove, by mode and session; empty for phrase
            mode. It may raise HandshakeFailed.
    """

    def __init__(
        self,
        own: Party,
        other: Party,
        keys_for: Callable[[Mode, str], Sequence[bytes]],
        *,
        capabilities: Sequence[str] = (),
        random: Random = secrets.token_bytes,
    ) -> None:
        super().__init__(own, other, capabilities, random)
        self._keys_for = keys_for
        self._candidates: Sequence[bytes] = ()
        self._session = ""
        self._next = self._on_hello

    def _on_hello(self, hello: Any) -> str | None:
        if not isinstance(hello, Hello):
            return self._unexpected(hello)
        self._check_hello(hello)
        try:
            self._mode = Mode(hello.mode)
        except ValueError as error:
            raise self._malformed(f"mode {hello.mode!r}") from error
        self._session = hello.session
        self._candidates = self._keys_for(self._mode, hello.session)
        self._nonce = self._random(NONCE_SIZE)
        if self._mode is Mode.PHRASE:
            return self._commit(hello)
        self._bytes(hello.nonce)
        self._next = self._on_proof
        return self._answer(HostHello(VERSION, to_text(self._nonce), "", self._capabilities))

    def _commit(self, hello: Hello) -> str:
        if hello.nonce:
            raise self._malformed("a nonce before the commitment")
        self._blind = self._random(NONCE_SIZE)
        commitment = to_text(_commitment(self._nonce, self._blind))
        self._next = self._on_nonce
        return self._answer(HostHello(VERSION, "", commitment, self._capabilities))

    def _answer(self, hello: HostHello) -> str:
        said = HANDSHAKE.encode(hello)
        self._digest = self._transcript(self._own, self._other, (self._their_hello, said))
        return said

    def _on_proof(self, message: Any) -> str | None:
        if not isinstance(message, Proof):
            return self._unexpected(message)
        for key in self._candidates:
            made = Keys.derive(key, self._digest)
            if is_proof(message.proof, made.guest, self._digest):
                self._proved(made, key, self._session)
                return HANDSHAKE.encode(Proof(prove(made.host, self._digest)))
        raise HandshakeFailed(Reason.PROOF, "the guest's proof does not fit")

    def _on_nonce(self, message: Any) -> str | None:
        if not isinstance(message, Nonce):
            return self._unexpected(message)
        self._compared(self._nonce, self._bytes(message.nonce), self._digest)
        return HANDSHAKE.encode(Reveal(to_text(self._nonce), to_text(self._blind)))


def _commitment(nonce: bytes, blind: bytes) -> bytes:
    return hashlib.sha256(b"commit" + nonce + blind).digest()


def reason_of(text: str) -> Reason:
    """The Reason for a value that the other side sent; OTHER for an unknown one."""
    try:
        return Reason(text)
    except ValueError:
        return Reason.OTHER
