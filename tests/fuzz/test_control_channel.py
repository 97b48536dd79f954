"""The short version of `python -m tests.fuzz.control_channel`, and that it can fail."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from typing import Any

import pytest

from peerscript.errors import LinkMisused
from peerscript.link.channel_session import ChannelSession
from peerscript.link.path import Path
from peerscript.link.session import LinkSession
from peerscript.protocol.link import handshake
from peerscript.protocol.link.envelope import Envelope
from peerscript.protocol.vocabulary import Vocabulary
from tests.fuzz.control_channel import Hang, RoundFailed, run_round, watchdog


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
            run_round(seed)
    return str(failure.value)


def test_an_error_that_nobody_handles(monkeypatch: pytest.MonkeyPatch) -> None:
    decode = Envelope.decode

    def fragile(frame: bytes) -> Envelope:
        frame[9]  # it is shorter, sometimes
        return decode(frame)

    words = fails(monkeypatch, Envelope, "decode", fragile)
    assert words.startswith("--seed")
    assert "IndexError" in words


@pytest.mark.parametrize("name", ["on_opened", "on_missing", "on_ack", "on_envelope"])
def test_every_part_of_a_channel_is_reached(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """By what is hostile; the honest two would end the round with another error."""
    method = getattr(ChannelSession, name)

    def broken(session: ChannelSession, *args: Any, **options: Any) -> Any:
        try:
            return method(session, *args, **options)
        except LinkMisused:
            raise ZeroDivisionError from None
        finally:
            if name == "on_missing":
                raise ZeroDivisionError

    assert "ZeroDivisionError" in fails(monkeypatch, ChannelSession, name, broken)


def test_an_error_before_the_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    def from_text(text: str, size: int) -> bytes:
        return {43: bytes(size)}[len(text)]  # of 32 bytes; nobody would send another

    assert "KeyError" in fails(monkeypatch, handshake, "from_text", from_text)


def test_a_task_that_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    decode = Vocabulary.decode

    def hanging(words: Vocabulary[Any], frame: str) -> Any:
        if len(frame) > 100_000:  # the watchdog's time is over soon, and not before
            signal.setitimer(signal.ITIMER_PROF, 0.01)
            while True:
                continue
        return decode(words, frame)

    assert "Hang" in fails(monkeypatch, Vocabulary, "decode", hanging)


def test_the_watchdog_counts_its_own_time() -> None:
    with pytest.raises(Hang, match=r"more than 0\.01 s"), watchdog(0.01):
        while True:
            continue


def test_an_honest_link_that_is_deaf(monkeypatch: pytest.MonkeyPatch) -> None:
    """One bad frame, and nobody is heard any more."""
    dispatch = Path._dispatch
    misused: list[Path] = []

    def offended(path: Path, frame: Any, assembly: Any) -> None:
        if misused:
            return
        try:
            dispatch(path, frame, assembly)
        except LinkMisused:
            misused.append(path)
            raise

    assert "it did not come" in fails(monkeypatch, Path, "_dispatch", offended)


def test_an_honest_link_that_is_dropped_too(monkeypatch: pytest.MonkeyPatch) -> None:
    end = LinkSession.end

    def end_all(link: LinkSession, trouble: Any) -> None:
        end(link, trouble)
        if isinstance(trouble, LinkMisused):
            for other in link._owner.all:  # type: ignore[attr-defined]
                asyncio.get_running_loop().call_soon(end, other, trouble)

    assert fails(monkeypatch, LinkSession, "end", end_all)
