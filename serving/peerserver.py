"""The official PeerServer (npm `peer`), as a process of this machine."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from serving import process_guard
from serving.node import node, packages
from serving.places import SetupProblem

READY_WITHIN = 30.0  # seconds
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0  # seconds, before it is started again
LASTING = 60.0  # seconds of running after which the pauses start again


def free_port() -> int:
    """Return a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


class PeerServer:
    """A PeerServer that can be started again; it never outlives this process (`process_guard`)."""

    def __init__(self, port: int | None = None) -> None:
        self.port = port or free_port()
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start it, and wait until pages can connect.

        Raises:
            SetupProblem: it did not start.
        """
        program = packages() / "peer" / "dist" / "bin" / "peerjs.js"
        command = [node(), str(program), "--port", str(self.port), "--host", "127.0.0.1"]
        self._last_lines: deque[str] = deque(
            maxlen=10
        )  # of its output, for the error if it does not start
        self._started = False
        self._settled = threading.Event()  # it has started, reported an error, or ended
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", process_guard.__file__, *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, args=(self._process,), daemon=True)
        self._reader.start()
        self._settled.wait(READY_WITHIN)
        if not self._started:
            self.stop()
            words = " ".join(self._last_lines) or "no word"
            raise SetupProblem(f"PeerServer did not start on port {self.port}: {words}")

    def _read(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        with process.stdout as words:
            for line in words:
                self._last_lines.append(line.strip())
                self._started |= line.startswith("Started PeerServer")
                if self._started or "Error" in line:  # it keeps running when the port is taken
                    self._settled.set()
        self._settled.set()

    def wait(self) -> None:
        """Wait until it has ended."""
        if self._process is not None:
            self._reader.join()
            self._process.wait()

    def stop(self) -> None:
        """Kill it: while pages are connected, SIGTERM would not end it, and it has no state."""
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
        self.wait()


@contextmanager
def peer_server(port: int | None = None) -> Iterator[int]:
    """Run a PeerServer for the duration of the block; yield its port.

    Raises:
        SetupProblem: it did not start.
    """
    server = PeerServer(port)
    try:
        server.start()
        yield server.port
    finally:
        server.stop()


async def keep(server: PeerServer, report: Callable[[str], None]) -> None:
    """Restart it, on the same port, whenever it has ended, with growing pauses if it keeps ending.

    After cancelling this, stop the server: a thread waits for its end.
    """
    pause = FIRST_PAUSE
    while True:
        begun = time.monotonic()
        await asyncio.to_thread(server.wait)
        if time.monotonic() - begun >= LASTING:
            pause = FIRST_PAUSE
        report(f"The broker has ended by itself; starting it again in {pause:g} s …")
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)
        try:
            await asyncio.to_thread(server.start)
        except SetupProblem as problem:
            report(str(problem))
        else:
            report("The broker is back.")
