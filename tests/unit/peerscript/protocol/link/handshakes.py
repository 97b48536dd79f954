"""Two sides of a handshake, the way between them, and what they should compute."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from peerscript.protocol.link.handshake import (
    GuestHandshake,
    Handshake,
    HandshakeFailed,
    HostHandshake,
    Mode,
    Party,
    Reason,
)
from peerscript.protocol.link.keys import NONCE_SIZE, to_text

ADA = Party("ada", b"A" * 32)  # the guest
BOB = Party("bob", b"B" * 32)  # the host
SECRET = b"invite secret 16"
RESUME = b"what an earlier handshake left.."
SESSION = "0123456789abcdef"
NONCE = to_text(b"n" * NONCE_SIZE)

KEYS: dict[Mode, bytes | None] = {
    Mode.SECRET: SECRET,
    Mode.RESUME: RESUME,
    Mode.PHRASE: None,
    Mode.REDEEM: SECRET,
}


def keys_for(mode: Mode, session: str) -> Sequence[bytes]:
    """What Bob lets guests prove."""
    if mode is Mode.RESUME:
        return (RESUME,) if session == SESSION else ()
    return (b"another invite 1", SECRET) if mode in (Mode.SECRET, Mode.REDEEM) else ()


def guest(mode: Mode = Mode.SECRET, own: Party = ADA, other: Party = BOB, **more: Any) -> Any:
    """Ada's side."""
    options = {
        "key": KEYS[mode],
        "session": SESSION if mode in (Mode.RESUME, Mode.REDEEM) else "",
        "redeem": mode is Mode.REDEEM,
        "capabilities": ("files", "calls"),
        **more,
    }
    return GuestHandshake(own, other, **options)


def host(own: Party = BOB, other: Party = ADA, **more: Any) -> Any:
    """Bob's side."""
    return HostHandshake(own, other, **{"keys_for": keys_for, "capabilities": ("chat",), **more})


def talk(near: GuestHandshake, far: Handshake) -> list[str]:
    """Carry every frame faithfully until nobody has anything to say; return them all."""
    said = []
    frame: str | None = near.begin()
    speaker: Handshake = near
    listener = far
    while frame is not None:
        said.append(frame)
        frame = listener.receive(frame)
        speaker, listener = listener, speaker
    return said


def talk_until(near: GuestHandshake, far: Handshake, count: int) -> str:
    """Carry so many frames; return the one that is said next."""
    frame = near.begin()
    speaker: Handshake = near
    listener = far
    for _ in range(count):
        answer = listener.receive(frame)
        assert answer is not None
        frame, speaker, listener = answer, listener, speaker
    return frame


def changed(frame: str, **fields: Any) -> str:
    """A frame that says something else."""
    return json.dumps({**json.loads(frame), **fields})


def nonces(seed: bytes) -> Callable[[int], bytes]:
    """Bytes that are the same every time."""
    return lambda size: (seed * size)[:size]


def refused(side: Handshake, frame: Any) -> Reason:
    """Why a side ends it over this frame; nothing may come of it, whatever follows."""
    with pytest.raises(HandshakeFailed) as caught:
        side.receive(frame)
    assert side.outcome is None
    assert not caught.value.told
    return caught.value.reason


# The arithmetic, written down a second time


def hashed(*fields: bytes) -> bytes:
    return hashlib.sha256(
        b"".join(len(field).to_bytes(4, "big") + field for field in fields)
    ).digest()


def mac(key: bytes, data: bytes) -> bytes:
    return hmac.digest(key, data, "sha256")


def seen_by_both(mode: Mode, hellos: Sequence[str]) -> bytes:
    return hashed(
        *(b"peerscript-link/2", mode.value.encode(), b"bob", b"ada"),
        *(BOB.fingerprint, ADA.fingerprint, hellos[0].encode(), hellos[1].encode()),
    )
