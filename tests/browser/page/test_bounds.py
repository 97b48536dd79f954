"""A peer that says too much: the page stays quick while it does, and afterwards."""

from __future__ import annotations

import itertools
import json
import re
import shutil
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from actions import eventually, invite, say, wait_connected
from app.files.transfers import KEPT
from harness import PAGES, Browsers, served, watched
from pyodide_page import python, run

pytestmark = pytest.mark.alone

LONGEST = 0.1  # seconds that the page may stand still
AGAIN_WITHIN = 10.0  # seconds after which it must be as quick as before
TEXTS = 2000
NUMBERS = itertools.count()  # of texts that are to be told apart
SIZE = 200  # rows that the page holds: ui.windowed
HOSTILE = """
from peerscript.link.links import Links
from peerscript.protocol.link.envelope import Envelope
from peerscript.protocol.values import pythonpack
await (peer := Peer(**broker)).start()
links = Links(peer, name="Mallory")
links.start()
link = links.dial(%r, %r)
await link.wait_connected()
files, chat = link.channel("peerscript/files", kept=False), link.channel("chat")
def offer(n):
    return {
        "kind": "offer", "id": n, "name": "", "files": 1, "size": 9, "key": f"{n:032x}",
        "again": False,
    }
def listing(n):
    entries = pythonpack.pack([[f"file {n}", 9, "", "", 0]])
    return {"kind": "list", "id": n, "entries": entries}
def cancel(n):
    ends = {"own": True, "failed": False, "first": 0, "end": 1, "reason": ""}
    return {"kind": "cancel", "id": n, **ends}
def text(n):
    return {"kind": "text", "text": f"text {n}"}
"""
OFFERS_IN_TURNS = """
for n in range(2500):
    await files.send(offer(n))
    await files.send(listing(n))
    await files.send(cancel(n))
await files.flush()
await chat.send(text(0))
"""
MANY_TEXTS = f"""
for n in range({TEXTS}):
    await chat.send(text(n))
    if n % 20 == 0:
        await asyncio.sleep(0)
"""
BURST = """
class Deaf:  # what is confirmed is what its own side did not count
    def on_message(self, path, message): ...
    on_envelope = on_message
frames = [
    Envelope("peerscript/files", n + 1, pythonpack.pack(offer(n))).encode() for n in range(100_000)
]
link._session._path._events = Deaf()
connection = link._session._path.connection
links._sessions.restore = lambda session: None  # who is dropped does not come again by the link
try:
    for frame in frames:
        await connection.send(frame)
except ConnectionClosed as error:
    print("it was dropped:", error)
async with asyncio.timeout(60):
    async for state in link.states():
        if not link.connected: break
"""


class Scene(NamedTuple):
    lab: Browsers
    host: Page
    hostile: Page
    quickness: float  # of the host, before anything happened


@pytest.fixture(scope="module")
def pages(
    playwright: Playwright, built: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Scene]:
    root = shutil.copytree(built, tmp_path_factory.mktemp("bounds") / "site", symlinks=True)
    shutil.copy(PAGES / "pyodide.html", root)
    with served(root) as site, watched(playwright, site) as lab:
        host = lab.ready()
        lab.ready(invite(host))
        wait_connected(host)
        before = quickness(host)
        yield Scene(lab, host, python(lab), before)


@pytest.fixture
def scene(pages: Scene) -> Iterator[Scene]:
    """A host who talks with a guest, and a script that comes by the same link."""
    with pages.lab.watch.checked():
        yield pages


def enter(scene: Scene) -> None:
    peer_id, _, secret = invite(scene.host)[1:].partition(".")
    run(scene.hostile, HOSTILE % (peer_id, secret))
    expect(scene.host.locator("#peers > [data-state=connected]")).to_have_count(2)
    browser(scene.host).start_tracing(page=scene.host, categories=["toplevel"])


def browser(page: Page) -> Browser:
    """The browser process of a page's own."""
    found = page.context.browser
    assert found
    return found


def longest_task(host: Page) -> float:
    """How long the page stood still at most since `enter`, in seconds: by the clock and by its
    thread's own time, so that neither what else the machine does nor a clock that jumps is counted.
    """
    events = json.loads(browser(host).stop_tracing())["traceEvents"]
    names = [each for each in events if each["name"] == "thread_name"]
    threads = {
        (each["pid"], each["tid"]) for each in names if each["args"]["name"] == "CrRendererMain"
    }
    tasks: list[float] = [
        min(each["dur"], each["tdur"]) / 1e6
        for each in events
        if each["name"] == "ThreadControllerImpl::RunTask"
        and "tdur" in each
        and (each["pid"], each["tid"]) in threads
    ]
    print(f"the longest of {len(tasks)} tasks: {max(tasks) * 1000:.0f} ms")
    return max(tasks)


def quickness(host: Page) -> float:
    """Seconds from sending a text to seeing it; the middle one of several."""
    times = []
    for _ in range(9):
        text = f"quick {next(NUMBERS)}"
        start = time.perf_counter()
        say(host, text)
        host.locator(".message .text", has_text=re.compile(f"^{text}$")).wait_for()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def is_quick_again(scene: Scene) -> None:
    """Soon; what else the machine does may make it wait, but not for long."""
    deadline = time.monotonic() + AGAIN_WITHIN
    while (now := quickness(scene.host)) >= 2 * scene.quickness:
        assert time.monotonic() < deadline, f"{scene.quickness:.3f} s before, {now:.3f} s after"


def leave(scene: Scene) -> None:
    run(scene.hostile, "await link.close()")
    expect(scene.host.locator("#peers > [data-state=connected]")).to_have_count(1)


def test_offers_that_are_cancelled_in_turns(scene: Scene) -> None:
    enter(scene)
    run(scene.hostile, OFFERS_IN_TURNS)
    scene.host.locator("#peers .unread:visible").wait_for()
    ended = scene.host.locator("#transfers > [data-state=cancelled]")
    assert ended.count() <= KEPT  # what is taken back before it is seen is not shown
    assert longest_task(scene.host) < LONGEST
    leave(scene)
    expect(scene.host.locator("#transfers > article")).to_have_count(0)
    is_quick_again(scene)


def test_thousands_of_texts(scene: Scene) -> None:
    host = scene.host
    enter(scene)
    run(scene.hostile, MANY_TEXTS)
    host.locator("#peers .unread", has_text=str(TEXTS)).wait_for(timeout=60_000)
    host.locator("#peers [data-action=choose]", has_text="Mallory").click()
    expect(host.locator(".message")).to_have_count(SIZE)
    expect(host.locator(".message .text").last).to_have_text(f"text {TEXTS - 1}")
    assert longest_task(host) < LONGEST
    scrolled_up_to_the_first(host)
    leave(scene)
    expect(host.locator(".message .text", has_text="text")).to_have_count(0)
    is_quick_again(scene)


def scrolled_up_to_the_first(host: Page) -> None:
    """Every text comes when it is scrolled to, at the place where the one above it was."""
    log = host.locator("#chat-log")
    seen = TEXTS - SIZE
    while seen > 0:
        first = host.locator(".message .text").first
        expect(first).to_have_text(f"text {seen}")
        log.evaluate("e => { e.scrollTop = 20; }")
        row = host.locator(".message .text", has_text=f"text {seen}").first
        eventually(host, f"document.querySelector('.message .text').textContent != 'text {seen}'")
        top = row.evaluate("e => e.getBoundingClientRect().top")
        box = log.bounding_box()
        assert box is not None
        assert box["y"] - 40 < top < box["y"] + 40
        assert host.locator(".message").count() <= 2 * SIZE
        seen -= SIZE // 2
    log.evaluate("e => { e.scrollTop = e.scrollHeight; }")
    eventually(
        host,
        f"(log => {{ log.scrollTop = log.scrollHeight;"
        f" return log.lastElementChild.textContent.startsWith('text {TEXTS - 1}'); }})"
        "(document.getElementById('chat-log'))",
    )


def test_a_burst_of_offers(scene: Scene) -> None:
    scene.lab.watch.expected += ["dropped", "a Link with"]  # are logged
    enter(scene)
    run(scene.hostile, BURST)
    expect(scene.host.locator("#peers > li")).to_have_count(1)
    expect(scene.host.locator("#transfers > article")).to_have_count(0)
    assert longest_task(scene.host) < LONGEST
    is_quick_again(scene)
