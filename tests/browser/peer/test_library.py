"""The library alone: plain Pyodide, no PyScript, with itself and with unmodified PeerJS."""

from __future__ import annotations

from harness import Browsers
from pyodide_page import peerjs, python, run

ECHO = """
server = Peer("server", **broker)
await server.start()
async def echo():
    async for conn in server.connections():
        async for value in conn:
            await conn.send(value)
serving = asyncio.ensure_future(echo())
"""

ROUND_TRIPS = """
values = {
    "binary": ["text 😀", 7, -3_000_000_000, 2.5, True, b"bytes", list(range(20_000)),
               {"a": [1, None, {"b": "c"}]}, "y" * 1_000_000],
    "json": ["text 😀", 7, 2.5, {"a": [1, None]}, "z" * 100_000],
    "raw": ["text 😀", b"bytes" * 10_000],
}
client = Peer(**broker)
await client.start()
wrong = []
for serialization, samples in values.items():
    async with client.connect("server", serialization=serialization, metadata={"n": 1}) as conn:
        for sample in samples:
            await conn.send(sample)
            answer = await conn.receive()
            if answer != sample:
                wrong.append(f"{serialization}: {sample!r:.60} came back as {answer!r:.60}")
"\\n".join(wrong)
"""


def test_values_between_two_python_pages(lab: Browsers) -> None:
    server, client = python(lab), python(lab)
    run(server, ECHO)
    assert run(client, ROUND_TRIPS) == ""
    assert run(client, "client.close()") is None


def test_values_to_an_unmodified_peerjs_page_and_back(lab: Browsers) -> None:
    peerjs(lab, "server")
    page = python(lab)
    # What PeerJS itself packs wrong on the way back is checked on its page, not by the echo.
    # Its "json" refuses to send more than 16 kB.
    trips = ROUND_TRIPS.replace("-3_000_000_000, ", "").replace('"z" * 100_000', '"z" * 10_000')
    trips = trips.replace("list(range(20_000))", "list(range(2_000))")
    assert run(page, trips) == ""


def test_an_unmodified_peerjs_page_connects_to_python(lab: Browsers) -> None:
    page = python(lab)
    run(page, ECHO)
    other = peerjs(lab, "visitor")
    echoed = other.evaluate(
        """() => new Promise((resolve) => {
          const conn = peer.connect("server", {metadata: {from: "PeerJS"}});
          const got = [];
          conn.on("open", () => {
            conn.send({text: "héllo", n: [1, 2.5, null]});
            conn.send("x".repeat(50000));
          });
          conn.on("data", (data) => { got.push(data); if (got.length === 2) resolve(got); });
        })"""
    )
    by_size = sorted(echoed, key=lambda value: isinstance(value, str))
    assert by_size == [{"text": "héllo", "n": [1, 2.5, None]}, "x" * 50_000]


def test_each_failure_is_its_own_exception(lab: Browsers) -> None:
    page = python(lab)
    lab.watch.expected += ["WebSocket connection", "ERR_", "localhost:1/"]
    caught = run(
        page,
        """
caught = []
async def attempt(work):
    try:
        await work
    except PeerScriptError as error:
        caught.append(type(error).__name__)
    else:
        caught.append("nothing")
async with Peer("me", **broker) as me:
    await attempt(me.connect("nobody"))
    await attempt(me.connect("me"))
    await attempt(me.connect("not an id!"))
    await attempt(Peer("me", **broker).start())
    await attempt(Peer(**{**broker, "port": 1}).start())
await attempt(me.connect("nobody"))
" ".join(caught)
""",
    )
    assert caught == "PeerUnavailable OwnId InvalidId IdTaken BrokerUnreachable Disconnected"


def test_calls_with_an_unmodified_peerjs_page(lab: Browsers) -> None:
    other = peerjs(lab, "caller")
    page = python(lab)
    run(page, 'callee = Peer("callee", **broker)\nawait callee.start()')
    place = """async () => {
      window.stream ??= await navigator.mediaDevices.getUserMedia({audio: true, video: true});
      window.mine = peer.call("callee", stream);
      window.ended = new Promise((resolve) => mine.on("close", () => resolve("closed")));
      window.answered = new Promise((resolve) => {
        mine.on("stream", (stream) => resolve(stream.getTracks().length));
      });
    }"""
    other.evaluate(place)
    run(page, "call = await anext(callee.calls())\nawait call.decline()")
    assert other.evaluate("ended") == "closed"
    other.evaluate(place)
    run(page, "call = await anext(callee.calls())\nawait call.answer(await media.get_user_media())")
    assert other.evaluate("answered") == 2
    assert run(page, "len((await call.wait_stream()).getTracks())") == 2
    run(page, "await call.close()")
    assert other.evaluate("ended") == "closed"


def test_close_flushes_everything(lab: Browsers) -> None:
    server, client = python(lab), python(lab)
    run(
        server,
        """
sink = Peer("sink", **broker)
await sink.start()
async def count():
    conn = await anext(sink.connections())
    return [len(message) async for message in conn]
counting = asyncio.ensure_future(count())
""",
    )
    run(
        client,
        """
async with Peer(**broker) as me:
    async with me.connect("sink") as conn:
        for _ in range(700):
            await conn.send(b"x" * 16_000)
""",
    )
    assert run(server, "sizes = await counting\nlen(sizes), sum(sizes)\nsum(sizes)") == 700 * 16_000


def test_a_killed_browser_ends_the_connection(lab: Browsers) -> None:
    server, client = python(lab), python(lab)
    run(server, ECHO)
    run(
        client,
        'me = Peer(**broker)\nawait me.start()\nconn = await me.connect("server")',
    )
    lab.kill(server)
    reason = run(client, "await conn.wait_closed()\ntype(conn.close_reason).__name__")
    assert reason == "ConnectionLost"
