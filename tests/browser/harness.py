"""Real browsers, a real PeerServer, and the page served as people would serve it."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import ssl
import threading
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary, WeakSet

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    Playwright,
    Request,
)

import snapshots
from actions import invite, processes, wait_connected, wait_ready
from serving.answer import answer, headers
from serving.build import build
from serving.docs import write_pages
from serving.front import Front
from serving.peerserver import PeerServer

FLAGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # The address bar's popups are pages of their own, made for every window: half a second of a
    # processor each time.
    "--disable-features=WebRtcHideLocalIpsWithMdns,WebUIOmniboxPopup,WebUIOmniboxAimPopup",
    "--host-resolver-rules=MAP page.test 127.0.0.1, MAP nowhere.invalid ^NOTFOUND",
    "--autoplay-policy=no-user-gesture-required",
]
PAGES = Path(__file__).parent / "pages"  # those of the tests' own
# Five pictures a second: what encodes and decodes more of them is the processor.
FAKE_CAMERA = ["--use-fake-device-for-media-stream=fps=5", "--use-fake-ui-for-media-stream"]
# As a page's first script: its RTCPeerConnections can be reached as `window.paths`.
PATHS_KEPT = """(() => {
  const made = window.paths = [];
  window.RTCPeerConnection = class extends window.RTCPeerConnection {
    constructor(...given) { super(...given); made.push(this); }
  };
})()"""
# As a page's first script: no version is kept for its next start (decision 21). That would write
# 17 MB for each of the tests' pages, and what a service worker answers, Playwright's routes do not
# see. Registering never ends.
NO_WORKER = """(() => {
  if (origin === "null" || !navigator.serviceWorker) return;  // a deck's frame may not even ask
  navigator.serviceWorker.register = () => new Promise(() => {});
})()"""


def build_with_library(target: Path) -> Path:
    """Build the page and the docs, and put beside them what pages with the library alone unpack.

    That is bytecode: compiling the sources would take longer than starting Python does.
    """
    build(target, wheel=False)
    write_pages(target)
    with (
        zipfile.ZipFile(next(target.glob("page-*/python.zip"))) as made,
        zipfile.ZipFile(target / "app.zip", "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for name in made.namelist():
            if name.startswith(("peerscript/", "app/", "ui/")):
                archive.writestr(name, made.read(name))
    for folder in sorted((target / "vendor").glob("*-*")):  # by their names without the hash
        folder.with_name(folder.name.rpartition("-")[0]).symlink_to(folder.name)
    return target


@dataclass
class Site:
    """The page as it is served, and its broker; None if that is somebody else's."""

    front: Front
    broker_port: int
    _broker: PeerServer | None = field(repr=False)
    _loop: asyncio.AbstractEventLoop = field(repr=False)

    @property
    def url(self) -> str:
        scheme = "http" if self.front.tls is None else "https"
        return f"{scheme}://localhost:{self.front.port}/"

    @contextmanager
    def down(self) -> Iterator[None]:
        """Serve nothing, neither files nor the broker, while the block lasts."""
        asyncio.run_coroutine_threadsafe(self.front.stop(), self._loop).result()
        yield
        again = self.front.start("127.0.0.1", self.front.port)
        asyncio.run_coroutine_threadsafe(again, self._loop).result()

    def restart_broker(self, while_down: Callable[[], None]) -> None:
        """Stop the PeerServer, do something, and start it again on the same port."""
        assert self._broker is not None
        self._broker.stop()
        try:
            while_down()
        finally:
            self._broker.start()


class _Front(Front):
    """Has the page's snapshot, too."""

    def _answer(self, request: re.Match[str], head: bytes) -> bytes:
        path, dot, suffix = request["target"].partition(".")
        if path == snapshots.PATH:
            made = snapshots.snapshot(self.root)
            assert made is not None
            content = made.with_suffix(dot + suffix).read_bytes()
            return answer(headers(head), content, "application/octet-stream")
        return super()._answer(request, head)


@contextmanager
def served(
    root: Path,
    broker_port: int | None = None,
    tls: ssl.SSLContext | None = None,
    broker: PeerServer | None = None,
) -> Iterator[Site]:
    """Serve a folder for as long as the block lasts, with the broker at a port of this machine or
    a PeerServer that runs; without one, with a PeerServer of its own.
    """
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    with ExitStack() as own:
        if broker is None and broker_port is None:
            broker = own.enter_context(running_broker())
        port = broker_port if broker is None else broker.port
        assert port is not None
        front = _Front(root, port, ice_servers="[]", tls=tls)
        asyncio.run_coroutine_threadsafe(front.start("127.0.0.1"), loop).result()
        try:
            yield Site(front, port, broker, loop)
        finally:
            asyncio.run_coroutine_threadsafe(_stop(front), loop).result()
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
            loop.close()


@contextmanager
def running_broker() -> Iterator[PeerServer]:
    """Run a PeerServer for as long as the block lasts."""
    broker = PeerServer()
    try:
        broker.start()
        yield broker
    finally:
        broker.stop()


async def _stop(front: Front) -> None:
    await front.stop()
    await asyncio.get_running_loop().shutdown_default_executor()  # the front's threads


@dataclass
class Watch:
    """What a page must not do unless its test says so.

    Attributes:
        sites: the only origins that it may ask.
        problems: console errors, exceptions, and requests to third parties.
        expected: parts of problems that this test is about.
    """

    sites: list[str]
    problems: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def attach(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.problems.append(f"exception: {error}"))
        page.on("request", self._request)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.problems.append(f"console: {message.text} ({message.location.get('url')})")

    def _request(self, request: Request) -> None:
        if request.url.startswith("http") and not request.url.startswith(tuple(self.sites)):
            self.problems.append(f"third party: {request.url}")

    def unexpected(self) -> list[str]:
        return [
            problem
            for problem in self.problems
            if not any(part in problem for part in self.expected)
        ]

    @contextmanager
    def checked(self) -> Iterator[None]:
        """One test of several that share their pages; what it finds is no other's problem."""
        self.expected.clear()
        yield
        unexpected = self.unexpected()
        self.problems.clear()
        assert unexpected == []


# Browsers without a profile whose pages are closed, by how they were started. What a page knows
# ends with its context, so another test may have them: a start is a fifth of a page's own work.
_Idle = dict[tuple[str, ...], list[Browser]]
_idle: WeakKeyDictionary[Playwright, _Idle] = WeakKeyDictionary()


def _an_idle(playwright: Playwright, args: tuple[str, ...]) -> Browser | None:
    found = _idle.get(playwright, {}).get(args, [])
    while found:
        if (browser := found.pop()).is_connected():
            return browser
    return None


_all: WeakSet[Browsers] = WeakSet()
# What a page says of itself and of others.
_SHOWN = """() => ["#my-id", "#status", "#loading:popover-open", "#peers > *", ".notice"]
  .flatMap((place) => [...document.querySelectorAll(place)])
  .map((part) => [part.id, part.dataset.state, part.innerText].filter((each) => each).join(" "))
  .join("; ").replaceAll("\\n", " ")"""


def shown_by_pages() -> list[str]:
    """Of each page that is open and answers: its address, and what it shows of its state."""
    pages = [page for each in _all for page in each.pages]
    found = []
    for page in pages:
        try:
            shown = page.locator("html").evaluate(_SHOWN, timeout=5_000)
            found.append(f"{page.url}: {shown}")
        except Error as error:
            found.append(f"{page.url}: {error.message}")
    return [*found, *(problem for each in _all for problem in each.watch.problems)]


class Browsers:
    """Browser processes of one test; each page gets a process of its own."""

    def __init__(self, playwright: Playwright, site: Site) -> None:
        _all.add(self)
        self._playwright = playwright
        self._open: list[tuple[Browser, tuple[str, ...] | None]] = []
        self.watch = Watch([site.url])
        self.site = site

    def context(
        self,
        *,
        camera: bool = True,
        profile: Path | None = None,
        first_visit: bool = False,
        worker: bool = False,
        flags: Sequence[str] = (),
        **options: object,
    ) -> BrowserContext:
        """A Chromium process that nothing else uses.

        Args:
            profile: where it keeps what pages store; it has that at its next start.
            first_visit: without a profile, Python starts without a snapshot.
            worker: let pages have a service worker.
        """
        program = shutil.which("chromium")
        if program is None:
            raise RuntimeError("Chromium is missing: install it, or run `nox -s browser`")
        args = (*FLAGS, *(FAKE_CAMERA if camera else ()), *flags)
        launch: dict[str, Any] = {"executable_path": program, "args": args}
        settings: dict[str, Any] = {"accept_downloads": True, **options}
        chromium = self._playwright.chromium
        if profile is None:
            browser = _an_idle(self._playwright, args) or chromium.launch(**launch)
            context = browser.new_context(**settings)
            snapshots.give(context, self.site.front.root, first_visit=first_visit)
        else:
            context = chromium.launch_persistent_context(profile, **launch, **settings)
        if not worker:
            context.add_init_script(NO_WORKER)
        assert context.browser
        self._open.append((context.browser, args if profile is None else None))
        return context

    def page(self, *, camera: bool = True, **options: object) -> Page:
        """An empty page in a new Chromium process."""
        page = self.context(camera=camera, **options).new_page()  # type: ignore[arg-type]
        page.set_default_timeout(30_000)
        self.watch.attach(page)
        return page

    def ready(self, fragment: str = "", *, camera: bool = True, **options: object) -> Page:
        """The app, open at the broker, in a new Chromium process."""
        page = self.page(camera=camera, **options)
        page.goto(self.site.url + fragment)
        wait_ready(page)
        return page

    def ready_at(self, host: str, fragment: str = "") -> Page:
        """The app under another host name of this machine, as a phone would see it: not secure."""
        url = f"http://{host}:{self.site.front.port}/"
        self.watch.sites.append(url)
        page = self.page()
        page.goto(url + fragment)
        wait_ready(page)
        return page

    def pair(self) -> tuple[Page, Page]:
        """Two pages in two processes, connected by the first one's link."""
        host = self.ready()
        guest = self.ready(invite(host))
        for page in (host, guest):
            wait_connected(page)
        return host, guest

    @property
    def pages(self) -> list[Page]:
        """Those that are open."""
        browsers = [browser for browser, _ in self._open if browser.is_connected()]
        return [
            page for browser in browsers for context in browser.contexts for page in context.pages
        ]

    def kill(self, page: Page) -> None:
        """End a page's browser process as a power cut would: no event, no goodbye."""
        for process in processes(page):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        self._open = [each for each in self._open if each[0] is not page.context.browser]

    def close(self) -> None:
        for browser, args in self._open:
            if args is None or not browser.is_connected():
                browser.close()
                continue
            for context in browser.contexts:
                context.close()
            _idle.setdefault(self._playwright, {}).setdefault(args, []).append(browser)
        self._open.clear()


@contextmanager
def watched(playwright: Playwright, site: Site) -> Iterator[Browsers]:
    """Browser processes; a console error, exception or third-party request fails the test."""
    browsers = Browsers(playwright, site)
    try:
        yield browsers
        unexpected = browsers.watch.unexpected()
        assert not unexpected, "\n".join(unexpected)
    finally:
        browsers.close()
