"""Nothing is left of what is over: proxies, paths, PeerJS's connections, tasks, on both pages."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright

from harness import PAGES, Browsers, served
from pyodide_page import PRELUDE, START, run

CYCLES = 1000
WARM_UP = 40  # the first of each kind fill what is kept on purpose
AT_ONCE = 4  # of a kind, side by side
SETTLED_WITHIN = 20.0  # seconds

# Before PeerJS loads: remember every path, without keeping it alive.
REMEMBER = """
window.paths = [];
window.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(...given) { super(...given); paths.push(new WeakRef(this)); }
};
"""
COUNTS = """() => {
  const lists = brokers.flatMap((peer) => Object.values(peer.connections));
  const inUse = paths.filter((ref) => (ref.deref()?.connectionState ?? "closed") !== "closed");
  py._module._clear_method_call_singleton?.();
  return {
    keys: py._module.hiwire.num_keys(),
    proxies: py._module.pyproxy_alloc_map.size,
    paths: inUse.length,
    "PeerJS connections": lists.reduce((sum, list) => sum + list.length, 0),
  };
}"""
PYTHON_COUNTS = """
import gc, json
gc.collect()
json.dumps({
    "tasks": len(asyncio.all_tasks()),
    "connections and calls": sum(
        isinstance(held, DataConnection | MediaConnection) for held in gc.get_objects()
    ),
})
"""
WORK = """
from peerscript.peer import incoming as arrivals
from peerscript.media import connection as call
arrivals.OPENING_TIMEOUT = call.DECLINE_TIMEOUT = 10.0
me = Peer("%s", **broker)
await me.start()
"""
SERVE = """
async def serve(conn):
    async for value in conn:
        await conn.send(value)
        if conn.label == "hang up":
            await conn.close()

async def serve_call(call):
    if call.metadata == "take":
        await call.answer()
        await call.wait_closed()
    elif call.metadata == "hang up":
        connected = asyncio.Event()
        call.on("willCloseOnRemote", connected.set)
        await call.answer()
        await connected.wait()
        await call.close()
    else:
        await call.decline()

async def serve_all(arriving, serve):
    async with asyncio.TaskGroup() as group:
        async for arrived in arriving:
            group.create_task(serve(arrived))

serving = [
    asyncio.ensure_future(serve_all(me.connections(), serve)),
    asyncio.ensure_future(serve_all(me.calls(), serve_call)),
]
"""
VISIT = """
from contextlib import suppress

async def several(count, one):
    numbers = iter(range(count))
    async def some():
        for number in numbers:
            await one(number)
    async with asyncio.TaskGroup() as group:
        for _ in range(AT_ONCE):
            group.create_task(some())

async def cycle(number):
    async with me.connect("server") as conn:
        await conn.send({"number": number % 100})
        assert await conn.receive() == {"number": number % 100}

async def in_a_row(number):
    sent = [str(each) for each in range(100)]
    async with me.connect("server", serialization="raw") as conn:
        for each in sent:
            await conn.send(each)
        assert [await conn.receive() for _ in sent] == sent

async def ended_from_there(number):
    conn = await me.connect("server", label="hang up")
    await conn.send(number)
    assert [value async for value in conn] == [number]
    await conn.wait_closed()

async def cancelled(number):
    with suppress(TimeoutError):  # most are; the slowest limits let some through
        async with asyncio.timeout(number % 40 / 1000):
            conn = await me.connect("server")
        await conn.close(flush=False)

async def unanswered(number):
    await times_out(me.connect("mute", timeout=0.02))

async def unavailable(number):
    await times_out(me.connect(f"nobody-{number}", timeout=0.02))

async def times_out(connecting):
    try:
        await connecting
    except ConnectTimeout:
        return
    raise AssertionError("somebody answered")

async def call_once(number):
    wanted = ("take", "hang up", "decline", "give up")[number % 4]
    sends = number % 8 < 4
    call = await me.call("server", stream if sends else None, metadata=wanted)
    try:
        await call.answered(timeout=0.05 if wanted == "give up" else 20.0)
        if wanted == "hang up":
            await call.wait_closed()
    except (CallDeclined, ConnectTimeout):
        # The others are to end like this. So does a call in which neither side sends anything.
        if wanted == "take" and sends:
            raise
    finally:
        await call.close()
"""


@pytest.fixture(scope="module")
def pages(
    playwright: Playwright, built: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Sequence[Page]]:
    """A page that serves and one that visits, each in its own process."""
    root = tmp_path_factory.mktemp("leaks") / "site"
    shutil.copytree(built, root, symlinks=True)
    shutil.copy(PAGES / "pyodide.html", root)
    with served(root) as site:
        browsers = Browsers(playwright, site)
        try:
            server, visitor = counted(browsers), counted(browsers)
            run(server, WORK % "server" + SERVE)
            run(visitor, f"AT_ONCE = {AT_ONCE}\n" + WORK % "visitor" + VISIT)
            run(visitor, "stream = await media.get_user_media()\nNone")
            log_on_as_mute(server)
            yield (server, visitor)
            assert browsers.watch.unexpected() == []
        finally:
            browsers.close()


def counted(lab: Browsers) -> Page:
    """A page with Python that remembers what it made."""
    page = lab.page()
    page.add_init_script(REMEMBER)
    page.goto(f"{lab.site.url}pyodide.html")
    page.evaluate(
        """() => {
          window.brokers = [];
          peerjs.Peer = class extends peerjs.Peer {
            constructor(...given) { super(...given); brokers.push(this); }
          };
        }"""
    )
    page.evaluate(START)
    page.evaluate("py._module.enable_pyproxy_allocation_tracing()")
    page.evaluate("code => py.runPythonAsync(code)", PRELUDE % lab.site.front.port)
    return page


def log_on_as_mute(page: Page) -> None:
    """Let the broker know somebody who never answers."""
    page.evaluate(
        """() => new Promise((resolve) => {
          window.mute = new WebSocket(`ws://${location.host}/peerjs?key=peerjs&id=mute&token=t`);
          mute.onmessage = resolve;
        })"""
    )


def counts(page: Page) -> dict[str, int]:
    """What is there now, after both garbage collectors."""
    in_python = json.loads(run(page, PYTHON_COUNTS))
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    session.detach()
    return {**page.evaluate(COUNTS), **in_python}


def counts_like(
    before: Sequence[dict[str, int]], pages: Sequence[Page], within: float = SETTLED_WITHIN
) -> Sequence[dict[str, int]]:
    """The counts of all pages, when they are what they were or will not be any more."""
    deadline = time.monotonic() + within
    while (now := [counts(page) for page in pages]) != before and time.monotonic() < deadline:
        pages[0].wait_for_timeout(200)
    return now


def settled(pages: Sequence[Page]) -> Sequence[dict[str, int]]:
    """The counts of all pages when nothing is under way."""
    before: Sequence[dict[str, int]] = [counts(page) for page in pages]
    while (now := counts_like(before, pages, within=0)) != before or any(
        there["paths"] for there in now
    ):
        before = now
    return before


PART = 100  # connections


def visit(page: Page, kind: str, count: int) -> None:
    while count > 0:  # in parts, each of which may take as long as a call of `run`
        run(page, f"await several({min(count, PART)}, {kind})\nNone")
        count -= PART


KINDS = {
    "cycle": CYCLES,
    "in_a_row": 60,
    "ended_from_there": 100,
    "cancelled": 120,
    "unanswered": 100,
    "unavailable": 50,
    "call_once": 40,
}


@pytest.mark.parametrize(("kind", "count"), KINDS.items())
def test_nothing_is_left(kind: str, count: int, pages: Sequence[Page]) -> None:
    visit(pages[1], kind, WARM_UP)
    before = settled(pages)
    visit(pages[1], kind, count)
    assert counts_like(before, pages) == before


def test_a_leak_is_seen(pages: Sequence[Page]) -> None:
    before = settled(pages)
    run(
        pages[1],
        "from peerscript.bridge.listeners import Listeners\n"
        "close, Listeners.close = Listeners.close, lambda self: None",
    )
    visit(pages[1], "cycle", 1)
    run(pages[1], "Listeners.close = close")
    after = [counts(page) for page in pages]
    grown = {name for name in before[1] if after[1][name] > before[1][name]}
    assert {"keys", "proxies", "connections and calls"} <= grown
