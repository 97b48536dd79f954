"""Remote functions between two real browsers: calls, streams, cancelling, and a reload."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import Page

from harness import Browsers
from pyodide_page import python, run, with_python

# What the page keeps over a reload, it keeps in its tab.
HOST = """
import js, json
from pyodide.ffi import to_js
happened = []
peer = Peer("remote-host", token="of-the-host", **broker)
await peer.start()
links = Links(peer, name="Host")
links.start()

async def add(a: int, b: int) -> int:
    return a + b

async def fail():
    open("/home/pyodide/secret.txt")

async def wait():
    happened.append("began")
    try:
        await asyncio.Event().wait()
    finally:
        happened.append("ended")

async def count(to: int):
    try:
        for number in range(to):
            happened.append(number)
            yield number
    finally:
        happened.append("closed")

async def numbers():
    yield memoryview(bytes(8)).cast("d")
    yield {"text": "é", "none": None, "big": 2**100}

async def texts(*given: bytes):
    return [text.decode() for text in given]

async def bytes_of_the_browser():
    return [js.Uint8Array.new(2), js.Blob.new(to_js(["ab"]))]

def serve(link):
    for function in (add, fail, wait, count, numbers, texts, bytes_of_the_browser):
        link.serve(function)

async def accept():
    async for link in links:
        serve(link)

for link in links.all:
    serve(link)
accepting = asyncio.ensure_future(accept())

async def until(what):
    async with asyncio.timeout(20):
        while not what():
            await asyncio.sleep(0.01)
"""
GUEST = """
import js, json
from pyodide.ffi import to_js
peer = Peer(**broker)
await peer.start()
links = Links(peer, name="Guest", storage={})
links.start()
link = await links.connect("remote-host", %r)
remote = link.remote

async def outcome(work):
    try:
        return await work
    except Exception as error:
        return type(error).__name__ + ": " + str(error)

async def first(count, to):
    found = []
    async for number in remote.count(to):
        found.append(number)
        if len(found) == count:
            break
    return found
"""


def answer(page: Page, code: str) -> Any:
    """What Python in the page gives."""
    return json.loads(run(page, f"json.dumps({code})"))


def test_functions_of_another_browser(lab: Browsers) -> None:
    lab.watch.expected += ["fail, which the other page has called, raised", "Traceback"]
    host, guest = python(lab), python(lab)
    run(host, HOST)
    run(guest, GUEST % run(host, "links.invites.issue().secret"))

    assert answer(guest, "await remote.add(1, 2)") == 3
    assert answer(guest, "[await remote.add(n, n) for n in range(50)]") == list(range(0, 100, 2))
    both = "await asyncio.gather(*(remote.add(n, 1) for n in range(50)))"
    assert answer(guest, both) == list(range(1, 51))
    assert answer(guest, "await outcome(remote.add(1, '2'))") == (
        "WrongArguments: add: b: int is expected, not str"
    )
    assert answer(guest, "await outcome(remote.happened())").startswith("NoSuchFunction")
    error = answer(guest, "await outcome(remote.fail())")
    assert error.startswith("RemoteError: FileNotFoundError: No such file")
    assert "/" not in error

    assert answer(guest, "[n async for n in remote.count(100)]") == list(range(100))
    assert answer(guest, "[str(v) async for v in remote.numbers()][1]") == str(
        {"text": "é", "none": None, "big": 2**100}
    )
    given = "js.File.new(to_js(['é']), 'e.txt'), js.TextEncoder.new().encode('ü')"
    assert answer(guest, f"await remote.texts({given})") == ["é", "ü"]
    made = answer(guest, "[str(bytes(each)) for each in await remote.bytes_of_the_browser()]")
    assert made == [str(bytes(2)), str(b"ab")]
    error = answer(guest, "await outcome(remote.texts(js.Map.new()))")
    assert error.startswith("SerializationError: arguments[0]: a JavaScript Map")
    assert ".to_py()" in error
    run(host, "happened.clear()")
    assert answer(guest, "await first(5, 10**9)") == [0, 1, 2, 3, 4]
    run(host, "await until(lambda: happened[-1] == 'closed')")
    assert answer(host, "len(happened)") < 5 + 16 + 8 + 2  # nobody asked for more

    run(host, "happened.clear()")
    run(guest, "task = asyncio.ensure_future(remote.wait()); None")
    run(host, "await until(lambda: happened == ['began'])")
    run(guest, "task.cancel()")
    run(host, "await until(lambda: happened == ['began', 'ended'])")
    run(guest, "task = asyncio.ensure_future(outcome(remote.with_options(timeout=3).wait())); None")
    run(host, "await until(lambda: happened == ['began', 'ended', 'began'])")
    assert answer(guest, "await task") == "RemoteTimeout: wait: no answer within 3 s"
    run(host, "await until(lambda: happened == ['began', 'ended'] * 2)")


def test_a_reload_of_the_page_that_serves_ends_the_call_and_the_next_one_works(
    lab: Browsers,
) -> None:
    host, guest = python(lab), python(lab)
    run(host, HOST)
    run(guest, GUEST % run(host, "links.invites.issue().secret"))
    run(guest, "task = asyncio.ensure_future(outcome(remote.with_options(timeout=None).wait()))")
    run(host, "await until(lambda: happened == ['began'])")
    host.reload()
    run(guest, "async for state in link.states():\n    if not link.connected: break")
    run(guest, "late = asyncio.ensure_future(remote.add(2, 3)); None")
    run(with_python(lab, host), HOST)
    assert answer(guest, "await task") == "RemoteLost: wait: the other page was reloaded meanwhile"
    assert answer(guest, "await late") == 5
    assert answer(guest, "await remote.add(1, 2)") == 3
    assert answer(host, "happened") == []
