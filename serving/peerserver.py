"""The official PeerServer (npm `peer`), as a process of this machine."""

from __future__ import annotations

import queue
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from serving.node import node, packages
from serving.places import SetupProblem

READY_WITHIN = 30.0  # seconds


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def peer_server(port: int | None = None) -> Iterator[int]:
    """Run a PeerServer for as long as the block lasts; gives its port.

    Raises:
        SetupProblem: it did not start.
    """
    port = port or free_port()
    program = packages() / "peer" / "dist" / "bin" / "peerjs.js"
    command = [node(), str(program), "--port", str(port), "--host", "127.0.0.1"]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
    )
    lines: queue.Queue[str] = queue.Queue()
    reader = threading.Thread(target=_read, args=(process, lines), daemon=True)
    reader.start()
    try:
        _wait_ready(lines, port)
        yield port
    finally:
        # It keeps no state, and does not end at a polite signal while pages are connected.
        process.kill()
        process.wait()
        reader.join()


def _read(process: subprocess.Popen[str], lines: queue.Queue[str]) -> None:
    if process.stdout is not None:
        with process.stdout as words:
            for line in words:
                lines.put(line.strip())


def _wait_ready(lines: queue.Queue[str], port: int) -> None:
    said = []
    deadline = time.monotonic() + READY_WITHIN
    while (left := deadline - time.monotonic()) > 0:
        try:
            line = lines.get(timeout=left)
        except queue.Empty:
            break
        if line.startswith("Started PeerServer"):
            return
        said.append(line)
        if "Error" in line:  # a taken port: it says so, and keeps running
            break
    raise SetupProblem(f"PeerServer did not start on port {port}: {' '.join(said) or 'no word'}")
