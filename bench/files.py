"""How fast a file travels from page to page, beside what plain JavaScript does.

Ours goes from the disk through the page to the other page's disk, with SHA-256 on both sides. The
loops over a raw RTCDataChannel send the same bytes again and again out of memory, without a sum,
but for one that does all that ours does; PeerJS's `conn.send(file)` ends in the other page's
memory. Each pair of pages is two browser
processes. The pairs take turns, and each block's ratios are its own: what slowed all in one block
cancels out.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from bench.measure import lab
from bench.memory import Growth
from bench.raw_files import connected, peerjs, send_chosen, send_peerjs, send_raw
from bench.table import Figure, likely
from pyodide_page import python, run

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from harness import Browsers

PARTS = (16, 64, 256)  # KiB in a message of a raw loop
PATIENCE = 60_000  # ms; more means that something hangs
MEGABYTE = 1_000_000

# The longest time that a page's main thread does not come to a timer of 10 ms.
WATCH = """() => {
  const input = document.createElement("input");
  input.type = "file";
  input.id = "chosen";
  document.body.append(input);
  window.stall = 0;
  let last = performance.now();
  setInterval(() => {
    const now = performance.now();
    window.stall = Math.max(stall, now - last - 10);
    last = now;
  }, 10);
}"""
STALL = "(() => { const found = stall; window.stall = 0; return found; })()"

RECEIVE = """
from peerscript.transfer import open_store
peer = Peer("files-host", **broker)
await peer.start()
links = Links(peer, name="Host", storage={})
links.start()
async def take(link):
    async for offer in link.offers():
        receiving = await offer.accept(into=await open_store())
        await receiving.finished()
async def accept():
    async for link in links:
        asyncio.ensure_future(take(link))
accepting = asyncio.ensure_future(accept())
links.invites.issue().secret
"""
SEND = """
import time
from js import document
from peerscript.transfer import file_sources
peer = Peer(**broker)
await peer.start()
links = Links(peer, name="Guest", storage={})
links.start()
link = await links.connect("files-host", %r)
async def send():
    start = time.perf_counter()
    async with asyncio.timeout(%d):
        offer = await link.send_files(file_sources(document.getElementById("chosen").files))
        await offer.finished()
    return time.perf_counter() - start
"""


@dataclass
class Row:
    """One way to send.

    Attributes:
        send: seconds of one file.
        rates: bytes a second, of each block.
        stalls: milliseconds, the longest of each page.
        peaks: bytes by which both pages' processes grew at the most, in each block.
    """

    name: str
    pages: tuple[Page, Page]
    send: Callable[[], float]
    rates: list[float] = field(default_factory=list)
    stalls: list[float] = field(default_factory=lambda: [0.0, 0.0])
    peaks: list[float] = field(default_factory=list)

    def measure(self, size: int) -> None:
        """Send one file."""
        for page in self.pages:
            page.evaluate(STALL)
        growths = [Growth(page) for page in self.pages]
        self.rates.append(size / self.send())
        self.peaks.append(sum(each.most() for each in growths))
        found = (float(page.evaluate(STALL)) for page in self.pages)
        self.stalls = [max(each) for each in zip(self.stalls, found, strict=True)]

    def cells(self, ours: Row, goal: str = "") -> tuple[str, ...]:
        """The line of the table; the ratio is ours to this."""
        ratios = sorted(each / other for each, other in zip(ours.rates, self.rates, strict=True))
        ratio = "" if self is ours else f"{median(ratios):.2f}{likely(ratios)}"
        stalls = " / ".join(f"{stall:.0f} ms" for stall in self.stalls)
        return (self.name, f"{median(self.rates) / MEGABYTE:.1f} MB/s", ratio, stalls, goal)


def rows(browsers: Browsers, path: Path) -> list[Row]:
    """All ways, connected; ours is the last."""
    raw, theirs = connected(browsers), peerjs(browsers)
    host, guest = python(browsers), python(browsers)
    run(guest, SEND % (run(host, RECEIVE), PATIENCE // 1000))
    for page in (*raw, *theirs, host, guest):
        page.set_default_timeout(PATIENCE)
        page.evaluate(WATCH)
    for page in (raw[0], theirs[0], guest):
        page.set_input_files("#chosen", path)
    size = path.stat().st_size

    def loop(part: int, *, writes: bool) -> Callable[[], float]:
        return lambda: send_raw(raw[0], size, part * 1024, writes=writes)

    def same_work(part: int) -> Callable[[], float]:
        return lambda: send_chosen(raw[0], part * 1024)

    return [
        *(Row(f"raw, {part} KiB", raw, loop(part, writes=False)) for part in PARTS),
        *(Row(f"raw, {part} KiB, to disk", raw, loop(part, writes=True)) for part in PARTS),
        *(Row(f"raw, {part} KiB, the same work", raw, same_work(part)) for part in PARTS),
        Row("PeerJS, conn.send(file)", theirs, lambda: send_peerjs(theirs[0])),
        Row("PeerScript", (guest, host), lambda: float(run(guest, "await send()"))),
    ]


def measured(megabytes: int, blocks: int) -> list[Row]:
    """Send the file so often in each way, in turns."""
    size = megabytes * MEGABYTE
    with tempfile.TemporaryDirectory() as folder, lab() as browsers:
        path = Path(folder) / "file.bin"
        path.write_bytes(os.urandom(size))
        found = rows(browsers, path)
        for row in found:
            row.send()  # so that the browser has compiled what runs often
        for block in range(blocks):
            for row in random.Random(block).sample(found, len(found)):
                row.measure(size)
            print(f"\rblock {block + 1} of {blocks}", end="", file=sys.stderr, flush=True)
        print(file=sys.stderr)
        for problem in browsers.watch.unexpected():
            print(f"a page complained: {problem}", file=sys.stderr)
    return found


def files_table(megabytes: int, blocks: int) -> str:
    """Measure, and make a table."""
    return shown(measured(megabytes, blocks), megabytes)


def files_figures(megabytes: int, blocks: int) -> list[Figure]:
    """Measure, and compare with the best of each kind."""
    *loops, theirs, ours = measured(megabytes, blocks)
    memory, disk, same = (best(kind) for kind in kinds(loops))
    pairs = ((memory, "≥ 0.95"), (disk, "≥ 0.95"), (same, ""), (theirs, "≥ 1.1"))
    figures = [
        Figure(f"rate, to {row.name}", row.rates, ours.rates, "MB/s", goal) for row, goal in pairs
    ]
    name = f"memory that {megabytes} MB take, to PeerJS"
    return [*figures, Figure(name, theirs.peaks, ours.peaks, "MB")]


def shown(found: list[Row], megabytes: int) -> str:
    """The table: each way, and ours to the best loop with and without the disk."""
    *loops, theirs, ours = found
    lines = [
        (f"{megabytes} MB, page to page", "rate", "ours to it", "stalls", "goal"),
        *(row.cells(ours) for row in loops),
        *(
            best(kind).cells(ours, goal=goal)
            for kind, goal in zip(kinds(loops), ("≥ 0.95", "≥ 0.95", ""), strict=True)
        ),
        theirs.cells(ours, goal="≥ 1.1"),
        ours.cells(ours, goal="< 100 ms"),
    ]
    widths = (38, 13, 20, 18, 8)
    return "\n".join(
        "".join(f"{cell:{width}}" for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def kinds(loops: list[Row]) -> list[list[Row]]:
    """The loops out of memory, those to the disk, and those that do the same work as ours."""
    return [loops[start : start + len(PARTS)] for start in range(0, len(loops), len(PARTS))]


def best(loops: list[Row]) -> Row:
    """The loop that is the fastest of these in the middle of all blocks."""
    row = max(loops, key=lambda each: median(each.rates))
    return replace(row, name=f"the best: {row.name}")
