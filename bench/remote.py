"""How long `await link.remote.echo(1)` takes, against a message that comes back.

Both go over channels of the same kind of one Link, between two browser processes, in blocks that
take turns. The message is what a page would write without remote functions: a loop that sends
every value back.
"""

from __future__ import annotations

import json
import sys
from statistics import median
from typing import TYPE_CHECKING

from bench.measure import LEAD_IN, ROUND_TRIPS, WARM_UP, lab
from bench.pages import isolated
from bench.table import likely
from pyodide_page import run, with_python

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from harness import Browsers

HOST = """
peer = Peer("bench-host", **broker)
await peer.start()
links = Links(peer, name="Host", storage={})
links.start()
async def serve(link):
    @link.serve
    async def echo(value: int) -> int:
        return value
    messages = link.channel("echo", kept=False)
    async for value in messages:
        await messages.send(value)
async def accept():
    async for link in links:
        asyncio.ensure_future(serve(link))
accepting = asyncio.ensure_future(accept())
links.invites.issue().secret
"""
GUEST = """
import json
from time import perf_counter
peer = Peer(**broker)
await peer.start()
links = Links(peer, name="Guest", storage={})
links.start()
link = await links.connect("bench-host", %r)
messages = link.channel("echo", kept=False)
async def message(number):
    await messages.send(number)
    return await messages.receive()
async def call(number):
    return await link.remote.echo(number)
async def round_trips(work, count):
    times = []
    for number in range(count):
        start = perf_counter()
        assert await work(number) == number
        times.append(perf_counter() - start)
    return json.dumps(times)
"""


def block(guest: Page, work: str) -> float:
    """Seconds of a round trip: the median of a block."""
    run(guest, f"await round_trips({work}, {int(ROUND_TRIPS * LEAD_IN)})")
    times: list[float] = json.loads(run(guest, f"await round_trips({work}, {ROUND_TRIPS})"))
    return median(times)


def measured(browsers: Browsers, blocks: int) -> tuple[list[float], list[float]]:
    """The blocks of messages, and those of calls."""
    host, guest = (with_python(browsers, isolated(browsers)) for _ in range(2))
    run(guest, GUEST % run(host, HOST))
    for _ in range(WARM_UP):
        block(guest, "message")
        block(guest, "call")
    messages: list[float] = []
    calls: list[float] = []
    pairs = [("message", messages), ("call", calls)]
    for number in range(blocks):
        for work, times in pairs if number % 2 else reversed(pairs):
            times.append(block(guest, work))
        print(f"\rblock {number + 1} of {blocks}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return messages, calls


def remote_table(blocks: int) -> str:
    """Measure, and make a table."""
    with lab() as browsers:
        messages, calls = measured(browsers, blocks)
    ratios = sorted(call / message for call, message in zip(calls, messages, strict=True))
    cells = (
        "await remote.echo(1)",
        f"{median(messages) * 1000:.2f} ms",
        f"{median(calls) * 1000:.2f} ms",
        f"{median(ratios):.2f}{likely(ratios)}",
        "≤ 1.3",
    )
    rows = (("round trip on a Link", "message", "call", "ratio", "goal"), cells)
    return "\n".join(
        "".join(f"{cell:{width}}" for cell, width in zip(row, (24, 12, 12, 20, 6), strict=True))
        for row in rows
    )
