"""Calls of several pages, each with each other one, with Chromium's fake camera."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from actions import call, eventually, in_call, invite, own_id, wait_connected, wait_ready
from harness import PATHS_KEPT, Browsers
from look import OVERFLOW, keep_picture
from waiting import until

PATIENCE = 120_000  # ms
VIEWS = ((1280, 800), (390, 844), (844, 390))
TILES = "#remote-videos > figure[data-state='connected']"


def guest_of(host: Page, browsers: Browsers, beside: Page) -> Page:
    """A page that comes by the host's link, in the browser process of another one."""
    context = beside.context.browser.new_context()  # type: ignore[union-attr]
    context.add_init_script(PATHS_KEPT)
    page = context.new_page()
    page.set_default_timeout(60_000)
    browsers.watch.attach(page)
    page.goto(browsers.site.url + invite(host))
    ready = page.locator('html[data-ready="true"]')
    ready.wait_for(state="attached", timeout=PATIENCE)  # beside others on the same machine
    wait_connected(page)
    return page


def join(page: Page, host: Page) -> None:
    call(page)
    host.click("#call-accept")


def all_see_each_other(*pages: Page) -> None:
    """Wait until every page shows moving pictures of every other one, and of nobody else."""
    ids = {page: own_id(page) for page in pages}
    for page in pages:
        expect(page.locator(TILES)).to_have_count(len(pages) - 1, timeout=PATIENCE)
        for other in set(pages) - {page}:
            video = f"document.querySelector('#remote-videos [data-peer-id=\"{ids[other]}\"]')"
            eventually(page, f"({video}?.videoWidth ?? 0) > 0", 60)
            start = page.evaluate(f"{video}.currentTime")
            eventually(page, f"{video}.currentTime > {start} + 0.2", 60)


def look(page: Page, tiles: int) -> None:
    """Every tile is in sight, on a desktop and on a phone held either way."""
    for width, height in VIEWS:
        page.set_viewport_size({"width": width, "height": height})
        for tile in page.locator(f"{TILES}, #own").all():
            expect(tile).to_be_in_viewport(ratio=0.99)
        assert page.evaluate(OVERFLOW) == []
        keep_picture(page, f"{tiles}-tiles-{width}x{height}")
    page.set_viewport_size({"width": VIEWS[0][0], "height": VIEWS[0][1]})


def sends(page: Page, bitrate: int) -> None:
    """Sound first, and pictures of so many bits a second at most; less for a while where the
    browser thinks that the path carries no more.
    """
    wanted = [("high", None), ("video", bitrate)]
    until(page, lambda: sent(page) == wanted, f"not {wanted}", 60)


def sent(page: Page) -> list[tuple[str, int | None]]:
    """The priority and the highest bitrate of each track that the page sends."""
    found: list[tuple[str, int | None]] = page.evaluate(
        """() => paths.filter(path => path.connectionState == "connected")
          .flatMap(path => path.getSenders()).filter(sender => sender.track)
          .map(sender => [sender.track.kind, sender.getParameters().encodings[0]])
          .map(([kind, one]) => [kind == "audio" ? one.priority : kind, one.maxBitrate ?? null])"""
    )
    return sorted({(kind, bitrate) for kind, bitrate in found}, key=str)


def test_the_host_leaves_and_the_others_go_on(browsers: Browsers) -> None:
    host, ada = browsers.pair()
    bob, cleo = (guest_of(host, browsers, beside) for beside in (host, ada))
    in_call(ada, host)
    look(ada, 2)
    for newcomer, everybody in ((bob, (host, ada, bob)), (cleo, (host, ada, bob, cleo))):
        join(newcomer, host)
        all_see_each_other(*everybody)
    for page in (host, ada, bob, cleo):
        expect(page.locator("#incoming-call")).to_be_hidden()
        assert page.locator(".notice").all_inner_texts() == []
    expect(bob.locator("#peers")).to_contain_text("Introduced")
    look(bob, 4)
    sends(bob, 450_000)
    cleo.reload()
    wait_ready(cleo)
    all_see_each_other(host, ada, bob, cleo)
    host.close()
    all_see_each_other(ada, bob, cleo)
    bob.click("#call-end")
    all_see_each_other(ada, cleo)


@pytest.mark.long
def test_six_pages(browsers: Browsers) -> None:
    host = browsers.ready()
    other = browsers.ready(invite(host))
    guests = [guest_of(host, browsers, beside) for beside in (host, host, other, other)]
    for page in (host, other):
        page.set_default_timeout(PATIENCE)
    in_call(other, host)
    pages = [host, other]
    for guest in guests:
        pages.append(guest)
        join(guest, host)
        all_see_each_other(*pages)
    look(guest, 6)
    sends(guest, 160_000)
    for page in pages:
        assert page.locator(".notice").all_inner_texts() == []
    host.close()
    all_see_each_other(*pages[1:])
