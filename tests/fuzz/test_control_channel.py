"""The short version of `python -m tests.fuzz.control_channel`, and that it can fail."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from peerscript.errors import LinkMisused
from peerscript.link import conversation
from peerscript.link.link import Link
from peerscript.link.path import Path
from peerscript.protocol.link import handshake
from peerscript.protocol.vocabulary import Vocabulary
from tests.fuzz.control_channel import RoundFailed, run_round


@pytest.mark.parametrize("seed", range(20))
def test_a_page_holds(seed: int) -> None:
    run_round(seed)


def fails(
    monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, broken: Callable[..., Any]
) -> str:
    """Break something; return what is said of it within some rounds."""
    monkeypatch.setattr(owner, name, broken)
    with pytest.raises(RoundFailed) as failure:
        for seed in range(200):
            run_round(seed, seconds=0.5)
    return str(failure.value)


def test_an_error_that_nobody_handles(monkeypatch: pytest.MonkeyPatch) -> None:
    def decode_bytes(frame: bytes) -> tuple[int, bytes]:
        return frame[7], frame[8:]  # it is shorter, sometimes

    words = fails(monkeypatch, conversation, "decode_bytes", decode_bytes)
    assert words.startswith("--seed")
    assert "IndexError" in words


def test_an_error_before_the_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    def from_text(text: str, size: int) -> bytes:
        return {43: bytes(size)}[len(text)]  # of 32 bytes; nobody would send another

    assert "KeyError" in fails(monkeypatch, handshake, "from_text", from_text)


def test_a_task_that_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    decode = Vocabulary.decode

    def slow(words: Vocabulary, frame: str) -> Any:
        while len(frame) > 100_000:
            continue
        return decode(words, frame)

    assert "Hang" in fails(monkeypatch, Vocabulary, "decode", slow)


def test_an_honest_link_that_is_deaf(monkeypatch: pytest.MonkeyPatch) -> None:
    """One bad frame, and nobody is heard any more."""
    hear = Link.hear
    misused: list[Link] = []

    def offended(link: Link, path: Path, word: Any) -> None:
        if misused:
            return
        try:
            hear(link, path, word)
        except LinkMisused:
            misused.append(link)
            raise

    assert "it did not come" in fails(monkeypatch, Link, "hear", offended)


def test_an_honest_link_that_is_dropped_too(monkeypatch: pytest.MonkeyPatch) -> None:
    end = Link.end

    def end_all(link: Link, trouble: Any) -> None:
        end(link, trouble)
        if isinstance(trouble, LinkMisused):
            for other in link._owner.all:  # type: ignore[attr-defined]
                asyncio.get_running_loop().call_soon(end, other, trouble)

    assert fails(monkeypatch, Link, "end", end_all)
