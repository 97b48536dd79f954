"""Derives keys and proofs from a secret: HKDF (RFC 5869) and HMAC, both with SHA-256.

Every proof covers a transcript, so that it is not valid on any other connection.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass

SECRET_SIZE = 16  # bytes
NONCE_SIZE = 32  # bytes


def extract(salt: bytes, secret: bytes) -> bytes:
    """HKDF-Extract."""
    return hmac.digest(salt, secret, "sha256")


def expand(key: bytes, purpose: bytes, size: int = 32) -> bytes:
    """HKDF-Expand: up to 8,160 bytes for one purpose."""
    made, block = b"", b""
    for counter in range(1, -(-size // 32) + 1):
        block = hmac.digest(key, block + purpose + bytes([counter]), "sha256")
        made += block
    return made[:size]


def transcript(fields: Iterable[str | bytes]) -> bytes:
    """The SHA-256 of all fields, each preceded by its length, so that their boundaries are
    unambiguous.
    """
    digest = hashlib.sha256()
    for field in fields:
        data = field.encode() if isinstance(field, str) else field
        digest.update(len(data).to_bytes(4, "big") + data)
    return digest.digest()


@dataclass(frozen=True)
class Keys:
    """The keys of one handshake, each for one purpose."""

    guest: bytes
    host: bytes
    resume: bytes
    session: str

    @classmethod
    def derive(cls, secret: bytes, transcript: bytes) -> Keys:
        """Derive all keys of a handshake."""
        root = extract(transcript, secret)
        return cls(
            guest=expand(root, b"guest proof"),
            host=expand(root, b"host proof"),
            resume=expand(root, b"resume"),
            session=expand(root, b"session", 8).hex(),
        )


def prove(key: bytes, transcript: bytes) -> str:
    """Make a proof that this side has the key and saw this transcript."""
    return to_text(hmac.digest(key, transcript, "sha256"))


def is_proof(proof: str, key: bytes, transcript: bytes) -> bool:
    """Check the other side's proof, in constant time."""
    return hmac.compare_digest(proof.encode(), prove(key, transcript).encode())


def to_text(data: bytes) -> str:
    """Bytes in base64url, without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def from_text(text: str, size: int) -> bytes:
    """Decode so many bytes from base64url.

    Raises:
        ValueError: it is not that.
    """
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError("this is not base64url") from error
    if len(data) != size or to_text(data) != text:
        raise ValueError(f"these are not {size} bytes in base64url")
    return data
