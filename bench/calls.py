"""A call over a Link against the same call in plain PeerJS, in the same run, in turns.

Two pages each, in browser processes of their own: pictures a second, the renderers' CPU time, and
from "accept" to the first picture of the other page. Then how long a call takes to heal, which
PeerJS does not; and six pages, each in a call with each.
"""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass, field
from itertools import combinations
from statistics import median
from typing import TYPE_CHECKING

from actions import stopped
from bench.call_pages import CallPage, PeerJsCaller, PythonCaller
from bench.measure import lab
from bench.report import Section, markdown
from bench.table import Figure

if TYPE_CHECKING:
    from harness import Browsers

WATCHED = 8.0  # seconds of a call, from its first picture on
SETTLED = 2.0  # seconds before
OUTAGE = 15.0  # seconds without a path
TWO = {"width": 640, "height": 480, "frameRate": 30}
SIX = {"width": 320, "height": 180, "frameRate": 15}
GOALS = {"pictures a second": "≥ 0.95", "CPU": "≤ 1.1", "accept to first picture": "≤ 1.2"}


@dataclass
class Measured:
    """What the blocks of one kind of page gave.

    Attributes:
        rates: pictures a second, the mean of both pages.
        cpu: seconds of both renderers in a second of the call.
        first: seconds from "accept" until it shows the other page's first picture.
    """

    rates: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    first: list[float] = field(default_factory=list)


def block(near: CallPage, far: CallPage, found: Measured) -> None:
    """One call, from its ring to its end."""
    near.ring(far.id)
    accepted = far.accept()
    found.first.append((far.first_picture(near.id) - accepted) / 1000)
    near.first_picture(far.id)
    near.page.wait_for_timeout(SETTLED * 1000)
    rates, cpu = watched([near, far], WATCHED)
    found.rates.append(sum(rates) / len(rates))
    found.cpu.append(cpu)
    near.hang_up()
    for each in (near, far):
        each.forget()


def watched(pages: list[CallPage], seconds: float) -> tuple[list[float], float]:
    """Pictures a second of each page from each other one, and CPU seconds a second of all."""
    before = [(page.counts(), page.cpu()) for page in pages]
    began = time.monotonic()
    pages[0].page.wait_for_timeout(seconds * 1000)
    after = [(page.counts(), page.cpu()) for page in pages]
    took = time.monotonic() - began
    rates = [
        (now[id] - then.get(id, 0)) / took
        for (then, _), (now, _) in zip(before, after, strict=True)
        for id in now
    ]
    cpu = sum(now - then for (_, then), (_, now) in zip(before, after, strict=True))
    return rates, cpu / took


Callers = tuple[PythonCaller, PythonCaller]


def two_pages(browsers: Browsers, blocks: int) -> tuple[Measured, Measured, Callers]:
    """Both kinds in turns."""
    plain, ours = Measured(), Measured()
    python = PythonCaller(browsers, "near", TWO), PythonCaller(browsers, "far", TWO)
    peerjs = PeerJsCaller(browsers, "js-near", TWO), PeerJsCaller(browsers, "js-far", TWO)
    python[0].meet(python[1])
    turns = [(peerjs, plain), (python, ours)]
    for pages, _ in turns:
        block(*pages, Measured())  # to warm up
    for number in range(blocks):
        for pages, found in turns if number % 2 else reversed(turns):
            block(*pages, found)
        _tell(number, plain, ours)
    return plain, ours, python


def _tell(number: int, plain: Measured, ours: Measured) -> None:
    load = os.getloadavg()[0]
    print(
        f"block {number + 1}: {plain.rates[-1]:.1f} and {ours.rates[-1]:.1f} pictures a second, "
        f"{plain.cpu[-1]:.2f} and {ours.cpu[-1]:.2f} CPU, "
        f"{plain.first[-1]:.2f} and {ours.first[-1]:.2f} s to the first; load {load:.1f}",
        file=sys.stderr,
    )


def healed(near: PythonCaller, far: PythonCaller, blocks: int) -> list[str]:
    """Seconds until pictures come again."""
    near.ring(far.id)
    far.accept()
    for here, there in ((near, far), (far, near)):
        here.first_picture(there.id)
    outages, reloads = [], []
    for _ in range(blocks):
        with stopped(far.page):
            near.page.wait_for_timeout(OUTAGE * 1000)
            count = near.counts()[far.id]
        began = time.monotonic()
        near.page.wait_for_function("([id, n]) => shown[id].count > n", arg=[far.id, count])
        outages.append(time.monotonic() - began)
        reloads.append(far.reload_into_the_call(near.id))
    return [
        _spread(f"pictures again after a path lost for {OUTAGE:.0f} s", outages),
        _spread("pictures again after a reload, its Python's start included", reloads),
    ]


def _spread(name: str, seconds: list[float]) -> str:
    return f"{name:60}{median(seconds):6.1f} s ({min(seconds):.1f}–{max(seconds):.1f})"


def six_pages(kind: type[CallPage]) -> str:
    """Six in a mesh: pictures a second from each to each."""
    with lab() as browsers:
        pages = [kind(browsers, f"six-{number}", SIX) for number in range(6)]
        for here, there in combinations(pages, 2):
            here.meet(there)
        for here, there in combinations(pages, 2):
            here.ring(there.id)
            there.accept()
        for page in pages:
            for other in pages:
                if other is not page:
                    page.first_picture(other.id)
        pages[0].page.wait_for_timeout(SETTLED * 1000)
        rates, cpu = watched(pages, WATCHED)
    name = "PeerScript" if kind is PythonCaller else "PeerJS"
    spread = f"{median(rates):5.1f} ({min(rates):.1f}–{max(rates):.1f})"
    return f"six pages, {name}: pictures a second from each to each {spread}, CPU {cpu:.2f}"


def calls_figures(blocks: int) -> list[Figure]:
    """Measure calls of two pages."""
    with lab() as browsers:
        plain, ours, _ = two_pages(browsers, blocks)
    return _figures(plain, ours)


def _figures(plain: Measured, ours: Measured) -> list[Figure]:
    pairs = (
        (plain.rates, ours.rates, "/s"),
        (plain.cpu, ours.cpu, "CPU"),
        (plain.first, ours.first, "ms"),
    )
    return [
        Figure(name, *pair, goal) for (name, goal), pair in zip(GOALS.items(), pairs, strict=True)
    ]


def calls_table(blocks: int) -> str:
    """Measure calls of two pages and of six, and how they heal."""
    with lab() as browsers:
        plain, ours, python = two_pages(browsers, blocks)
        healing = healed(*python, blocks)
        for problem in browsers.watch.unexpected():
            print(f"a page complained: {problem}", file=sys.stderr)
    table = markdown([Section("two pages", "PeerJS", _figures(plain, ours))])
    return "\n".join([table, *healing, *map(six_pages, (PeerJsCaller, PythonCaller))])
