"""How long a text's round trip and a slide's turn take while a file travels beside them.

Each figure is taken idle and under load in turns, in the same run, between two browser processes:
a text is echoed over a kept channel of a Link, a turn is seen by a follower; the load is bytes over
a bulk channel of the same Link, as fast as it takes them.
"""

from __future__ import annotations

import sys
from statistics import median
from typing import TYPE_CHECKING, Any

from bench.measure import lab
from pyodide_page import python, run

if TYPE_CHECKING:
    from harness import Browsers

LOAD = 100_000_000  # bytes
ROUND_TRIPS = 40  # in a block
GOAL = 2.0  # times the idle figure, at most

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
async def loaded(size, count):
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


def text_round_trips(browsers: Browsers, blocks: int) -> dict[str, list[float]]:
    """Seconds of round trips, idle and loaded, and bytes a second of the load."""
    host, guest = python(browsers), python(browsers)
    secret = run(host, HOST)
    run(guest, GUEST % secret)
    run(guest, f"json.dumps(await round_trips({ROUND_TRIPS}))")
    found: dict[str, list[float]] = {"idle": [], "loaded": [], "rate": []}
    for _ in range(blocks):
        found["idle"].append(median(_loads(guest, f"await round_trips({ROUND_TRIPS})")))
        times, rate = _loads(guest, f"await loaded({LOAD}, 0)")
        found["loaded"].append(median(times))
        found["rate"].append(rate)
        print(
            f"{found['idle'][-1] * 1e3:.2f} ms idle, {found['loaded'][-1] * 1e3:.2f} ms loaded (of {len(times)}, max {max(times) * 1e3:.1f}), {rate / 1e6:.1f} MB/s",
            file=sys.stderr,
        )
    return found


def _loads(page: Any, code: str) -> Any:
    import json

    return json.loads(run(page, f"json.dumps({code})"))


if __name__ == "__main__":
    with lab() as browsers:
        text_round_trips(browsers, 4)
