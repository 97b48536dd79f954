"""Runs a command that ends when the process that started it ends, however that happens.

    python serving/process_guard.py COMMAND …

Standard input is a pipe from the starting process. The system closes it when that process is gone,
even by SIGKILL, and then the command is killed, with all that it has started.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence


def main(command: Sequence[str]) -> int:
    """Run the command; return its exit code."""
    # A session of its own: a terminal's Ctrl-C goes only to the starting process, which ends this
    # one.
    os.setsid()
    signal.signal(signal.SIGTERM, lambda *_: _end())
    threading.Thread(target=_watch, daemon=True).start()
    return subprocess.run(command, check=False, stdin=subprocess.DEVNULL).returncode


def _watch() -> None:
    # Not sys.stdin: a thread that reads it at interpreter exit is a fatal error.
    while os.read(0, 1024):
        pass
    _end()


def _end() -> None:
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
