"""Calls of the app, between pages in processes of their own, with Chromium's fake camera."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Playwright, ViewportSize, expect

from actions import (
    call,
    eventually,
    in_call,
    invite,
    own_id,
    sees_moving_picture,
    stopped,
    wait_connected,
)
from harness import Browsers, served, watched
from look import COVERED
from presentations import present_sample

TILES = "#remote-videos > figure"
CONTROLS = ("#mute-audio", "#mute-video", "#call-end")
Opened = tuple[Browsers, Page, Page]


@pytest.fixture(scope="module")
def opened(playwright: Playwright, built: Path) -> Iterator[Opened]:
    with served(built) as site, watched(playwright, site) as browsers:
        yield browsers, *browsers.pair()


@pytest.fixture
def pair(opened: Opened) -> Iterator[tuple[Page, Page]]:
    """Two people who are connected, without a call, and who have chosen nothing yet."""
    browsers, *pair = opened
    with browsers.watch.checked():
        for page in pair:
            assert choices(page) == {"camera": True, "microphone": True, "sound": True}
            expect(page.locator(".notice")).to_have_count(0)
        yield pair[0], pair[1]
        hang_up(*pair)


@pytest.fixture
def phone(opened: Opened, pair: tuple[Page, Page]) -> Iterator[Page]:
    """A second guest, who is gone again after the test."""
    host = pair[0]
    size: ViewportSize = {"width": 390, "height": 844}
    phone = opened[0].ready(invite(host), viewport=size, has_touch=True, is_mobile=True)
    wait_connected(phone)
    yield phone
    hang_up(*pair, phone)
    for page in pair:
        if row(page, phone).count():  # to the guest it may have been introduced
            row(page, phone).locator("[data-action=close]").click()
        expect(page.locator("#peers > li")).to_have_count(1)
    phone.context.close()


def choices(page: Page) -> dict[str, bool]:
    """What the page keeps for its next call."""
    kept = json.loads(page.evaluate("sessionStorage.getItem('peerscript/calls')") or "{}")
    chosen = {device: kept.get(device, True) for device in ("camera", "microphone")}
    return {**chosen, "sound": page.locator("#ring-sound").is_checked()}


def row(page: Page, other: Page) -> Locator:
    return page.locator(f"#peers > [data-peer-id='{own_id(other)}']")


def hang_up(*pages: Page) -> None:
    """Close what is open, and leave the call, wherever there is one still."""
    for page in pages:
        page.keyboard.press("Escape")
        page.evaluate("document.getElementById('call-end').click()")
    no_call(*pages)


def no_call(*pages: Page) -> None:
    for page in pages:
        expect(page.locator(TILES)).to_have_count(0)
        expect(page.locator("#incoming-call")).to_be_hidden()
        eventually(page, "!document.querySelector('#local-video').srcObject")


def test_the_preview_shows_what_would_be_sent(pair: tuple[Page, Page]) -> None:
    host, guest = pair
    host.click("#call-start")
    preview = host.locator("#call-preview")
    expect(preview).to_be_visible()
    eventually(host, "document.querySelector('#local-video').videoWidth > 0")
    eventually(host, "document.querySelector('#preview-level').value > 0")
    host.select_option("#camera-select", label="No camera")
    eventually(host, "!document.querySelector('#local-video').srcObject")
    host.keyboard.press("Escape")
    expect(preview).to_be_hidden()
    no_call(host, guest)
    host.click("#call-start")
    expect(host.locator("#camera-select")).to_have_value("")  # as chosen before
    host.click("#call-join")
    guest.click("#call-accept")
    flags = guest.locator(f"{TILES} .flags")
    expect(flags).to_contain_text("No camera")
    sees_moving_picture(host)
    host.click("#call-more")
    host.select_option("#camera-select", index=1)
    expect(flags).not_to_contain_text("No camera")
    host.keyboard.press("Escape")


def test_who_calls_hangs_up_and_it_rings_no_more(pair: tuple[Page, Page]) -> None:
    host, guest = pair
    call(host)
    expect(guest.locator("#incoming-call")).to_be_visible()
    assert "is calling" in guest.title()
    host.click("#call-end")
    no_call(host, guest)
    expect(guest.locator(".notice")).to_contain_text("missed a call")
    assert guest.title() == "PeerScript"
    in_call(guest, host)
    expect(guest.locator(".notice")).to_have_count(0)


def test_both_call_at_once(pair: tuple[Page, Page]) -> None:
    for page in pair:
        page.click("#call-start")
    for page in pair:
        page.evaluate("void document.getElementById('call-join').click()")
    for page in pair:
        sees_moving_picture(page)
        expect(page.locator("#incoming-call")).to_be_hidden()
        expect(page.locator(".notice")).to_have_count(0)


def test_what_each_sends_is_seen_on_their_tile(pair: tuple[Page, Page]) -> None:
    host, guest = pair
    in_call(host, guest)
    flags = guest.locator(f"{TILES} .flags")
    host.click("#mute-audio")
    expect(host.locator("#mute-audio")).to_have_text("Unmute")
    expect(flags).to_have_text("Muted")
    light = host.evaluate_handle("document.querySelector('#local-video').srcObject.getTracks()[0]")
    host.click("#mute-video")
    expect(host.locator("#mute-video")).to_have_text("Camera on")
    expect(flags).to_have_text("Muted · No camera")
    assert light.evaluate("track => track.readyState") == "ended"  # the camera is released
    host.click("#mute-video")
    sees_moving_picture(guest)
    host.click("#share-screen")
    screen = guest.locator("#remote-videos video[data-kind='screen']")
    expect(screen).to_have_attribute("data-peer-id", own_id(host))
    eventually(guest, "document.querySelector('[data-kind=screen] > video').videoWidth > 0")
    sees_moving_picture(guest)
    host.click("#share-screen")
    expect(screen).to_have_count(0)
    guest.keyboard.down(" ")  # is not muted: the key means nothing
    guest.keyboard.up(" ")
    host.evaluate("document.activeElement.blur()")
    host.keyboard.down(" ")
    expect(flags).to_have_text("")
    host.keyboard.up(" ")
    expect(flags).to_have_text("Muted")


def test_a_reload_of_either_page_comes_back_into_the_call(pair: tuple[Page, Page]) -> None:
    host, guest = pair
    in_call(host, guest)
    host.click("#mute-audio")
    expect(guest.locator(f"{TILES} .flags")).to_have_text("Muted")
    for page, other in ((host, guest), (guest, host)):
        page.reload()
        expect(page.locator(f"{TILES}[data-state='connected']")).to_be_visible(timeout=60_000)
        expect(other.locator(f"{TILES}[data-state='connected']")).to_be_visible()
        for each in pair:
            sees_moving_picture(each)
    expect(host.locator("#mute-audio")).to_have_attribute("aria-pressed", "true")
    expect(guest.locator(f"{TILES} .flags")).to_have_text("Muted")
    guest.click("#call-end")
    no_call(host, guest)


def test_a_lost_path_is_seen_and_heals(pair: tuple[Page, Page]) -> None:
    host, guest = pair
    in_call(host, guest)
    tile = host.locator(TILES)
    with stopped(guest):
        expect(tile).to_have_attribute("data-state", "reconnecting", timeout=30_000)
        expect(tile).to_contain_text("Reconnecting")
        expect(host.locator("#call-end")).to_be_in_viewport(ratio=1)
    for page in pair:
        expect(page.locator(TILES)).to_have_attribute("data-state", "connected", timeout=60_000)
        sees_moving_picture(page)


def test_hanging_up_is_in_sight_in_every_tab_and_over_slides(pair: tuple[Page, Page]) -> None:
    host, guest = pair
    in_call(host, guest)
    present_sample(host)
    expect(host.locator("#slides-frame")).to_be_visible()
    for width, height in ((1280, 800), (390, 844), (844, 390)):
        host.set_viewport_size({"width": width, "height": height})
        for tab in ("slides", "call", "chat", "files", "people"):
            host.locator(f"#tabs [value={tab}]").check(force=True)
            for control in (*CONTROLS, "#on-air"):
                expect(host.locator(control)).to_be_in_viewport(ratio=1)
            for control in CONTROLS:
                host.click(control, trial=True)  # nothing covers it
    host.click("#call-end")
    no_call(host, guest)
    host.set_viewport_size({"width": 1280, "height": 800})
    # No real clicks: the tabs move as the call ends.
    host.locator("#tabs [value=slides]").dispatch_event("click")
    host.click("#slides-stop")
    expect(host.locator("#slides-frame")).to_be_hidden()
    host.locator("#tabs [value=chat]").dispatch_event("click")


def test_a_browser_that_wants_a_tap_first(pair: tuple[Page, Page]) -> None:
    host, guest = pair
    # As a phone does before the first tap; a click of this test is one already.
    guest.evaluate(
        """() => {
          const play = HTMLMediaElement.prototype.play;
          HTMLMediaElement.prototype.play = function () {
            if (this.id === "local-video") return play.call(this);
            this.pause();
            return Promise.reject(new DOMException("tap first", "NotAllowedError"));
          };
          window.tapped = () => { HTMLMediaElement.prototype.play = play; };
        }"""
    )
    call(host)
    guest.click("#call-accept")
    expect(guest.locator("#call-play")).to_be_visible()
    guest.evaluate("tapped()")
    guest.click("#call-play")
    sees_moving_picture(guest)
    expect(guest.locator("#call-play")).to_be_hidden()


def test_it_rings_silently_where_that_is_wanted(pair: tuple[Page, Page]) -> None:
    host, guest = pair
    call(host)
    silence = guest.locator("#ring-silence")
    expect(silence).to_have_text("Sound off")
    silence.click()
    expect(silence).to_have_text("Sound on")
    guest.click("#call-decline")
    expect(host.locator(".notice")).to_contain_text("declined")
    guest.reload()
    wait_connected(guest)
    wait_connected(host)
    call(host)
    expect(silence).to_have_text("Sound on")  # it is kept
    expect(host.locator(".notice")).to_have_count(0)
    silence.click()
    expect(silence).to_have_text("Sound off")
    guest.click("#call-decline")
    host.locator(".notice", has_text="declined").locator("[data-action=dismiss]").click()


def test_measurements_and_a_recording(pair: tuple[Page, Page], tmp_path: Path) -> None:
    host, guest = pair
    in_call(host, guest)
    host.locator(".quality").click(timeout=30_000)
    measures = host.locator("#call-measures")
    expect(measures).to_contain_text("direct")
    expect(measures).to_contain_text("Mb/s")
    expect(measures.locator("polyline").first).to_have_attribute("points", re.compile(","))
    host.keyboard.press("Escape")
    host.click("#call-more")
    host.click("#call-record")
    expect(guest.locator(f"{TILES} .flags")).to_have_text("Records")
    expect(host.locator("#own-flags")).to_contain_text("Recording")
    # Two pieces at least: what is shorter could be in memory alone.
    seconds = "document.querySelector('#remote-videos video').currentTime"
    eventually(host, f"{seconds} > {host.evaluate(seconds) + 2.5}")
    with host.expect_download() as download:
        host.click("#call-record")
    expect(guest.locator(f"{TILES} .flags")).to_have_text("")
    content = Path(download.value.path()).read_bytes()
    assert download.value.suggested_filename.endswith(".webm")
    assert content[:4] == b"\x1a\x45\xdf\xa3"  # a container of WebM
    assert len(content) > 20_000


def test_several_guests_have_a_tile_each(pair: tuple[Page, Page], phone: Page) -> None:
    host, guest = pair
    in_call(guest, host)
    call(phone)
    expect(host.locator("#incoming-call")).to_contain_text("too")
    host.click("#call-accept")
    expect(host.locator(f"{TILES}[data-state='connected']")).to_have_count(2)
    for page in (host, guest, phone):
        sees_moving_picture(page)
        # Pages that are introduced to each other try again after 20 s.
        expect(page.locator(f"{TILES}[data-state='connected']")).to_have_count(2, timeout=60_000)
    guest.click("#call-end")
    expect(host.locator(f"{TILES}[data-state='connected']")).to_have_count(1)
    host.click("#call-end")
    no_call(host, guest, phone)


def test_a_phone_either_way(pair: tuple[Page, Page], phone: Page) -> None:
    host, guest = pair
    row(host, phone).locator("[data-action=choose]").click()
    for width, height in ((390, 844), (844, 390)):
        phone.set_viewport_size({"width": width, "height": height})
        in_call(host, phone)
        for control in (*CONTROLS, "#share-screen", "#call-more"):
            phone.click(control, trial=True)
        video = phone.locator("#remote-videos video").bounding_box()
        assert video is not None
        if width > height:
            assert (video["width"], video["height"]) == (width, height)
        else:
            assert video["height"] > 500
        assert phone.evaluate(COVERED) == []
        phone.click("#call-more")
        phone.select_option("#microphone-select", label="No microphone")
        expect(host.locator(f"{TILES} .flags")).to_contain_text("Muted")
        phone.select_option("#microphone-select", index=1)
        phone.keyboard.press("Escape")
        host.click("#call-end")
        no_call(host, phone)
    row(host, guest).locator("[data-action=choose]").click()
