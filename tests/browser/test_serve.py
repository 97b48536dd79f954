"""`serving.serve` as a program: how it ends, and what it does about a broker that dies."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from serving.peerserver import free_port
from serving.places import ROOT

# All of it, but the page is built already, and no signal is ignored: a program that is started in
# the background has inherited that, and would rightly keep to it.
PROGRAM = """
import signal
import sys
from pathlib import Path
from serving import serve
for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
    signal.signal(number, signal.SIG_DFL)
serve.build = lambda **_: Path(sys.argv[1])
sys.exit(serve.main(sys.argv[2:]))
"""
COMMAND = re.compile(rb"peerjs\.js\0--port\0(\d+)\0")


def brokers() -> dict[int, bytes]:
    """The process IDs of this machine's PeerServers (without their process guards), and their
    ports.
    """
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError):  # it has just ended
            continue
        if (match := COMMAND.search(command)) and b"process_guard.py" not in command:
            found[int(folder.name)] = match[1]
    return found


class Serving:
    """The program, and the broker that is its own."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.heard = ""
        self.link = self.hear(r"http://localhost:\d+/")
        self.port = int(self.link.rstrip("/").rpartition(":")[2])
        self.hear("Ctrl-C ends it")

    def hear(self, pattern: str) -> str:
        """What the console says, once it says that."""
        assert self.process.stdout
        for line in self.process.stdout:
            self.heard += line
            if match := re.search(pattern, line):
                return match[0]
        raise AssertionError(f"never said: {pattern}\n{self.heard}")

    def broker(self) -> tuple[int, bytes]:
        """Its process ID, and its port."""
        (guard,) = _children(self.process.pid)
        (pid,) = _children(guard)
        port = brokers()[pid]
        return pid, port

    def ask_broker(self) -> bytes:
        """A new ID, through the front."""
        with urlopen(f"{self.link}peerjs/id") as answer:
            told: bytes = answer.read()
        return told


def _children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(each) for task in tasks for each in task.read_text().split()]


@pytest.fixture
def serving(built: Path) -> Iterator[Serving]:
    command = [sys.executable, "-c", PROGRAM, str(built), "--port", str(free_port())]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        yield Serving(process)
        process.kill()


@pytest.mark.parametrize(
    "number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGKILL], ids=str
)
def test_no_broker_stays(serving: Serving, number: int) -> None:
    pid, _ = serving.broker()
    with socket.create_connection(("127.0.0.1", serving.port)) as page:
        page.sendall(
            b"GET /peerjs?key=peerjs&id=me&token=mine HTTP/1.1\r\nHost: localhost\r\n"
            b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
        )
        assert page.recv(1000).startswith(b"HTTP/1.1 101")  # while a page is connected
        serving.process.send_signal(number)
        assert serving.process.wait(timeout=10) == (-9 if number == signal.SIGKILL else 0)
        assert serving.process.stdout
        assert serving.process.stdout.read() == ""  # no complaint
        while page.recv(1000):
            pass
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", serving.port))
    deadline = time.monotonic() + 10
    while pid in brokers():
        assert time.monotonic() < deadline, "the broker is still there"


def test_a_broker_that_dies_is_back_at_the_same_port(serving: Serving) -> None:
    pid, port = serving.broker()
    assert len(serving.ask_broker()) > 10
    for _ in range(2):
        os.kill(pid, signal.SIGKILL)
        serving.hear(r"The broker has ended by itself; starting it again in [\d.]+ s")
        serving.hear("The broker is back")
        assert len(serving.ask_broker()) > 10
        again, same_port = serving.broker()
        assert same_port == port
        assert again != pid
        pid = again
