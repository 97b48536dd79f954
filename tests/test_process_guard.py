"""What runs under the process_guard ends with whoever started it; and a broker that ends is kept
going.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from serving import peerserver, process_guard
from serving.peerserver import PeerServer, keep
from serving.places import SetupProblem

pytestmark = pytest.mark.sockets

# Prints its own process ID and that of a child, and waits for ever, deaf to polite signals.
STAYING = """
import os, signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = os.fork()
if child:
    print(os.getpid(), child, flush=True)
while True:
    signal.pause()
"""
GUARDED = [sys.executable, "-I", "-S", process_guard.__file__, sys.executable, "-c"]
# Starts it as serving/peerserver.py does.
STARTER = """
import subprocess, sys
subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE).wait()
"""


@pytest.fixture
def starter() -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", STARTER, *GUARDED, STAYING]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.kill()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
def test_nothing_outlives_its_starter(starter: subprocess.Popen[str], number: int) -> None:
    assert starter.stdout
    processes = [int(each) for each in starter.stdout.readline().split()]
    starter.send_signal(number)
    assert starter.stdout.read() == ""  # each of them holds it open until it has ended
    assert starter.wait() == -number
    assert len(processes) == 2


def test_a_signal_to_the_guard_ends_all(starter: subprocess.Popen[str]) -> None:
    assert starter.stdout
    kept = int(starter.stdout.readline().split()[0])
    os.kill(os.getpgid(kept), signal.SIGTERM)  # the process_guard leads their group
    assert starter.stdout.read() == ""


def test_its_exit_code_is_the_commands() -> None:
    command = [*GUARDED, "print('a word'); raise SystemExit(3)"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout
        assert process.stdout.read() == "a word\n"
        assert process.wait() == 3


class Dying(PeerServer):
    """Ends at once each time, and every second time it does not even start."""

    starts = 0

    def start(self) -> None:
        self.starts += 1
        if self.starts % 2 == 0:
            raise SetupProblem("it did not start")

    def wait(self) -> None:
        pass


async def kept(server: PeerServer, pauses: int, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long `keep` paused each time, until it has so many times."""
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == pauses:
            raise asyncio.CancelledError

    said: list[str] = []
    monkeypatch.setattr(asyncio, "sleep", sleep)
    with pytest.raises(asyncio.CancelledError):
        await keep(server, said.append)
    assert len([words for words in said if "ended by itself" in words]) == pauses
    assert {"it did not start", "The broker is back."} <= set(said)
    return slept


async def test_the_pauses_grow_for_a_broker_that_keeps_dying(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slept = await kept(Dying(), 9, monkeypatch)
    assert slept == [0.5, 1, 2, 4, 8, 16, 30, 30, 30]


async def test_the_pauses_begin_anew_for_one_that_lasted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peerserver, "LASTING", 0.0)
    assert await kept(Dying(), 4, monkeypatch) == [0.5] * 4
