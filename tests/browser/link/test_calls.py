"""Calls over a Link between two real browsers with Chromium's fake camera."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from call_pages import in_call, ready, see, value
from harness import Browsers
from pyodide_page import run


@pytest.fixture
def pair(lab: Browsers) -> tuple[Page, Page]:
    host, guest = ready(lab, "call-host"), ready(lab, "call-guest")
    secret = run(host, "links.invites.issue().secret")
    run(guest, f"await links.connect('call-host', {secret!r})\nNone")
    return host, guest


def test_a_call_is_seen_by_both_and_comes_back_after_a_reload(
    lab: Browsers, pair: tuple[Page, Page]
) -> None:
    in_call(pair)
    host, guest = pair
    for page in pair:
        assert see(page)[0] == 320
    for reloaded, stays, peer_id in (
        (guest, host, "call-guest"),
        (host, guest, "call-host"),
    ):
        reloaded.reload()
        ready(lab, peer_id, reloaded)
        run(
            reloaded,
            "await within(20, lambda: calls)\ncall = calls[0]\n"
            "await call.accept(camera={'width': 320})\nawait call.answered()",
        )
        run(stays, "await call.answered()")
        for page in pair:
            assert see(page)[0] == 320
    run(host, "call.hang_up()")
    assert value(guest, "end = await call.ended()\nend.value") == "hung-up"
    assert value(host, "list(call.local)") == []
    run(host, "await within(10, lambda: link().connected)\nNone")


def test_both_call_at_once_and_share_at_once(pair: tuple[Page, Page]) -> None:
    host = pair[0]
    for page in pair:
        run(page, "call = link().call(camera=True)\nstarting = asyncio.ensure_future(call.start())")
    for page in pair:
        run(page, "await starting\nawait call.answered()")
    for seed in range(10):
        for page in pair:
            run(
                page,
                f"""
chance = random.Random({seed} * 2 + {page is host:d})
async def change():
    await asyncio.sleep(chance.random() / 50)
    canvas = js.document.createElement("canvas")
    canvas.getContext("2d")
    await (call.share_screen() if chance.random() < 0.7 else call.stop_sharing())
changing = asyncio.ensure_future(change())
None""",
            )
        for page in pair:
            run(page, "await changing\nNone")
    for page in pair:
        run(page, "await call.share_screen()")
    for page in pair:
        run(page, "await within(10, lambda: call.remote.screen is not None)\nNone")
        assert value(page, "size = await plays(call.remote.screen)\nsize")[0] > 0
        assert see(page)[0] > 0


def test_nobody_sends_anything(pair: tuple[Page, Page]) -> None:
    host, guest = pair
    run(host, "call = link().call()\nawait call.start()")
    run(guest, "await within(10, lambda: calls)\ncall = calls[0]\nawait call.accept()")
    for page in pair:
        run(page, "await call.answered()")
    run(guest, "await call.set_camera({'width': 320})")
    assert see(host)[0] == 320
    run(guest, "await call.set_camera(None)")
    run(host, "await within(10, lambda: not call.remote.camera_on)\nNone")
    seen = "async for stats in call.stats(0.5):\n    if stats.frames: break\n"
    run(guest, "await call.set_camera({'width': 320})")
    width, relayed = value(host, f"{seen}[stats.width, stats.relayed]")
    assert (width, relayed) == (320, False)
