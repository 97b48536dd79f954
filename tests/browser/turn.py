"""Debian's coturn as a TURN server that tests can take away and bring back.

It listens and relays on this machine's own address: coturn refuses loopback peers unless it is told
otherwise, and then only with a command line of its own. So it needs a network interface; Chromium,
which gathers no candidates on loopback, does as well.
"""

from __future__ import annotations

import os
import shutil
import socket
import struct
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO, Any

from serving.peerserver import free_port

USERNAME, CREDENTIAL = "relayed", "secret"
START_WITHIN = 20.0  # seconds
_BINDING_REQUEST, _MAGIC_COOKIE = 0x0001, 0x2112A442  # RFC 8489


@contextmanager
def turn_server() -> Iterator[TurnServer]:
    """Run a TURN server for as long as the block lasts.

    Raises:
        RuntimeError: coturn is missing, or did not start.
        OSError: this machine has loopback alone.
    """
    program = shutil.which("turnserver")
    if program is None:
        raise RuntimeError("coturn is missing: install it, or run `nox -s browser`")
    with TemporaryDirectory() as folder, TemporaryFile() as words:
        server = TurnServer(own_address(), free_port(), program, Path(folder), words)
        try:
            server.start()
            yield server
        finally:
            server.stop()


def own_address() -> str:
    """This machine's address where others would find it; nothing is sent to know it."""
    with socket.socket(type=socket.SOCK_DGRAM) as probe:
        probe.connect(("203.0.113.1", 9))  # anywhere else: RFC 5737 has these for examples
        return str(probe.getsockname()[0])


@dataclass
class TurnServer:
    """The server; `stop` and `start` keep its port and credentials."""

    address: str
    port: int
    _program: str = field(repr=False)
    _folder: Path = field(repr=False)
    _words: IO[bytes] = field(repr=False)
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def ice_server(self) -> dict[str, Any]:
        """It, as RTCPeerConnection's `iceServers` takes one."""
        place = f"turn:{self.address}:{self.port}"
        urls = [f"{place}?transport=udp", f"{place}?transport=tcp"]
        return {"urls": urls, "username": USERNAME, "credential": CREDENTIAL}

    def start(self) -> None:
        """Run it; returns when it answers over UDP and TCP.

        Raises:
            RuntimeError: it did not start.
        """
        process = self._process = subprocess.Popen(
            self._command(),
            cwd=self._folder,
            stdin=subprocess.DEVNULL,
            stdout=self._words,
            stderr=subprocess.STDOUT,
        )
        deadline = time.monotonic() + START_WITHIN
        while not (self._answers(socket.SOCK_DGRAM) and self._answers(socket.SOCK_STREAM)):
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.02)
            if process.returncode is not None or time.monotonic() > deadline:
                self._words.seek(0)
                raise RuntimeError(f"coturn did not start: {self._words.read().decode()}")

    def stop(self) -> None:
        """End it, and with it every path through it."""
        if self._process is not None:
            self._process.kill()  # it keeps no state, and at a polite signal takes its time
            self._process.wait()
            self._process = None

    def _command(self) -> list[str]:
        # As few options as will do: a coturn that does not know one ends, and they come and go
        # (--no-dtls, --no-cli). Without a certificate it has no DTLS, without a password no CLI.
        return [
            self._program,
            "-n",  # no configuration file
            f"--listening-ip={self.address}",
            f"--relay-ip={self.address}",
            f"--listening-port={self.port}",
            *("--lt-cred-mech", "--realm=peerscript", f"--user={USERNAME}:{CREDENTIAL}"),
            *("--no-tls", "--userdb=:memory:", "--pidfile=pid", "--log-file=stdout"),
        ]

    def _answers(self, kind: socket.SocketKind) -> bool:
        transaction = os.urandom(12)
        with socket.socket(type=kind) as wire, suppress(ConnectionError, TimeoutError):
            wire.settimeout(0.2)
            wire.connect((self.address, self.port))
            wire.send(struct.pack("!HHI12s", _BINDING_REQUEST, 0, _MAGIC_COOKIE, transaction))
            return wire.recv(1024)[8:20] == transaction
        return False
