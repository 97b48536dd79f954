"""What the two ends of a Link say survives the wire, and fits into its frames."""

from __future__ import annotations

from typing import Any

import pytest

from peerscript.protocol.link.envelope import MAX_NAME as MAX_CHANNEL
from peerscript.protocol.link.keys import NONCE_SIZE, to_text
from peerscript.protocol.link.messages import (
    HANDSHAKE,
    MAX_CANDIDATE,
    MAX_HANDSHAKE_FRAME,
    MAX_NAME,
    MAX_SDP,
    MAX_SENDABLE,
    MAX_WORD,
    SESSION,
    VERSION,
    Ack,
    Admitted,
    Away,
    Beat,
    BulkRead,
    Bye,
    Hello,
    HostHello,
    Named,
    NoChannel,
    Nonce,
    Opened,
    Proof,
    Rejection,
    Resume,
    Reveal,
    StripeCandidate,
    StripeClosed,
    StripeDescription,
    StripesWanted,
)
from peerscript.protocol.vocabulary import MAX_NUMBER, Malformed

EVERY_BROWSER_TAKES = 64 * 1024  # bytes in one frame

OF_THE_HANDSHAKE: list[Any] = [
    Hello(VERSION, "secret", "n" * 43, "session", "files calls"),
    Hello(VERSION, "phrase", ""),
    HostHello(VERSION, "n" * 43),
    HostHello(VERSION, "", "c" * 43, "files"),
    Nonce("n"), Reveal("n", "b"), Proof("p"), Rejection("busy"), Admitted("key"),
]  # fmt: skip
OF_THE_SESSION: list[Any] = [
    Resume("Ada", "epoch", "heard"), Resume("Ada", "epoch", "", "Move\nTurn"),
    Named("Ada"), Opened(0, "chat", "kept"), Opened(MAX_NUMBER, "x" * MAX_CHANNEL, "live"),
    NoChannel("chat"), Ack(2, "chat"), BulkRead(7), Beat(), Away(), Bye(),
    Resume("Ada", "epoch", "", "", 4), BulkRead(7, 4), StripesWanted(), StripeClosed(3),
    StripeDescription(1, "offer", "v=0"), StripeCandidate(MAX_NUMBER, "{}"),
]  # fmt: skip


@pytest.mark.parametrize("word", OF_THE_HANDSHAKE, ids=lambda word: type(word).__name__)
def test_every_message_of_the_handshake_survives_the_wire(word: Any) -> None:
    assert HANDSHAKE.decode(HANDSHAKE.encode(word)) == word


@pytest.mark.parametrize("word", OF_THE_SESSION, ids=lambda word: type(word).__name__)
def test_every_message_of_the_session_survives_the_wire(word: Any) -> None:
    assert SESSION.decode(SESSION.encode(word)) == word


def test_none_is_left_out() -> None:
    assert {type(word) for word in OF_THE_HANDSHAKE} == set(HANDSHAKE.kinds.values())
    assert {type(word) for word in OF_THE_SESSION} == set(SESSION.kinds.values())


def test_neither_knows_the_words_of_the_other() -> None:
    """So nothing of a session is heard before the proof, and no proof after it."""
    assert not HANDSHAKE.kinds.keys() & SESSION.kinds.keys()
    assert HANDSHAKE.decode(SESSION.encode(Beat())) is None
    assert SESSION.decode(HANDSHAKE.encode(Proof("p"))) is None


def test_the_longest_greeting_fits() -> None:
    nonce = to_text(bytes(NONCE_SIZE))
    longest = Hello(VERSION, "secret", nonce, "f" * 32, '"' * 300)
    assert len(HANDSHAKE.encode(longest)) <= MAX_HANDSHAKE_FRAME


@pytest.mark.parametrize("letter", ["x", "\0", '"', "😀", "\u2028"], ids=ascii)
def test_the_longest_resume_fits_into_the_frames_of_every_browser(letter: str) -> None:
    longest = Resume(letter * MAX_NAME, letter * 32, letter * 32, letter * MAX_SENDABLE)
    frame = SESSION.encode(longest)
    assert len(frame.encode()) <= EVERY_BROWSER_TAKES
    assert SESSION.decode(frame) == longest


@pytest.mark.parametrize(
    "word",
    [
        Opened(0, "x" * (MAX_CHANNEL + 1), "kept"),
        Opened(0, "chat", "x" * 11),
        Opened(MAX_NUMBER + 1, "chat", "kept"),
        Ack(-1, "chat"),
        NoChannel("x" * (MAX_CHANNEL + 1)),
        Resume("x" * (MAX_NAME + 1), "", ""),
        Resume("", "", "", "x" * (MAX_SENDABLE + 1)),
        StripeDescription(1, "offer", "x" * (MAX_SDP + 1)),
        StripeDescription(1, "x" * (MAX_WORD + 1), ""),
        StripeCandidate(1, "x" * (MAX_CANDIDATE + 1)),
    ],
    ids=lambda word: repr(word)[:40],
)
def test_what_is_larger_than_it_may_be(word: Any) -> None:
    with pytest.raises(Malformed):
        SESSION.decode(SESSION.encode(word))
