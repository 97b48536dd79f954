"""What memory the browser's process of a page takes, at rest and at the most.

At rest, the page runs in a Chromium of its own that nothing watches while it loads: Playwright has
the process itself keep a copy of all that arrives, which would count.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.request import urlopen

from websockets.sync.client import connect

from actions import READY_WITHIN
from harness import FLAGS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

REST = 3.0  # seconds after the page is ready, and after its service worker has ended
COLLECTIONS = 2  # of garbage, before the count
WORK = "(() => { const end = performance.now() + 100; while (performance.now() < end); })()"
SHOWN = "document.getElementById('my-id')?.textContent.length > 1"


def at_rest(profile: Path, url: str) -> float:
    """Open a page with a browser's profile; what its process has written, in bytes: not the
    browser's program, of which a process's share depends on how many others run.
    """
    program = shutil.which("chromium")
    assert program, "Chromium is missing"
    told = profile / "DevToolsActivePort"
    told.unlink(missing_ok=True)
    options = ("--headless", "--remote-debugging-port=0", f"--user-data-dir={profile}")
    process = subprocess.Popen(
        [program, *FLAGS, *options, url], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _until(lambda: told.exists() and told.read_text())
        port = int(told.read_text().split()[0])
        with connect(_page(port), max_size=None) as wire:
            _until(lambda: _command(wire, "Runtime.evaluate", expression=SHOWN)["result"]["value"])
            time.sleep(REST)
            _end_service_workers(wire)
            time.sleep(REST)
            for _ in range(COLLECTIONS):
                _command(wire, "HeapProfiler.collectGarbage")
            return max(map(_own_size, _renderers(process.pid)))
    finally:
        process.terminate()
        process.wait()


def _until(holds: Any) -> None:
    deadline = time.monotonic() + READY_WITHIN / 1000
    while not holds():
        assert time.monotonic() < deadline, "the page is not ready"
        time.sleep(0.05)


def _page(port: int) -> str:
    with urlopen(f"http://127.0.0.1:{port}/json/list") as answer:
        (page,) = (each for each in json.load(answer) if each["type"] == "page")
    return str(page["webSocketDebuggerUrl"])


def _command(wire: Any, method: str, **parameters: object) -> Any:
    wire.send(json.dumps({"id": 1, "method": method, "params": parameters}))
    while (answer := json.loads(wire.recv())).get("id") != 1:
        pass
    return answer["result"]


def _end_service_workers(wire: Any) -> None:
    """As the browser does when they have had nothing to do for half a minute."""
    _command(wire, "ServiceWorker.enable")
    _command(wire, "ServiceWorker.stopAllWorkers")


def _renderers(process: int) -> Iterator[int]:
    """The processes with pages, among all that a browser has started."""
    for child in _children(process):
        if b"--type=renderer" in Path(f"/proc/{child}/cmdline").read_bytes():
            yield child
        yield from _renderers(child)


def _children(process: int) -> list[int]:
    threads = Path(f"/proc/{process}/task").glob("*/children")
    return [int(child) for each in threads for child in each.read_text().split()]


def process_of(page: Page) -> int:
    """The process that a page runs in: the one that works when the page is told to."""
    browser = page.context.browser
    assert browser
    found = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
    processes = [int(each["id"]) for each in found if each["type"] == "renderer"]
    before = {each: main_thread(each) for each in processes}
    page.evaluate(WORK)
    return max(processes, key=lambda each: main_thread(each) - before[each])


def main_thread(process: int) -> float:
    """Seconds that a process's main thread has computed."""
    return int(Path(f"/proc/{process}/task/{process}/schedstat").read_text().split()[0]) / 1e9


class Growth:
    """How a page's process grows from now on."""

    def __init__(self, page: Page) -> None:
        self._folder = Path(f"/proc/{process_of(page)}")
        (self._folder / "clear_refs").write_text("5")  # the peak is the present size again
        self._before = self._size("VmRSS")

    def most(self) -> float:
        """Bytes by which it was larger at the most; one at least, so that ratios can be made."""
        return max(1.0, self._size("VmHWM") - self._before)

    def _size(self, name: str) -> float:
        status = (self._folder / "status").read_text()
        return int(status.partition(f"{name}:")[2].split()[0]) * 1024


def _own_size(process: int) -> float:
    rollup = Path(f"/proc/{process}/smaps_rollup").read_text()
    sizes = dict(line.split()[:2] for line in rollup.splitlines()[1:])
    return 1024.0 * (int(sizes["Pss_Anon:"]) + int(sizes["Pss_Shmem:"]))
