"""How long a text's round trip and a slide's turn take while 100 MB travel beside them.

Each figure is taken idle and beside the load in turns, in the same run, between two browser
processes. A text is echoed over a kept channel of a Link, and the load is bytes over a bulk channel
of the same Link, as fast as it takes them; two raw RTCDataChannels do the same without any Python,
and tell what of it is the browsers'. A turn goes from the press on the presenter's Next until
the follower has painted the slide, and the load is a file from the presenter to that follower.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

from bench import raw_beside
from bench.measure import lab
from bench.table import likely
from presentations import (
    NOTE_PRESSED,
    NOTE_SHOWN,
    SHOWN,
    deck,
    follower,
    frame,
    present,
    shows,
)
from pyodide_page import python, run

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from harness import Browsers

LOAD = 100_000_000  # bytes
ROUND_TRIPS = 40  # in an idle block
WINDOW, PART = 32 * 1024, 16 * 1024  # bytes on their way, and in a message, of the raw load
TURNS = 20  # idle, and as many at most beside the file
GOAL = "≤ 2"  # times the idle figure

HOST = """
peer = Peer("bench-host", **broker)
await peer.start()
links = Links(peer, name="Host", storage={})
links.start()
taken = 0
async def echo(link):
    chat = link.channel("chat")
    async for text in chat:
        await chat.send(text)
async def take(link):
    global taken
    async for piece in link.channel("load", bulk=True):
        taken += len(piece)
async def accept():
    async for link in links:
        asyncio.ensure_future(echo(link))
        asyncio.ensure_future(take(link))
accepting = asyncio.ensure_future(accept())
links.invites.issue().secret
"""
GUEST = """
import time
from statistics import median
peer = Peer(**broker)
await peer.start()
links = Links(peer, name="Guest", storage={})
links.start()
link = await links.connect("bench-host", %r)
chat, load = link.channel("chat"), link.channel("load", bulk=True)
async def round_trips(count):
    times = []
    for number in range(count):
        start = time.perf_counter()
        await chat.send(f"text {number}")
        await chat.receive()
        times.append(time.perf_counter() - start)
    return times
async def loaded(size):
    piece = bytes(250_000)
    async def send_all():
        for _ in range(size // len(piece)):
            await load.send(piece)
        await load.flush()
    started = time.perf_counter()
    sending = asyncio.ensure_future(send_all())
    await asyncio.sleep(0.3)  # until the pipe is full
    times = []
    while not sending.done():
        times += await round_trips(1)
        await asyncio.sleep(0.02)
    return times, size / (time.perf_counter() - started)
import json
"""


class Blocks:
    """Seconds, idle and beside the load: of each block, the median."""

    def __init__(self, name: str, goal: str = GOAL) -> None:
        self.name = name
        self.goal = goal
        self.idle: list[float] = []
        self.loaded: list[float] = []
        self.rates: list[float] = []  # of the load, in bytes a second

    def add(self, idle: list[float], loaded: list[float], rate: float) -> None:
        """Take one block."""
        self.idle.append(median(idle))
        self.loaded.append(median(loaded))
        self.rates.append(rate)
        print(
            f"{self.name}: {self.idle[-1] * 1000:.1f} ms idle, {self.loaded[-1] * 1000:.1f} ms "
            f"(longest {max(loaded) * 1000:.0f}) beside {rate / 1e6:.1f} MB/s",
            file=sys.stderr,
        )

    def cells(self) -> tuple[str, ...]:
        """The line of the table."""
        pairs = zip(self.loaded, self.idle, strict=True)
        ratios = sorted(loaded / idle for loaded, idle in pairs)
        return (
            self.name,
            f"{median(self.idle) * 1000:.1f} ms",
            f"{median(self.loaded) * 1000:.1f} ms",
            f"{median(ratios):.2f}{likely(ratios)}",
            f"{median(self.rates) / 1e6:.1f} MB/s",
            self.goal,
        )


def text_round_trips(browsers: Browsers, blocks: int) -> tuple[Blocks, Blocks]:
    """Texts over a Link of two pages that are the library alone, and over raw channels."""
    found = Blocks("a text's round trip")
    raw = Blocks("the same, raw channels", goal="")
    connected = raw_beside.connected(browsers)
    host, guest = python(browsers), python(browsers)
    run(guest, GUEST % run(host, HOST))
    result(guest, f"await round_trips({ROUND_TRIPS})")
    for _ in range(blocks):
        idle = result(guest, f"await round_trips({ROUND_TRIPS})")
        loaded, rate = result(guest, f"await loaded({LOAD})")
        found.add(idle, loaded, rate)
        raw.add(*raw_beside.measure(connected, LOAD, WINDOW, PART, ROUND_TRIPS))
    return found, raw


def result(page: Page, code: str) -> Any:
    """What Python in the page gives."""
    return json.loads(run(page, f"json.dumps({code})"))


def turns(browsers: Browsers, blocks: int) -> Blocks:
    """Turns of the app's slides, while the app sends a file."""
    found = Blocks("a turn until it is shown")
    expect.set_options(timeout=60_000)
    presenter = present(browsers, deck(2 * TURNS * blocks + 2))
    audience = follower(browsers, presenter)
    shows(audience, 1)
    frame(audience).evaluate(NOTE_SHOWN)
    presenter.evaluate(NOTE_PRESSED, "slides-next")
    turn = Turns(presenter, audience)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "load.bin"
        path.write_bytes(bytes(LOAD))
        for number in range(blocks):
            idle = [turn.one() for _ in range(TURNS)]
            presenter.set_input_files("#file-input", path)
            row = audience.locator("#transfers > article").nth(number)
            row.locator("[data-action=accept]").dispatch_event("click")
            expect(row).to_have_attribute("data-state", "active")
            began = audience.evaluate("performance.now()")
            loaded: list[float] = []
            while row.get_attribute("data-state") == "active" and len(loaded) < TURNS:
                loaded.append(turn.one())
            expect(row).to_have_attribute("data-state", "done", timeout=120_000)
            seconds = (audience.evaluate("performance.now()") - began) / 1000
            found.add(idle, loaded, LOAD / seconds)
    return found


class Turns:
    """One turn after the other.

    Args:
        presenter, audience: where it is pressed, and where it is to be seen.
    """

    def __init__(self, presenter: Page, audience: Page) -> None:
        self._presenter = presenter
        self._audience = audience
        self._count = 0

    def one(self) -> float:
        """Turn to the next slide; seconds until the audience sees it."""
        self._count += 1
        self._presenter.click("#slides-next")
        shown = frame(self._audience).evaluate(SHOWN, self._count)[-1]
        pressed = self._presenter.evaluate("pressed.at(-1)")
        shows(self._presenter, self._count + 1)
        return float(shown - pressed) / 1000


def beside_table(blocks: int) -> str:
    """Measure, and make a table."""
    with lab() as browsers:
        texts = text_round_trips(browsers, blocks)
    with lab() as browsers:
        slides = turns(browsers, blocks)
    head = ("beside 100 MB", "idle", "beside", "ratio", "load", "goal")
    widths = (28, 10, 10, 20, 12, 6)
    rows = (head, *(each.cells() for each in (*texts, slides)))
    return "\n".join("".join(f"{c:{w}}" for c, w in zip(row, widths, strict=True)) for row in rows)
