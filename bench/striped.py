"""What several connections give PeerScript itself on a path with delay: a file, page to page.

The pairs of pages take turns, and go by one relay. One pair is told that the other page takes no
stripes, as a page of an earlier version does.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from bench.files import PATIENCE, RECEIVE, SEND
from bench.measure import lab
from pyodide_page import python, run
from udp_relay import relay

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from harness import Browsers
    from udp_relay import Relay

PATHS = ((20, 0.0), (50, 0.0), (20, 0.003), (50, 0.003))  # see bench.delay
SIZE = 12_000_000  # bytes
ONE = "import peerscript.link.session\npeerscript.link.session.STRIPES = 0"
CHOSEN = """() => {
  const input = document.createElement("input");
  input.type = "file";
  input.id = "chosen";
  document.body.append(input);
}"""


def sender(browsers: Browsers, place: Relay, path: Path, *, several: bool) -> Page:
    """The one of two connected pages that sends the file."""
    host, guest = python(browsers), python(browsers)
    place.between(host, guest)
    name = f"files-host-{several}"
    if not several:
        run(host, ONE)
    secret = run(host, RECEIVE.replace("files-host", name))
    run(guest, SEND.replace("files-host", name) % (secret, PATIENCE // 1000))
    guest.set_default_timeout(PATIENCE)
    guest.evaluate(CHOSEN)
    guest.set_input_files("#chosen", path)
    return guest


def striped_table(blocks: int) -> str:
    """Measure, and make a table of megabytes a second."""
    header = ("delay", "PeerScript, 1", "PeerScript, 5", "ratio")
    lines = ["".join(f"{cell:>16}" for cell in header)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file.bin"
        path.write_bytes(os.urandom(SIZE))
        for delay, loss in PATHS:
            with relay(delay / 2000, loss=loss) as place, lab() as browsers:
                pages = [sender(browsers, place, path, several=each) for each in (False, True)]
                one, several = measured(pages, blocks)
            ratio = median(many / alone for many, alone in zip(several, one, strict=True))
            name = f"{delay} ms, {loss:.1%}"
            cells = (name, f"{median(one):.1f}", f"{median(several):.1f}", f"{ratio:.2f}")
            lines.append("".join(f"{cell:>16}" for cell in cells))
    return "\n".join(lines)


def measured(pages: list[Page], blocks: int) -> list[list[float]]:
    """Megabytes a second, of each page and block."""
    rates: list[list[float]] = [[] for _ in pages]
    for page in pages:
        run(page, "await send()")  # the stripes are made, and windows grow
    for block in range(blocks):
        for at in random.Random(block).sample(range(len(pages)), len(pages)):
            rates[at].append(SIZE / 1e6 / float(run(pages[at], "await send()")))
        print(f"\rblock {block + 1} of {blocks}", end="", file=sys.stderr)
    print(file=sys.stderr)
    return rates
