"""Measures how the page starts, beside a bare page of stock Pyodide that does nothing else."""

from __future__ import annotations

import shutil
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import snapshots
from actions import READY_WITHIN
from bench.measure import lab
from bench.memory import at_rest
from bench.table import Figure
from firefox import firefox
from serving.node import packages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import BrowserContext, Page

    from harness import Browsers

SLOW = 4  # the factor of the rows with a slow processor
STOCK = "stock-0123456789abcdef"  # a name as of what never changes: as Pyodide's CDN serves it
BARE = f"""<!doctype html><title>bare</title><p id="my-id"></p><script type="module">
import {{loadPyodide}} from "./{STOCK}/pyodide.mjs";
window.py = await loadPyodide();
document.getElementById("my-id").textContent = py.version;
</script>"""
# As the page's first script: when its ID (or the bare page's version) stands there.
WATCH = """new MutationObserver((_, watch) => {
  const shown = document.getElementById("my-id")?.textContent;
  if (!shown || shown === "…") return;
  window.shown = performance.now();
  watch.disconnect();
}).observe(document, {subtree: true, childList: true, characterData: true});"""
SHOWN = """(() => {
  const shown = document.getElementById("my-id")?.textContent;
  return shown && shown !== "…" && performance.now();
})()"""
MADE = "document.body.dataset.made"  # whether the page has its snapshot
PAINTED = """new Promise((resolve) => new PerformanceObserver((list) => {
  const [painted] = list.getEntriesByName("first-contentful-paint");
  if (painted) resolve(painted.startTime);
}).observe({type: "paint", buffered: true}))"""  # a page that is busy may have to paint yet
BYTES = """['navigation', 'resource'].flatMap((type) => performance.getEntriesByType(type)).reduce(
 (sum, entry) => sum + entry.transferSize, 0)"""


@dataclass
class Visits:
    """What the visits of one page gave.

    Attributes:
        first, imported, repeat, slow: seconds from the navigation until the ID is shown, in a
            first visit, and in visits after it: before the page has its snapshot, with it, and
            with it and a slow processor.
        painted: seconds until the first paint of repeated visits.
        bytes: transferred in a first visit.
        memory: bytes of the page's process at rest, in a repeated visit.
        firefox_first, firefox_repeat: seconds as above, in Firefox.
    """

    path: str
    first: list[float] = field(default_factory=list)
    imported: list[float] = field(default_factory=list)
    repeat: list[float] = field(default_factory=list)
    slow: list[float] = field(default_factory=list)
    painted: list[float] = field(default_factory=list)
    bytes: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    firefox_first: list[float] = field(default_factory=list)
    firefox_repeat: list[float] = field(default_factory=list)


def start_figures(rounds: int) -> list[Figure]:
    """Visit both pages in turns."""
    with lab() as browsers:
        root = browsers.site.front.root
        shutil.copytree(packages() / "pyodide", root / STOCK, dirs_exist_ok=True)
        (root / "bare.html").write_text(BARE)
        bare, page = Visits("bare.html"), Visits("")
        for number in range(rounds):
            for visits in (bare, page) if number % 2 else (page, bare):
                visit(browsers, visits)
                visit_in_firefox(browsers, visits)
            print(f"\rround {number + 1} of {rounds}", end="", file=sys.stderr, flush=True)
        print(file=sys.stderr)
    return _figures(bare, page)


def visit(browsers: Browsers, visits: Visits) -> None:
    """One first visit, and visits after it, in a new browser."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        _visit(browsers, visits, Path(folder))
        visits.memory.append(at_rest(Path(folder), browsers.site.url + visits.path))


def visit_in_firefox(browsers: Browsers, visits: Visits) -> None:
    """One first visit and two after it, in a new Firefox; the last one counts."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder, firefox(Path(folder)) as window:
        for times in (visits.firefox_first, [], visits.firefox_repeat):
            window.open("about:blank")
            window.open(browsers.site.url + visits.path)
            times.append(window.eventually(SHOWN) / 1000)
            if times is visits.firefox_first and not visits.path:
                window.evaluate(f"void ({snapshots.MAKE})().then(() => {{ {MADE} = 'yes'; }})")
                window.eventually(MADE, READY_WITHIN / 1000)


def _visit(browsers: Browsers, visits: Visits, profile: Path) -> None:
    with _browser(browsers, profile) as context:
        page = context.new_page()
        visits.first.append(_start(page, browsers.site.url + visits.path))
        visits.bytes.append(page.evaluate(BYTES))
        url = browsers.site.url + visits.path
        page = _again(page, 1)
        visits.imported.append(_start(page, url))
        if page.evaluate("Boolean(document.querySelector(\"script[src$='/start.mjs']\"))"):
            page.evaluate("navigator.serviceWorker.ready.then(() => null)")
            snapshots.make(page)
        for times, slowness in ((visits.repeat, 1), (visits.repeat, 1), (visits.slow, SLOW)):
            page = _again(page, slowness)
            times.append(_start(page, url))
            if slowness == 1:
                visits.painted.append(page.evaluate(PAINTED) / 1000)


def _again(page: Page, slowness: int) -> Page:
    context = page.context
    page.close()
    page = context.new_page()
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slowness})
    return page


@contextmanager
def _browser(browsers: Browsers, profile: Path) -> Iterator[BrowserContext]:
    """A browser that has been nowhere; with a profile, since it compiles for the next visit only
    what it may store.
    """
    context = browsers.context(camera=False, profile=profile, worker=True)
    context.add_init_script(WATCH)
    yield context
    context.close()


def _start(page: Page, url: str) -> float:
    page.goto(url, wait_until="commit")
    page.locator("#my-id:not(:empty)").wait_for(state="attached", timeout=READY_WITHIN)
    deadline = time.monotonic() + READY_WITHIN / 1000
    while (shown := page.evaluate("window.shown")) is None:
        assert time.monotonic() < deadline, "the page is not ready"
        page.wait_for_timeout(20)
    return float(shown) / 1000


def _figures(bare: Visits, page: Visits) -> list[Figure]:
    rows = (
        ("first visit", "first", "ms", "≤ 1"),
        ("repeated visit before there is a snapshot", "imported", "ms", ""),
        ("repeated visit", "repeat", "ms", "≤ 0.40"),
        (f"repeated visit, processor slowed {SLOW} times", "slow", "ms", "≤ 0.40"),
        ("first visit, Firefox", "firefox_first", "ms", ""),
        ("repeated visit, Firefox", "firefox_repeat", "ms", ""),
        ("first paint of a repeated visit", "painted", "ms", ""),
        ("bytes of a first visit", "bytes", "MB", "≤ 5 MB"),
        ("memory at rest after a repeated visit", "memory", "MB", "≤ 1.1"),
    )
    return [
        Figure(name, getattr(bare, key), getattr(page, key), unit, goal)
        for name, key, unit, goal in rows
    ]
