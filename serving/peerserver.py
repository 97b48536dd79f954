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

from serving import leash
from serving.node import node, packages
from serving.places import SetupProblem

READY_WITHIN = 30.0  # seconds
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0  # seconds, before it is started again
LASTING = 60.0  # seconds; one that lived this long does not "keep dying"


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


class PeerServer:
    """A PeerServer that can be started again; it never outlives this process (`leash`)."""

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
        self._said: deque[str] = deque(maxlen=10)  # the last lines, for when it does not start
        self._started = False
        self._heard = threading.Event()  # it started, said why it can't, or ended
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", leash.__file__, *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, args=(self._process,), daemon=True)
        self._reader.start()
        self._heard.wait(READY_WITHIN)
        if not self._started:
            self.stop()
            words = " ".join(self._said) or "no word"
            raise SetupProblem(f"PeerServer did not start on port {self.port}: {words}")

    def _read(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        with process.stdout as words:
            for line in words:
                self._said.append(line.strip())
                self._started |= line.startswith("Started PeerServer")
                if self._started or "Error" in line:  # a taken port: it says so, and keeps running
                    self._heard.set()
        self._heard.set()

    def wait(self) -> None:
        """Until it has ended."""
        if self._process is not None:
            self._reader.join()
            self._process.wait()

    def stop(self) -> None:
        """End it. It keeps no state, so it is killed: while pages are connected, it would not end
        at a polite signal.
        """
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
        self.wait()


@contextmanager
def peer_server(port: int | None = None) -> Iterator[int]:
    """Run a PeerServer for as long as the block lasts; gives its port.

    Raises:
        SetupProblem: it did not start.
    """
    server = PeerServer(port)
    try:
        server.start()
        yield server.port
    finally:
        server.stop()


async def keep(server: PeerServer, say: Callable[[str], None]) -> None:
    """Start it again, on the same port, whenever it has ended. If it keeps dying, the pauses grow.

    Whoever cancels this stops the server then, for a thread waits for its end.
    """
    pause = FIRST_PAUSE
    while True:
        begun = time.monotonic()
        await asyncio.to_thread(server.wait)
        if time.monotonic() - begun >= LASTING:
            pause = FIRST_PAUSE
        say(f"The broker has ended by itself; starting it again in {pause:g} s …")
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)
        try:
            await asyncio.to_thread(server.start)
        except SetupProblem as problem:
            say(str(problem))
        else:
            say("The broker is back.")
