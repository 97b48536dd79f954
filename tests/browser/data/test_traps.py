"""The traps of PeerJS and of the browser, with an unmodified PeerJS page where it can be one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright

from actions import eventually
from harness import Browsers
from pyodide_page import run, two_pythons_and_peerjs

READY = """
import json
problems = []
asyncio.get_running_loop().set_exception_handler(
    lambda loop, context: problems.append(str(context.get("exception") or context["message"]))
)
me = Peer("%s", **broker)
await me.start()
"""
# Two peers, one of which knows PeerJS's MsgPack. What arrives is kept by its connection's label;
# what is labelled "echo" is sent back.
PEERJS = """async ([port]) => {
  const {MsgPack} = await import("/serializer.msgpack.mjs");
  const options = {host: "/", port, path: "/", secure: false, config: {iceServers: []}, debug: 0};
  window.peer = new Peer("peerjs", options);
  window.packed = new Peer("packed", {...options, serializers: {MsgPack}});
  window.received = {};
  window.ended = {};
  const connected = (conn) => {
    const got = received[conn.label] = [];
    conn.on("data", (data) => {
      got.push(data.byteLength ?? data.length ?? data);
      if (conn.label === "echo") conn.send(data);
    });
    conn.on("close", () => { ended[conn.label] = true; });
    if (conn.label.startsWith("greet")) {
      conn.on("open", () => { for (let n = 0; n < 50; n++) conn.send(n); });
    }
  };
  for (const each of [peer, packed]) {
    each.on("connection", connected);
    await new Promise((resolve) => each.on("open", resolve));
  }
}"""


@dataclass
class Stage:
    """Two pages with Python, "python" and "other", and one of unmodified PeerJS, "peerjs"."""

    python: Page
    other: Page
    peerjs: Page
    lab: Browsers


@pytest.fixture(scope="module")
def the_stage(
    playwright: Playwright, built: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    root = tmp_path_factory.mktemp("traps") / "site"
    with two_pythons_and_peerjs(playwright, built, root, READY, PEERJS) as pages:
        lab, python, other, peerjs = pages
        yield Stage(python, other, peerjs, lab)


@pytest.fixture
def stage(the_stage: Stage) -> Iterator[Stage]:
    """The pages, which must not complain."""
    with the_stage.lab.watch.checked():
        yield the_stage
    for page in (the_stage.python, the_stage.other):
        assert run(page, 'found, problems[:] = "\\n".join(problems), []\nfound') == ""


def outcome(page: Page, code: str) -> str:
    """Run Python that fails; the name of what it raises."""
    body = "".join(f"    {line}\n" for line in code.strip().splitlines())
    return str(
        run(
            page,
            f"try:\n{body}except PeerScriptError as error:\n    got = type(error).__name__\n"
            "else:\n    got = 'nothing'\ngot",
        )
    )


# Promises

REJECTED = """
from js import Function
from pyodide.ffi import JsException

async def told(reason):
    try:
        await asyncio.wait_for(Function.new(f"return Promise.reject({reason})")(), 10)
    except JsException as error:
        return error.message
    except TimeoutError:
        return "never"

json.dumps(await asyncio.gather(*map(told, %r)))
"""


def test_a_promise_that_is_rejected_ends_its_await_whatever_the_reason(stage: Stage) -> None:
    told = {
        "": "a promise was rejected: undefined",
        "null": "a promise was rejected: null",
        "'full'": "a promise was rejected: full",
        "7": "a promise was rejected: 7",
        "({})": "a promise was rejected: [object Object]",
        "Object.create(null)": "a promise was rejected",
        "Symbol('s')": "a promise was rejected",
        "{name: 'Far', message: 'of another window'}": "of another window",
        "new Error('plain')": "plain",
        "new DOMException('gone', 'AbortError')": "gone",
    }
    assert json.loads(run(stage.python, REJECTED % list(told))) == list(told.values())


def test_a_page_that_gets_no_lock_goes_on(stage: Stage) -> None:
    refuse = "async () => { throw new DOMException('not here', 'SecurityError'); }"
    stage.python.evaluate(f"void (navigator.locks.request = {refuse})")
    claim = "from peerscript.bridge.locks import claim\n"
    claim += "callable(await asyncio.wait_for(claim('a lock'), 10))"
    assert run(stage.python, claim) is True
    stage.python.evaluate("void (delete navigator.locks.request)")


# Serializations that one side lacks


def test_peerjs_without_msgpack_times_out_a_connection(stage: Stage) -> None:
    stage.lab.watch.expected.append("is not a constructor")
    connect = 'await me.connect("peerjs", serialization="msgpack", timeout=1)'
    assert outcome(stage.python, connect) == "ConnectTimeout"


def test_an_unknown_serialization_is_refused(stage: Stage) -> None:
    stage.lab.watch.expected.append("is not a constructor")
    stage.peerjs.evaluate(
        """() => {
          window.asked = peer.connect("python", {label: "odd", serialization: "binary"});
          asked.serialization = "quipu";
        }"""
    )
    # PeerJS has no word for "no": its page waits as for one that never answers. Ours lives on.
    assert outcome(stage.python, 'await me.connect("peerjs", label="after it")') == "nothing"
    labels = run(stage.python, "json.dumps([c.label for c in me.all_connections['peerjs']])")
    assert labels == '["after it"]'
    stage.peerjs.evaluate("asked.close()")


# Sizes


def test_an_oversize_raw_message_is_refused_and_the_connection_lives(stage: Stage) -> None:
    run(stage.python, 'raw = await me.connect("peerjs", label="echo", serialization="raw")')
    assert outcome(stage.python, "await raw.send(b'x' * 1_000_000)") == "MessageTooBig"
    assert outcome(stage.python, "await raw.send('x' * 1_000_000)") == "MessageTooBig"
    assert run(stage.python, "await raw.send('small')\nawait raw.receive()") == "small"
    run(stage.python, "await raw.close()")


def test_json_of_100_kb(stage: Stage) -> None:
    run(stage.python, 'big = await me.connect("peerjs", label="big", serialization="json")')
    run(stage.python, "await big.send('x' * 100_000)")
    eventually(stage.peerjs, "received.big?.[0] === 100000")
    run(stage.other, ECHO_ONE)
    trip = """
conn = await me.connect("other", serialization="json")
await conn.send({"text": "é" * 50_000})
answer = await conn.receive()
await conn.close()
answer == {"text": "é" * 50_000}
"""
    assert run(stage.python, trip) is True


ECHO_ONE = """
async def echo():
    conn = await anext(me.connections())
    async for value in conn:
        await conn.send(value)
echoing = asyncio.ensure_future(echo())
"""


# Many messages in a row

# Count the frames that are handed over together, too. (On a slow machine, too, they are a burst.)
WATCHED = """
from peerscript.bridge import arrivals
from peerscript.data.connection import DataConnection
arrivals.WITHIN = 0.02
together = []
class Watched(DataConnection):
    def _on_frames(self, frames):
        together.append(len(frames))
        super()._on_frames(frames)
import peerscript.peer.peer as opener
opener.DataConnection, unwatched = Watched, opener.DataConnection
burst = await me.connect("peerjs", label="%s", serialization="%s")
opener.DataConnection = unwatched
"""
# Bursts of different lengths, with nothing between them or a pause.
BURSTS = """async (finish) => {
  const conn = peer.connections.python.findLast(({label}) => label === finish.label);
  if (!conn.open) await new Promise((resolve) => conn.on("open", resolve));
  let n = 0;
  for (const [length, pause] of [[3000, 20], [1, 0], [20, 5], [500, 0], [2, 20], [5000, 0]]) {
    for (let each = 0; each < length; each++) conn.send(finish.wrap ? {n: n++} : `${n++}`);
    if (pause) await new Promise((resolve) => setTimeout(resolve, pause));
  }
  if (finish.closes) conn.close({flush: true});
  return n;
}"""
TOGETHER = "json.dumps(together)"


@pytest.mark.parametrize("serialization", ["binary", "json"])
def test_bursts_arrive_whole_and_in_order_and_then_the_end(
    stage: Stage, serialization: str
) -> None:
    label = f"burst of {serialization}"
    run(stage.python, WATCHED % (label, serialization))
    sent = stage.peerjs.evaluate(BURSTS, {"label": label, "wrap": True, "closes": True})
    read = run(stage.python, "json.dumps([each['n'] async for each in burst])")
    assert json.loads(read) == list(range(sent))
    assert run(stage.python, "str(burst.close_reason)") == "None"
    together = json.loads(run(stage.python, TOGETHER))
    assert max(together) > 20
    assert together[:15] == [1] * 15


def test_whoever_reads_may_close_in_the_middle_of_a_burst(stage: Stage) -> None:
    run(stage.python, WATCHED % ("left burst", "raw"))
    run(stage.python, READ)
    stage.peerjs.evaluate(BURSTS, {"label": "left burst", "wrap": False, "closes": False})
    assert run(stage.python, "await reading") == "1999"
    assert run(stage.python, "burst.state.value") == "closed"
    assert max(json.loads(run(stage.python, TOGETHER))) > 1
    eventually(stage.peerjs, "ended['left burst']")


READ = """
async def read():
    for _ in range(2000):
        text = await burst.receive()
    await burst.close(flush=False)
    return text
reading = asyncio.ensure_future(read())
"""


# What is read, and then what ended it.
READ_TO_THE_END = """
read = []
try:
    while True:
        read.append(await burst.receive())
except PeerScriptError as error:
    read.append(type(error).__name__)
json.dumps(read)
"""


def test_a_burst_that_nobody_reads_fills_the_inbox_and_what_fits_stays(stage: Stage) -> None:
    run(stage.python, WATCHED % ("full burst", "raw"))
    run(stage.python, "burst._inbox._limit = 100_000")
    stage.peerjs.evaluate(BURSTS, {"label": "full burst", "wrap": False, "closes": False})
    assert run(stage.python, "await burst.wait_closed()\ntype(burst.close_reason).__name__") == (
        "InboxFull"
    )
    *texts, reason = json.loads(run(stage.python, READ_TO_THE_END))
    assert reason == "InboxFull"
    assert texts == [str(number) for number in range(len(texts))]
    assert 1000 < len(texts) < 2000


# 30 MB, for a reader whose inbox may have 20; it computes while they come.
LARGE = """async () => {
  const conn = peer.connections.python.findLast(({label}) => label === "large burst");
  if (!conn.open) await new Promise((resolve) => conn.on("open", resolve));
  for (let n = 0; n < 120; n++) conn.send(new Uint8Array(250_000).fill(n));
}"""
COMPUTES = """
import time
burst._inbox._limit = 20_000_000
async def read():
    first = await burst.receive()
    end = time.perf_counter() + 2
    while time.perf_counter() < end:
        continue
    return [first[0]] + [(await burst.receive())[0] for _ in range(119)]
reading = asyncio.ensure_future(read())
"""


def test_a_reader_that_keeps_up_has_room_for_a_burst_that_is_larger(stage: Stage) -> None:
    run(stage.python, WATCHED % ("large burst", "raw"))
    run(stage.python, COMPUTES)
    stage.peerjs.evaluate(LARGE)
    assert json.loads(run(stage.python, "json.dumps(await reading)")) == list(range(120))
    run(stage.python, "await burst.close()")


# What comes before anybody listens


def test_what_peerjs_sends_at_open_is_there(stage: Stage) -> None:
    run(stage.python, 'early = await me.connect("peerjs", label="greet")')
    last = "while len(early._inbox._items) < 50: await asyncio.sleep(0.02)"
    run(stage.python, last)
    assert run(stage.python, "str([await early.receive() for _ in range(50)])") == str([*range(50)])


def test_a_late_handler_hears_what_came_before(stage: Stage) -> None:
    run(
        stage.python,
        """
early = await me.connect("peerjs", label="greet late")
while len(early._inbox._items) < 50:
    await asyncio.sleep(0.02)
heard, all_heard = [], asyncio.Event()
@early.on("data")
def hear(value):
    heard.append(value)
    if len(heard) == 50:
        all_heard.set()
await all_heard.wait()
""",
    )
    assert run(stage.python, "str(heard)") == str([*range(50)])


def test_what_comes_before_connections_is_read_is_there(stage: Stage) -> None:
    """PeerJS sends and closes; only then does Python look."""
    stage.peerjs.evaluate(
        """() => new Promise((resolve) => {
          const conn = peer.connect("python", {label: "hasty", reliable: true});
          conn.on("open", () => {
            for (let n = 0; n < 50; n++) conn.send(n);
            conn.close({flush: true});
          });
          conn.on("close", resolve);
        })"""
    )
    read = "conn = await anext(me.connections())\nstr([value async for value in conn])"
    assert run(stage.python, read) == str([*range(50)])


# Flush on close


MESSAGES, SIZE = 300, 10_000
SERIALIZATIONS = ("binary", "json", "raw", "msgpack")


CASES = [(name, reliable) for name in SERIALIZATIONS for reliable in (True, False)]
CASES.remove(("msgpack", False))  # a stream


@pytest.mark.parametrize(("serialization", "reliable"), CASES)
def test_close_sends_everything_to_peerjs(serialization: str, reliable: bool, stage: Stage) -> None:
    label = f"flush {serialization} {reliable}"
    run(stage.python, send_and_close("packed", label, serialization, reliable))
    eventually(stage.peerjs, f"ended[{label!r}]")
    sizes = stage.peerjs.evaluate(f"received[{label!r}]")
    assert sizes == [SIZE] * MESSAGES


def send_and_close(to: str, label: str, serialization: str, reliable: bool) -> str:
    value = f"'x' * {SIZE}"
    return f"""
async with me.connect(
    {to!r}, label={label!r}, serialization={serialization!r}, reliable={reliable}
) as conn:
    for _ in range({MESSAGES}):
        await conn.send({value})
"""


@pytest.mark.parametrize(("serialization", "reliable"), CASES)
def test_close_sends_everything_to_python(serialization: str, reliable: bool, stage: Stage) -> None:
    run(stage.other, READ_ALL)
    run(stage.python, send_and_close("other", "flush", serialization, reliable))
    sizes = run(stage.other, "json.dumps([len(value) for value in await reading])")
    assert sizes == str([SIZE] * MESSAGES)


READ_ALL = """
async def read_all():
    conn = await anext(me.connections())
    return [value async for value in conn]
reading = asyncio.ensure_future(read_all())
"""


@pytest.mark.parametrize("serialization", ["binary", "json", "raw"])
def test_close_right_after_open_loses_nothing(serialization: str, stage: Stage) -> None:
    # "raw" has no request to close: it closes half a second later, by which time the other page
    # must have come to all of them.
    together = 4 if serialization == "raw" else 20
    hurry = f"""
async def once(n):
    offer = dict(label=f"{serialization} {{n}}", serialization="{serialization}")
    async with me.connect("%s", **offer) as conn:
        for number in range(5):
            await conn.send("x" * number)
for first in range(0, 20, {together}):
    await asyncio.gather(*(once(first + n) for n in range({together})))
None
"""
    run(stage.python, hurry % "peerjs")
    for n in range(20):
        eventually(stage.peerjs, f"ended['{serialization} {n}']")
        assert stage.peerjs.evaluate(f"received['{serialization} {n}']") == [0, 1, 2, 3, 4]
    run(stage.other, READ_TWENTY)
    run(stage.python, hurry % "other")
    assert run(stage.other, "json.dumps(await reading)") == str([[0, 1, 2, 3, 4]] * 20)


READ_TWENTY = """
async def read_twenty():
    arriving = me.connections()
    return [[len(value) async for value in await anext(arriving)] for _ in range(20)]
reading = asyncio.ensure_future(read_twenty())
"""


# Memory


def test_an_inbox_that_nobody_reads_ends_the_connection(stage: Stage) -> None:
    run(
        stage.python,
        "from peerscript.data import connection\n"
        "limit, connection.INBOX_LIMIT = connection.INBOX_LIMIT, 100_000",
    )
    stage.peerjs.evaluate(
        """() => {
          const conn = peer.connect("python", {label: "flood", reliable: true});
          conn.on("open", () => { for (let n = 0; n < 50; n++) conn.send("x".repeat(10000)); });
          conn.on("close", () => { ended.flood = true; });
        }"""
    )
    run(stage.python, "conn = await anext(me.connections())\nawait conn.wait_closed()")
    assert run(stage.python, "type(conn.close_reason).__name__") == "InboxFull"
    eventually(stage.peerjs, "ended.flood")
    run(stage.python, "connection.INBOX_LIMIT = limit")


def test_a_hostile_announcement_of_pieces_costs_nothing(stage: Stage) -> None:
    stage.peerjs.evaluate(
        """() => {
          const conn = peer.connect("python", {label: "hostile", reliable: true});
          conn.on("open", () => {
            for (const total of [1e9, -1, 0, 2.5, "many", null]) {
              for (const n of [0, -1, 1e9, "first"]) {
                conn.send({__peerData: 1, n, total, data: new Uint8Array(10).buffer}, true);
              }
            }
            conn.send("still here");
          });
        }"""
    )
    hear = "conn = await anext(me.connections())\nawait conn.receive()"
    assert run(stage.python, hear) == "still here"
    assert int(run(stage.python, "conn._codec._reassembly.__sizeof__()")) < 10_000
    run(stage.python, "await conn.close()")
