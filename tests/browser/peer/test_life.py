"""The life of a peer: its broker lost and found, its ID held by a dead socket, its end."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Playwright

from actions import stopped
from harness import PAGES, Browsers, served
from pyodide_page import PRELUDE, START, python, run

pytestmark = pytest.mark.alone
# An illegal move of a state machine is an exception; here every one of them is kept.
WATCHED = """
problems = []
asyncio.get_running_loop().set_exception_handler(
    lambda loop, context: problems.append(str(context.get("exception") or context["message"]))
)

async def until(peer, wanted):
    async for state in peer.states():
        if state is wanted:
            break

async def outcome(work):
    try:
        async with asyncio.timeout(8):
            await work
    except TimeoutError as error:
        return type(error).__name__ if isinstance(error, PeerScriptError) else "hangs"
    except Exception as error:
        return type(error).__name__
    return "ends"
"""
ECHO = """
server = Peer("server", token="secret", **broker)
await server.start()
async def echo(conn):
    try:
        async for value in conn:
            await conn.send(value)
    except ConnectionClosed:
        pass  # the answer came too late
server.on("connection", echo)
"""
CLOSE_ALL = """
for left in [value for value in globals().values() if isinstance(value, Peer)]:
    await left.close()
found, problems[:] = "\\n".join(problems), []
found
"""
LOG_ON_AS_MUTE = """() => new Promise((resolve) => {
  window.mute = new WebSocket(`ws://${location.host}/peerjs?key=peerjs&id=mute&token=t`);
  mute.onmessage = resolve;
})"""


class Pool:
    """Pages with Python whose stray exceptions are kept, each in its own process."""

    def __init__(self, lab: Browsers) -> None:
        self.lab = lab
        self._free: list[Page] = []
        self._used: list[Page] = []

    def pages(self, count: int) -> list[Page]:
        """Pages for one test; those that it leaves usable are used again."""
        while len(self._free) < count:
            page = python(self.lab)
            run(page, WATCHED)
            self._free.append(page)
        taken, self._free = self._free[:count], self._free[count:]
        self._used += taken
        return taken

    def tidy(self) -> None:
        """Close what the test left open, and look for stray exceptions."""
        used, self._used = [page for page in self._used if not gone(page)], []
        for page in used:
            assert run(page, CLOSE_ALL) == ""
        self._free += used


def gone(page: Page) -> bool:
    browser = page.context.browser
    return page.is_closed() or browser is None or not browser.is_connected()


@pytest.fixture(scope="module")
def the_pool(
    playwright: Playwright, built: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Pool]:
    root = tmp_path_factory.mktemp("life") / "site"
    shutil.copytree(built, root, symlinks=True)
    shutil.copy(PAGES / "pyodide.html", root)
    with served(root) as site:
        lab = Browsers(playwright, site)
        try:
            yield Pool(lab)
        finally:
            lab.close()


@pytest.fixture
def pool(the_pool: Pool) -> Iterator[Pool]:
    """Pages, which must not complain."""
    with the_pool.lab.watch.checked():
        yield the_pool
        the_pool.tidy()


def took(page: Page, code: str) -> float:
    """Seconds that it takes to run Python."""
    start = time.monotonic()
    run(page, code)
    return time.monotonic() - start


def test_the_broker_is_lost_and_found(pool: Pool) -> None:
    server, client = pool.pages(2)
    pool.lab.watch.expected += ["WebSocket connection", "ERR_", "broker: "]
    run(server, ECHO)
    run(
        client,
        """
me = Peer("client", **broker)
events = []
for name in ("open", "disconnected", "error", "close"):
    me.on(name, lambda *_, name=name: events.append(name))
await me.start()
conn = await me.connect("server")
given_up = Peer("given-up", **broker)
await given_up.start()
""",
    )

    def while_down() -> None:
        for page, peer in ((server, "server"), (client, "me"), (client, "given_up")):
            run(page, f"await until({peer}, PeerState.DISCONNECTED)")
            run(page, f"{peer}_back = asyncio.ensure_future({peer}.reconnect(timeout=None))")
        assert run(client, "await conn.send('still here')\nawait conn.receive()") == "still here"
        assert run(client, 'await outcome(me.connect("server"))') in ("hangs", "BrokerUnreachable")
        assert run(client, "await given_up.close()\nawait outcome(given_up_back)") == "Disconnected"
        assert run(client, "str(me_back.done())") == "False"

    pool.lab.site.restart_broker(while_down)
    run(server, "await server_back")
    assert run(client, "await me_back\nme.id") == "client"
    assert run(client, "await conn.send('after')\nawait conn.receive()") == "after"
    again = 'new = await me.connect("server")\nawait new.send("new")\nawait new.receive()'
    assert run(client, again) == "new"
    run(client, "await me.close()")
    told = run(client, '" ".join(events)').split()
    assert told[:2] == ["open", "disconnected"] or told[:3] == ["open", "error", "disconnected"]
    assert told[-2:] == ["open", "close"]


def test_a_reloaded_page_has_its_id_again_at_once(pool: Pool) -> None:
    (page,) = pool.pages(1)
    log_on = 'me = Peer("same", token="secret", **broker)\nawait me.start()'
    run(page, log_on)
    for _ in range(3):
        page.reload()
        page.evaluate(START)
        run(page, PRELUDE % pool.lab.site.front.port + WATCHED)
        assert took(page, log_on) < 2
        assert run(page, "me.id") == "same"


def test_a_dead_socket_holds_the_id_and_we_come_back_all_the_same(pool: Pool) -> None:
    """peerjs#1289: PeerServer takes the new socket and says nothing."""
    first, second, visitor = pool.pages(3)
    pool.lab.watch.expected += ["WebSocket connection", "ERR_", "broker: "]
    run(first, ECHO)
    with stopped(first):
        assert took(second, ECHO) < 12
    pool.lab.kill(first)
    trip = """
async with Peer(**broker) as me, me.connect("server") as conn:
    await conn.send("to whom?")
    answer = await conn.receive()
answer
"""
    assert run(visitor, trip) == "to whom?"


def test_a_taken_id_is_told_quickly(pool: Pool) -> None:
    (page,) = pool.pages(1)
    pool.lab.watch.expected += ["broker: "]
    run(page, 'me = Peer("taken", token="mine", **broker)\nawait me.start()')
    start = time.monotonic()
    other = 'await outcome(Peer("taken", token="theirs", **broker).start())'
    assert run(page, other) == "IdTaken"
    assert time.monotonic() - start < 2
    assert run(page, "me.open")


# What is under way while the peer is closed, and how it may end.
PENDING: dict[str, tuple[str, set[str]]] = {
    "connect": ('me.connect("mute")', {"ConnectionClosed"}),
    "call": ('(await me.call("mute")).answered()', {"ConnectionClosed", "CallDeclined"}),
    "the wait for a call's end": ('(await me.call("mute")).wait_closed()', {"ends"}),
    "receive": ('(await me.connect("server")).receive()', {"ConnectionClosed"}),
    "connections": ("anext(me.connections())", {"StopAsyncIteration"}),
    "calls": ("anext(me.calls())", {"StopAsyncIteration"}),
    "close": ("sending.close()", {"ends", "NotDelivered", "ConnectionClosed"}),
    "send": ("many()", {"ConnectionClosed"}),
    "a second close": ("me.close()", {"ends"}),
    "log on": ("twin.start()", {"Disconnected", "ConnectionClosed"}),
}


def test_everything_ends_when_the_peer_is_closed(pool: Pool) -> None:
    server, page = pool.pages(2)
    run(server, ECHO)
    server.evaluate(LOG_ON_AS_MUTE)
    run(
        page,
        """
me, twin = (Peer("me", token="t", **broker) for _ in range(2))
await me.start()
sending, filling = await me.connect("server"), await me.connect("server")
for _ in range(10):
    await sending.send(b"x" * 200_000)
async def many():
    while True:
        await filling.send(b"x" * 1_000_000)
pending = {}
""",
    )
    for name, (work, _) in PENDING.items():
        run(page, f"async def work(): return await {work}")
        if name != "a second close":
            run(page, f"pending[{name!r}] = asyncio.ensure_future(outcome(work()))")
    run(page, "await asyncio.gather(me.close(), twin.close(), me.close())")
    pending: dict[str, Any] = page.evaluate(
        "py.runPythonAsync('import json; json.dumps({n: await p for n, p in pending.items()})')"
        ".then(JSON.parse)"
    )
    wrong = {name: how for name, how in pending.items() if how not in PENDING[name][1]}
    assert wrong == {}
    assert run(page, "len(me.all_connections) + len(asyncio.all_tasks()) - 1") == 0


def test_a_cancelled_connect_leaves_nothing_at_the_other_side(pool: Pool) -> None:
    server, page = pool.pages(2)
    run(
        server,
        """
me = Peer("server", **broker)
await me.start()
""",
    )
    run(
        page,
        """
me = Peer(**broker)
await me.start()
async def connect(label):
    return await me.connect("server", label=label)
for turns in range(6):
    connecting = asyncio.ensure_future(connect(f"cancelled after {turns} turns of the loop"))
    for _ in range(turns):
        await asyncio.sleep(0)
    connecting.cancel()
    await asyncio.wait([connecting])
    assert connecting.cancelled()
real = await me.connect("server", label="real")
""",
    )
    assert run(server, "conn = await anext(me.connections())\nconn.label") == "real"
    assert run(page, "len(me.all_connections)") == 1
    run(page, "await me.close()")
    run(server, "await conn.wait_closed()\nawait me.close()")
    assert run(server, "len(me.all_connections)") == 0


def test_a_closed_tab_ends_all_its_connections_at_once(pool: Pool) -> None:
    server, page = pool.pages(2)
    run(
        server,
        """
me = Peer("server", **broker)
await me.start()
async def four():
    return [await anext(me.connections()) for _ in range(4)]
arriving = asyncio.ensure_future(four())
""",
    )
    run(page, "me = Peer(**broker)\nawait me.start()")
    run(page, 'conns = [await me.connect("server") for _ in range(4)]\nNone')
    run(server, "conns = await arriving\nNone")
    page.close(run_before_unload=False)
    gone = took(server, "await asyncio.gather(*(conn.wait_closed() for conn in conns))\nNone")
    assert gone < 3
