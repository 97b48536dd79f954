"""Pages with the library alone that call each other, with Chromium's fake camera."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import Page

from harness import Browsers
from pyodide_page import python, run, with_python

READY = """
import js, json, random
from peerscript.calls import *
peer = Peer("%s", token="of-%s", **broker)
await peer.start()
links = Links(peer)
links.start()
calls = []

async def take(link):
    async for each in link.calls():
        calls.append(each)

async def greet(link):
    take_calls = asyncio.ensure_future(take(link))

greeting = asyncio.ensure_future(links.handle_links(greet))

def link():
    return links.all[0]

async def within(seconds, true):
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.02)

async def plays(stream):
    video = js.document.createElement("video")
    video.muted = True
    video.srcObject = stream
    await video.play()
    await within(10, lambda: video.currentTime > 0.3)
    return [int(video.videoWidth), int(video.videoHeight)]
"""
CALL = """
call = link().call(camera={"width": 320}, microphone=True)
await call.start()
"""
RINGS = """
await within(10, lambda: calls and calls[-1].state is LinkCallState.RINGING)
call = calls[-1]
"""
TAKE = f"""{RINGS}
await call.accept(camera={{"width": 320}}, microphone=True)
await call.answered()
"""


def ready(lab: Browsers, peer_id: str, page: Any = None, **options: object) -> Any:
    """A page with Python that takes calls: a new one, or one that was reloaded.

    Args:
        options: of its peer.
    """
    page = with_python(lab, page) if page else python(lab)
    run(page, f"broker.update({options!r})")
    run(page, READY % (peer_id, peer_id))
    return page


def value(page: Page, code: str) -> Any:
    """The value of the last line."""
    lines = code.strip().splitlines()
    return json.loads(run(page, "\n".join([*lines[:-1], f"json.dumps({lines[-1]})"])))


def in_call(pair: tuple[Page, Page]) -> None:
    """The first calls the second, with camera and microphone on both sides."""
    host, guest = pair
    run(host, CALL + "None")
    run(guest, TAKE + "None")
    run(host, "await call.answered()")


def see(page: Page) -> list[int]:
    """The size of the other's picture, which moves."""
    run(page, "await within(10, lambda: call.remote.camera and call.remote.camera_on)\nNone")
    size: list[int] = value(page, "size = await plays(call.remote.camera)\nsize")
    return size
