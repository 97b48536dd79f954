"""The pages that are measured, each in a browser process of its own: plain PeerJS, PeerScript, and
Python without it.

All do the same work. On a connection labelled "echo" the far page sends every message back. On
one labelled "count" it adds up the messages' numbers, and answers the last with their sum. The
near page takes the time by its own clock; isolation makes that exact to 5 µs.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

    from harness import Browsers

PATIENCE = 60  # seconds; more means that something hangs
ISOLATION = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
}

PEERJS = """(port) => new Promise((resolve, reject) => {
  const conns = {};
  const peer = new Peer({host: "/", port, path: "/", secure: false, config: {iceServers: []}});
  const message = (kind, n) => ({kind, n, text: "hello"});

  const serve = {
    echo(conn) { conn.on("data", (value) => conn.send(value)); },
    count(conn) {
      let sum = 0;
      conn.on("data", (value) => {
        sum += value.n;
        if (value.kind === "last") { conn.send(sum); sum = 0; }
      });
    },
  };
  peer.on("connection", (conn) => serve[conn.label](conn));

  window.connect = (id, label) => new Promise((resolve, reject) => {
    const conn = peer.connect(id, {label, serialization: "binary", reliable: true});
    conns[id + label] = conn;
    conn.on("open", () => resolve(null));
    conn.on("error", reject);
  });

  window.roundTrips = (id, count) => new Promise((resolve, reject) => {
    const conn = conns[id + "echo"];
    const times = [];
    let start;
    const next = () => {
      start = performance.now();
      conn.send(message("move", times.length));
    };
    const received = (value) => {
      const time = performance.now() - start;
      if (value.n !== times.length) reject(new Error("another message came back"));
      times.push(time / 1000);
      if (times.length < count) return next();
      conn.off("data", received);
      resolve(times);
    };
    conn.on("data", received);
    next();
  });

  window.sendMany = (id, count) => new Promise((resolve, reject) => {
    const conn = conns[id + "count"];
    const start = performance.now();
    conn.once("data", (sum) => {
      const time = performance.now() - start;
      if (sum !== count * (count - 1) / 2) reject(new Error("messages were lost"));
      resolve(time / 1000);
    });
    for (let n = 0; n < count - 1; n++) conn.send(message("move", n));
    conn.send(message("last", count - 1));
  });

  peer.on("open", resolve);
  peer.on("error", reject);
})"""

LOAD_PYTHON = """async () => {
  const {loadPyodide} = await import("/vendor/pyodide/pyodide.mjs");
  window.py = await loadPyodide();
  py.unpackArchive(await (await fetch("/app.zip")).arrayBuffer(), "zip");
}"""
PYTHON = """
import asyncio
from time import perf_counter
from peerscript import Peer

conns = {}
peer = Peer(host="/", port=%d, path="/", secure=False, ice_servers=[])

def message(kind, n):
    return {"kind": kind, "n": n, "text": "hello"}

async def echo(conn):
    async for value in conn:
        await conn.send(value)

async def count(conn):
    sum = 0
    async for value in conn:
        sum += value["n"]
        if value["kind"] == "last":
            await conn.send(sum)
            sum = 0

async def serve():
    async with asyncio.TaskGroup() as group:
        async for conn in peer.connections():
            group.create_task({"echo": echo, "count": count}[conn.label](conn))

async def connect(id, label):
    conns[id + label] = await peer.connect(
        id, label=label, serialization="binary", reliable=True
    )

async def round_trips(id, count):
    conn = conns[id + "echo"]
    times = []
    for n in range(count):
        start = perf_counter()
        await conn.send(message("move", n))
        value = await conn.receive()
        times.append(perf_counter() - start)
        assert value["n"] == n, "another message came back"
    return times

async def send_many(id, count):
    conn = conns[id + "count"]
    start = perf_counter()
    for n in range(count - 1):
        await conn.send(message("move", n))
    await conn.send(message("last", count - 1))
    sum = await conn.receive()
    time = perf_counter() - start
    assert sum == count * (count - 1) // 2, "messages were lost"
    return time

await peer.start()
serving = asyncio.ensure_future(serve())
peer.id
"""
# The least that Python can do: callbacks of PeerJS, and its own JSON. No task waits, nothing is
# checked, and no error is caught.
BARE_PYTHON = """
import asyncio, json
from time import perf_counter
from js import Object, Peer
from pyodide.ffi import create_proxy, to_js

conns = {}

def options(values):
    return to_js(values, dict_converter=Object.fromEntries)

def message(kind, n):
    return {"kind": kind, "n": n, "text": "hello"}

async def happens(emitter, event):
    happened = asyncio.Future()
    emitter.once(event, create_proxy(lambda *_: happened.set_result(None)))
    await happened

def echo(conn):
    send = conn.send
    conn.on("data", create_proxy(lambda data: send(json.dumps(json.loads(data)))))

def count(conn):
    sum = 0
    def add(data):
        nonlocal sum
        value = json.loads(data)
        sum += value["n"]
        if value["kind"] == "last":
            conn.send(json.dumps(sum))
            sum = 0
    conn.on("data", create_proxy(add))

def serve(conn):
    {"echo": echo, "count": count}[conn.label](conn)

async def connect(id, label):
    conn = peer.connect(id, options({"label": label, "serialization": "raw", "reliable": True}))
    await happens(conn, "open")
    conns[id + label] = conn

async def round_trips(id, count):
    conn = conns[id + "echo"]
    send, times, done, start = conn.send, [], asyncio.Future(), 0.0
    def next():
        nonlocal start
        start = perf_counter()
        send(json.dumps(message("move", len(times))))
    def received(data):
        value = json.loads(data)
        assert value["n"] == len(times), "another message came back"
        times.append(perf_counter() - start)
        if len(times) < count:
            next()
        else:
            done.set_result(times)
    received_proxy = create_proxy(received)
    conn.on("data", received_proxy)
    next()
    try:
        return await done
    finally:
        conn.off("data", received_proxy)

async def send_many(id, count):
    conn = conns[id + "count"]
    send, told = conn.send, asyncio.Future()
    conn.once("data", create_proxy(told.set_result))
    start = perf_counter()
    for n in range(count - 1):
        send(json.dumps(message("move", n)))
    send(json.dumps(message("last", count - 1)))
    sum = json.loads(await told)
    time = perf_counter() - start
    assert sum == count * (count - 1) // 2, "messages were lost"
    return time

settings = {"host": "/", "port": %d, "path": "/", "secure": False, "config": {"iceServers": []}}
peer = Peer.new(None, options(settings))
peer.on("connection", create_proxy(serve))
await happens(peer, "open")
peer.id
"""
RUN_PYTHON = """async (code) => {
  const result = await py.runPythonAsync(code);
  return result?.toJs ? result.toJs() : result;
}"""


class BenchPage(ABC):
    """A page that measures, or answers one that does."""

    id: str

    def __init__(self, lab: Browsers) -> None:
        self._page = isolated(lab)

    @abstractmethod
    def connect(self, other: str) -> None:
        """Open both connections to another page."""

    @abstractmethod
    def round_trips(self, other: str, count: int) -> list[float]:
        """Send so many messages, each when the one before has come back; seconds of each."""

    @abstractmethod
    def send_many(self, other: str, count: int) -> float:
        """Seconds from the first `send` until the other page has told that it read them all."""

    def _evaluate(self, function: str, argument: object) -> Any:
        """Call a JavaScript function; Playwright itself would wait for it for ever."""
        limit = f"setTimeout(reject, {PATIENCE * 1000}, new Error('no end in {PATIENCE} s'))"
        patient = f"""(argument) => Promise.race([
          ({function})(argument), new Promise((_, reject) => {limit})
        ])"""
        return self._page.evaluate(patient, argument)


class PeerJsPage(BenchPage):
    """An unmodified PeerJS page, written as its documentation does."""

    def __init__(self, lab: Browsers) -> None:
        super().__init__(lab)
        self.id = str(self._evaluate(PEERJS, lab.site.front.port))

    def connect(self, other: str) -> None:
        for label in ("echo", "count"):
            self._evaluate("([id, label]) => connect(id, label)", [other, label])

    def round_trips(self, other: str, count: int) -> list[float]:
        return list(self._evaluate("([id, count]) => roundTrips(id, count)", [other, count]))

    def send_many(self, other: str, count: int) -> float:
        return float(self._evaluate("([id, count]) => sendMany(id, count)", [other, count]))


class PythonPage(BenchPage):
    """A page of plain Pyodide with the library."""

    _code = PYTHON

    def __init__(self, lab: Browsers) -> None:
        super().__init__(lab)
        self._evaluate(LOAD_PYTHON, None)
        self.id = str(self._evaluate(RUN_PYTHON, self._code % lab.site.front.port))

    def connect(self, other: str) -> None:
        for label in ("echo", "count"):
            self._evaluate(RUN_PYTHON, f"await connect({other!r}, {label!r})")

    def round_trips(self, other: str, count: int) -> list[float]:
        return list(self._evaluate(RUN_PYTHON, f"await round_trips({other!r}, {count})"))

    def send_many(self, other: str, count: int) -> float:
        return float(self._evaluate(RUN_PYTHON, f"await send_many({other!r}, {count})"))


class BarePythonPage(PythonPage):
    """A page of plain Pyodide without it."""

    _code = BARE_PYTHON


def isolated(lab: Browsers) -> Page:
    """A page with PeerJS's script alone, in a new browser process, and with an exact clock."""
    page = lab.page()
    address = f"{lab.site.url}pyodide.html"
    page.route(address, _isolate)
    # Chromium does not see that an answer from here is this machine's, as the broker is.
    page.context.grant_permissions(["local-network-access"])
    page.goto(address)
    page.unroute(address)
    if not page.evaluate("crossOriginIsolated"):
        raise RuntimeError("the page is not isolated: its clock is too coarse")
    return page


def _isolate(route: Route) -> None:
    answer = route.fetch()
    route.fulfill(response=answer, headers={**answer.headers, **ISOLATION})
