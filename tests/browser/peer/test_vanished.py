"""A page of plain PeerJS that goes away: it says nothing, and the browser has to find out."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import Page

from actions import stopped
from harness import Browsers
from pyodide_page import peerjs, python, run

# Chromium asks the other page every 2.5 s; it calls the path "disconnected" 5 s after an answer was
# missing, and "failed" 10 s later.
WITHIN = 12.0  # seconds; the browser alone takes 15 to 18
CONNECTED = """
me = Peer("me", **broker)
await me.start()
conn = await me.connect("plain")
await conn.send("hello")
await conn.receive()
states = []
conn.on("iceStateChanged", states.append)
None
"""
CALLED = """
call = await me.call("plain", await media.get_user_media())
await call.wait_connected()
None
"""
ANSWER = """
peer.on("call", async (call) => {
  call.answer(await navigator.mediaDevices.getUserMedia({audio: true, video: true}));
})
"""


@pytest.fixture
def pages(lab: Browsers) -> tuple[Page, Page]:
    """A page with Python, connected to one of plain PeerJS."""
    plain, page = peerjs(lab, "plain"), python(lab)
    run(page, CONNECTED)
    return page, plain


@pytest.mark.alone
def test_it_is_noticed_soon(lab: Browsers, pages: tuple[Page, Page]) -> None:
    page, plain = pages
    plain.evaluate(ANSWER)
    run(page, CALLED)
    lab.kill(plain)
    begun = time.monotonic()
    run(page, "await asyncio.gather(conn.wait_closed(), call.wait_closed())\nNone")
    took = time.monotonic() - begun
    for each in ("conn", "call"):
        reason = run(page, f"type({each}.close_reason).__name__ + ': ' + str({each}.close_reason)")
        assert reason == "ConnectionLost: plain does not answer any more"
    assert took < WITHIN
    print(f"noticed after {took:.1f} s")


@pytest.mark.alone
def test_a_page_that_is_left_is_noticed_at_once(pages: tuple[Page, Page]) -> None:
    page, plain = pages
    plain.reload()
    begun = time.monotonic()
    run(page, "await conn.wait_closed()\nNone")
    assert time.monotonic() - begun < 3


@pytest.mark.alone
def test_a_short_break_is_no_loss(pages: tuple[Page, Page]) -> None:
    page, plain = pages
    with stopped(plain):
        run(page, 'while "disconnected" not in states:\n    await asyncio.sleep(0.05)')
    run(page, 'while states[-1] == "disconnected":\n    await asyncio.sleep(0.05)')
    assert run(page, 'await conn.send("still")\nawait conn.receive()') == "still"
    assert run(page, "conn.open")
