"""1,000 MB, and 10,000 files: what they take of memory, and for how long a page does nothing else.

Figures are printed; `pytest tests/browser -m long -s` shows them.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest
from playwright.sync_api import Page, Playwright

from file_pages import Chromium, Pair, file_lab, made, read_back

pytestmark = [pytest.mark.long, pytest.mark.alone]

MB = 1_000_000
GROWTH = 64 * MB  # of a renderer, at most
STALL = 100.0  # ms, at most
EVERY = 0.25  # seconds between two looks

# How long the page's thread was busy with one thing, as the browser itself counts it (Long Tasks),
# and, to compare, between two turns of a timer of 5 ms: that may wait for 100 ms while the thread
# is idle.
PROBE = """() => {
  window.stalls = [];
  let last = performance.now();
  setInterval(() => {
    const now = performance.now();
    if (now - last > 30) stalls.push([Math.round(last), Math.round(now - last)]);
    last = now;
  }, 5);
  new PerformanceObserver((list) => {
    for (const task of list.getEntries()) tasks.push(Math.round(task.duration));
  }).observe({type: "longtask"});
}"""
MEMORY = """() => ({
  javascript: performance.memory?.usedJSHeapSize ?? 0, python: py._module.HEAP8.length,
})"""


@dataclass
class Watched:
    """What a page has taken while something went on.

    Attributes:
        rest: bytes of its renderer before, and of its JavaScript and Python.
        most: the same at most, meanwhile.
        tasks, stalls: ms, the longest first.
    """

    name: str
    page: Page
    process: int
    rest: dict[str, int] = field(default_factory=dict)
    most: dict[str, int] = field(default_factory=dict)
    tasks: list[int] = field(default_factory=list)
    stalls: list[int] = field(default_factory=list)

    def look(self) -> None:
        for what, size in self._sizes().items():
            self.most[what] = max(self.most.get(what, 0), size)

    def _sizes(self) -> dict[str, int]:
        return {"renderer": pss(self.process), **self.page.evaluate(MEMORY)}

    def begin(self) -> None:
        session = self.page.context.new_cdp_session(self.page)
        session.send("HeapProfiler.collectGarbage")
        session.detach()
        self.rest = self._sizes()
        self.page.evaluate("stalls.length = 0; tasks.length = 0")

    def end(self) -> None:
        self.tasks = sorted(self.page.evaluate("tasks"), reverse=True)
        self.stalls = sorted((each for _, each in self.page.evaluate("stalls")), reverse=True)

    def __str__(self) -> str:
        sizes = ", ".join(
            f"{what} {self.rest[what] / MB:.0f} + {(most - self.rest[what]) / MB:.0f} MB"
            for what, most in self.most.items()
        )
        return f"{self.name}: {sizes}; longest tasks {self.tasks[:5]}, stalls {self.stalls[:5]} ms"


def pss(process: int) -> int:
    """Bytes of memory that a process has for itself, and its share of what it has with others."""
    for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    raise AssertionError(f"no such process: {process}")


def renderer(chromium: Chromium) -> int:
    """The process of a browser's page: the renderer with Python's memory."""
    browser = chromium.page.context.browser
    assert browser
    found = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
    processes: list[int] = [each["id"] for each in found if each["type"] == "renderer"]
    return max(processes, key=pss)


@pytest.fixture
def pair(playwright: Playwright, built: Path, tmp_path: Path) -> Iterator[Pair]:
    with file_lab(playwright, built, tmp_path / "site") as lab:
        pair = Pair(lab, tmp_path)
        # What is kept on purpose after the first transfer is no growth.
        made(tmp_path / "first", 8 * MB, 1)
        pair.give("files", tmp_path / "first")
        for each in (pair.giver, pair.taker):
            assert each.run("await side.outcome()") == "done"
            each.page.evaluate("window.tasks = []")
            each.page.evaluate(PROBE)
        yield pair
        assert lab.watch.unexpected() == []


def watched(pair: Pair, name: str, path: Path) -> tuple[list[Watched], float]:
    """Transfer what is chosen; what it took on both pages, and the seconds."""
    pages = [
        Watched(who, each.page, renderer(each))
        for who, each in (("giver", pair.giver), ("taker", pair.taker))
    ]
    for each in (pair.giver, pair.taker):
        each.run("await side.forget()")
    pair.giver.choose(name, path)
    for page in pages:
        page.begin()
    started = time.monotonic()
    pair.giver.run(f"await side.give({name!r})")
    while not pair.taker.run("bool(side.outcomes)"):
        for page in pages:
            page.look()
        pair.taker.page.wait_for_timeout(EVERY * 1000)
    seconds = time.monotonic() - started
    for page in pages:
        page.end()
    for each in (pair.giver, pair.taker):
        assert each.run("await side.outcome()") == "done"
    return pages, seconds


def test_a_gigabyte(pair: Pair, tmp_path: Path) -> None:
    size = 1000 * MB
    sent = made(tmp_path / "film", size, 1)
    pages, seconds = watched(pair, "files", tmp_path / "film")
    print(f"\n1,000 MB in {seconds:.1f} s: {size / seconds / MB:.1f} MB/s")
    print(*pages, sep="\n")
    assert read_back(pair.taker.page) == [sent]
    for page in pages:
        assert page.most["renderer"] - page.rest["renderer"] <= GROWTH
        assert page.tasks == [] or page.tasks[0] < STALL


@pytest.mark.parametrize("in_folder", [False, True], ids=["kept", "in a folder"])
def test_ten_thousand_small_files(pair: Pair, tmp_path: Path, in_folder: bool) -> None:
    pair.taker.run(f"await side.arrive(in_folder={in_folder})")
    count, source = 10_000, Random(1)
    for number in range(count):
        path = tmp_path / "pictures" / f"{number // 100:03}" / f"{number:05}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(source.randbytes(4096))
    pages, seconds = watched(pair, "folder", tmp_path / "pictures")
    print(f"\n{count:,} files in {seconds:.1f} s: {count / seconds:.0f} a second")
    print(*pages, sep="\n")
    for page in pages:
        assert page.tasks == [] or page.tasks[0] < STALL
