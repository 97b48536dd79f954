"""A page with Python in a browser whose disk outlives it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

from playwright.sync_api import Page, Playwright

from firefox import Firefox, firefox
from harness import FLAGS
from pyodide_page import START

GONE_WITHIN = 20.0  # seconds


class Disk(Protocol):
    """A page with Python."""

    def run(self, code: str) -> Any:
        """The value of the last line, which JSON can carry."""

    def reload(self) -> None:
        """Load the page again."""

    def kill(self) -> None:
        """End the browser as a power cut would, start another one and open the page in it."""


class ChromiumDisk:
    def __init__(self, playwright: Playwright, url: str, profile: Path) -> None:
        self._playwright, self._url, self._profile = playwright, url, profile
        self._start()

    def _start(self) -> None:
        self.context = self._playwright.chromium.launch_persistent_context(
            self._profile, executable_path=shutil.which("chromium"), args=FLAGS
        )
        self.page = self.open()

    def open(self) -> Page:
        """A tab with the page."""
        page = self.context.new_page()
        page.goto(self._url)
        page.evaluate(START)
        return page

    def run(self, code: str) -> Any:
        return run_in(self.page, code)

    def reload(self) -> None:
        self.page.reload()
        self.page.evaluate(START)

    def kill(self) -> None:
        for process in processes_of(self._profile):
            with suppress(ProcessLookupError):  # with the one before
                os.kill(process, signal.SIGKILL)
        deadline = time.monotonic() + GONE_WITHIN
        while processes_of(self._profile):
            assert time.monotonic() < deadline, "the browser does not end"
        for lock in self._profile.glob("Singleton*"):
            lock.unlink()
        self._start()

    def close(self) -> None:
        self.context.close()


class FirefoxDisk:
    def __init__(self, url: str, profile: Path) -> None:
        self._url, self._profile = url, profile
        self._process = ExitStack()
        self._start()

    def _start(self) -> None:
        self.firefox: Firefox = self._process.enter_context(firefox(self._profile))
        self.reload()

    def run(self, code: str) -> Any:
        return self._evaluate(f"py.runPythonAsync({json.dumps(code)})")

    def reload(self) -> None:
        self.firefox.open(self._url)
        self._evaluate(f"({START})()")

    def kill(self) -> None:
        self._process.close()
        self._start()

    def close(self) -> None:
        self._process.close()

    def _evaluate(self, expression: str) -> Any:
        self.firefox.evaluate(
            "void (window.answer = null,"
            f" Promise.resolve({expression})"
            ".then((found) => { window.answer = [true, found ?? null]; },"
            " (error) => { window.answer = [false, String(error)]; }))"
        )
        done, found = self.firefox.eventually("window.answer", 90)
        assert done, found
        return found


def run_in(page: Page, code: str) -> Any:
    return page.evaluate("code => py.runPythonAsync(code)", code)


def processes_of(profile: Path) -> list[int]:
    """The processes that were started with a profile."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):  # one that has just ended
                if str(profile).encode() in (entry / "cmdline").read_bytes():
                    found.append(int(entry.name))
    return found


@contextmanager
def disk(engine: str, playwright: Playwright, url: str, profile: Path) -> Iterator[Any]:
    """A browser of that kind with a profile of its own."""
    started = (
        ChromiumDisk(playwright, url, profile)
        if engine == "chromium"
        else FirefoxDisk(url, profile)
    )
    try:
        yield started
    finally:
        started.close()


@contextmanager
def room(page: Page, size: int) -> Iterator[None]:
    """Let the browser have so much more room on its disk than it uses; if none, also nothing of
    what is freed meanwhile.
    """
    usage = page.evaluate("async () => (await navigator.storage.estimate()).usage")
    origin = page.evaluate("location.origin")
    browser = page.context.new_cdp_session(page)
    # The page is not told: `estimate` goes on saying 10 GiB, as on any other full disk.
    quota = usage + size if size else 1
    browser.send("Storage.overrideQuotaForOrigin", {"origin": origin, "quotaSize": quota})
    try:
        yield
    finally:
        browser.send("Storage.overrideQuotaForOrigin", {"origin": origin})
        browser.detach()
