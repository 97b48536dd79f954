"""Runs the pairs of pages in turns.

What else the machine does hits all pairs alike, because they take turns in short blocks; and who
follows whom changes from block to block, because one may profit or suffer from the one before.
"""

from __future__ import annotations

import random
import shutil
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

from bench.pages import BarePythonPage, PeerJsPage, PythonPage
from harness import Browsers, build_with_library, served
from serving.places import CACHE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.pages import BenchPage

ROUND_TRIPS = 150  # in a block
MESSAGES = 5000  # in a block
LEAD_IN = 0.1  # of a block goes before it, untimed: a page that has idled starts slowly
WARM_UP = 3  # blocks, untimed, so that the browser has compiled what runs often
PAGES = Path(__file__).parent.parent / "tests" / "browser" / "pages"


@dataclass
class Pair:
    """Two connected pages, and what their blocks gave.

    Attributes:
        round_trips: seconds; the median of each block.
        rates: messages a second, of each block.
    """

    near: BenchPage
    far: BenchPage
    round_trips: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)

    def warm_up(self) -> None:
        """Connect, and run what will be measured."""
        self.near.connect(self.far.id)
        for _ in range(WARM_UP):
            self.near.round_trips(self.far.id, ROUND_TRIPS)
            self.near.send_many(self.far.id, MESSAGES)

    def measure_round_trips(self) -> None:
        """Run one block."""
        self.near.round_trips(self.far.id, int(ROUND_TRIPS * LEAD_IN))
        self.round_trips.append(median(self.near.round_trips(self.far.id, ROUND_TRIPS)))

    def measure_rate(self) -> None:
        """Run one block."""
        self.near.send_many(self.far.id, int(MESSAGES * LEAD_IN))
        self.rates.append(MESSAGES / self.near.send_many(self.far.id, MESSAGES))


@dataclass
class Pairs:
    """Everything that is measured; PeerJS to itself is what the others are compared with."""

    peerjs: Pair
    bare: Pair
    peerscript: Pair
    peerscript_to_peerjs: Pair
    peerjs_to_peerscript: Pair

    def all(self) -> list[Pair]:
        """The pairs."""
        others = [self.bare, self.peerscript, self.peerscript_to_peerjs, self.peerjs_to_peerscript]
        return [self.peerjs, *others]


@contextmanager
def lab() -> Iterator[Browsers]:
    """Browsers, a broker, and the built page's parts."""
    root = build_with_library(CACHE / "bench-dist")
    shutil.copy(PAGES / "pyodide.html", root)
    with sync_playwright() as playwright, served(root) as site:
        browsers = Browsers(playwright, site)
        try:
            yield browsers
        finally:
            browsers.close()


def measured(blocks: int) -> Pairs:
    """Run so many blocks of each figure for each pair."""
    with lab() as browsers:
        peerjs, peerjs_far = PeerJsPage(browsers), PeerJsPage(browsers)
        python, python_far = PythonPage(browsers), PythonPage(browsers)
        pairs = Pairs(
            peerjs=Pair(peerjs, peerjs_far),
            bare=Pair(BarePythonPage(browsers), BarePythonPage(browsers)),
            peerscript=Pair(python, python_far),
            peerscript_to_peerjs=Pair(python, peerjs_far),
            peerjs_to_peerscript=Pair(peerjs, python_far),
        )
        for pair in pairs.all():
            pair.warm_up()
        for block in range(blocks):
            run_block(pairs.all(), block)
            print(f"\rblock {block + 1} of {blocks}", end="", file=sys.stderr, flush=True)
        print(file=sys.stderr)
        for problem in browsers.watch.unexpected():
            print(f"a page complained: {problem}", file=sys.stderr)
    return pairs


def run_block(pairs: list[Pair], number: int) -> None:
    """One block of each figure for each pair, in an order that is the same in every run."""
    in_turn = random.Random(number).sample(pairs, len(pairs))
    for pair in in_turn:
        pair.measure_round_trips()
    for pair in in_turn:
        pair.measure_rate()
