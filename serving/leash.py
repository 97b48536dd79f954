"""Runs a command that ends with whoever started it, however that one ends.

    python serving/leash.py COMMAND …

Standard input is a pipe from whoever started this. The system closes it when they are gone, even
without a word (SIGKILL), and then the command is killed, with all that it has started.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence


def main(command: Sequence[str]) -> int:
    """Run the command; its exit code."""
    # A group of its own: a terminal's Ctrl-C goes to the starter alone, who knows what to do.
    os.setsid()
    signal.signal(signal.SIGTERM, lambda *_: _end())
    threading.Thread(target=_watch, daemon=True).start()
    return subprocess.run(command, check=False, stdin=subprocess.DEVNULL).returncode


def _watch() -> None:
    # Not sys.stdin: a thread that reads it while the interpreter ends is a fatal error.
    while os.read(0, 1024):
        pass
    _end()


def _end() -> None:
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
