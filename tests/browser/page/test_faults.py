"""What goes wrong is told in words, and the page stays usable."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from actions import call, invite, own_id, wait_connected, wait_ready
from harness import Browsers


def notice(page: Page, words: str) -> None:
    expect(page.locator(".notice", has_text=words)).to_be_visible(timeout=40_000)


def test_unknown_malformed_and_own_ids(browsers: Browsers) -> None:
    page = browsers.ready()
    for text, words in (
        ("not-an-ID-at-all-ß", "is not an ID"),
        ("hello world", "neither a link nor an ID"),
        ("https://example.org/", "the part behind # is missing"),
        ("", "Paste a link or an ID first"),
        (own_id(page), "this page's own ID"),
    ):
        page.fill("#remote-id", text)
        page.press("#remote-id", "Enter")
        notice(page, words)
    page.fill("#remote-id", "nobody-is-here")
    page.press("#remote-id", "Enter")
    row = page.locator("#peers > [data-state='lost']")
    expect(row).to_contain_text("Nobody by that ID is there")
    expect(page.locator("#notices")).to_have_text("")
    expect(page.locator("#status")).to_have_attribute("data-state", "ready")
    guest = browsers.ready(invite(page))
    wait_connected(guest)


def test_the_broker_cannot_be_reached_and_then_it_can(browsers: Browsers) -> None:
    page = browsers.page()
    browsers.watch.expected += ["WebSocket connection", "ERR_", "console: broker: "]

    def meanwhile() -> None:
        page.goto(browsers.site.url)
        notice(page, "cannot be reached")
        expect(page.locator("#status")).to_have_attribute("data-state", "failed")
        page.click("#settings-open")
        expect(page.locator("#settings-host")).to_be_visible()
        page.click("#settings-cancel")

    browsers.site.restart_broker(meanwhile)
    wait_ready(page)
    expect(page.locator("#status")).to_have_attribute("data-state", "ready")
    expect(page.locator(".notice")).to_have_count(0)


def test_the_broker_is_lost_and_comes_back(browsers: Browsers) -> None:
    host, guest = browsers.pair()
    browsers.watch.expected += ["WebSocket connection", "ERR_", "Failed to load", "broker: "]
    browsers.site.restart_broker(while_down=lambda: still_talking(host, guest))
    # The host logs on again by itself; until then it is unknown at the broker.
    stranger = browsers.ready()
    stranger.goto(browsers.site.url + invite(host))
    wait_connected(stranger)  # which tries again


def still_talking(host: Page, guest: Page) -> None:
    host.fill("#chat-input", "no broker, still here")
    host.click("#chat-send")
    expect(guest.locator(".message .text")).to_have_text("no broker, still here")
    notice(host, "broker")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("NotAllowedError", "is blocked. Allow it"),
        ("NotFoundError", "No camera or microphone was found"),
        ("NotReadableError", "in use by another program"),
    ],
)
def test_no_camera_and_yet_a_call(browsers: Browsers, name: str, words: str) -> None:
    host, guest = browsers.pair()
    refuse_camera(guest, name)
    call(host)
    guest.click("#call-accept")
    notice(guest, words)
    expect(guest.locator("#remote-videos figcaption")).to_be_visible()
    expect(host.locator("#remote-videos .flags")).to_contain_text("No camera")
    expect(guest.locator("#call-end")).to_be_visible()
    guest.click("#call-end")
    expect(host.locator("#remote-videos video")).to_have_count(0)


def refuse_camera(page: Page, name: str) -> None:
    """Let the browser answer as it does without a camera; a fake one cannot be unplugged."""
    page.evaluate(
        "name => { navigator.mediaDevices.getUserMedia ="
        " () => Promise.reject(new DOMException('as the browser says', name)) }",
        name,
    )


def test_a_camera_that_is_really_absent(browsers: Browsers) -> None:
    host = browsers.ready(camera=False)
    guest = browsers.ready(invite(host))
    wait_connected(guest)
    host.click("#call-start")
    expect(host.locator("#preview-words")).to_contain_text("No camera or microphone was found")
    host.click("#call-join")
    notice(host, "camera or microphone")
    guest.click("#call-accept")
    expect(host.locator("#remote-videos video")).to_be_visible()


def test_the_other_page_closes_in_mid_transfer(browsers: Browsers, tmp_path: Path) -> None:
    host, guest = browsers.pair()
    path = tmp_path / "large.bin"
    path.write_bytes(bytes(200_000_000))
    host.set_input_files("#file-input", path)
    guest.locator("#transfers [data-action='accept']").click()
    row = host.locator("#transfers > article")
    expect(row).to_contain_text("/s")  # under way
    guest.close(run_before_unload=False)
    expect(row).to_have_attribute("data-state", "paused")  # they may only be reloading
    expect(row).to_contain_text("goes on by itself when Guest")
    expect(host.locator("#files-hint")).to_contain_text("is out of reach", timeout=90_000)
    expect(row).to_have_attribute("data-state", "paused")
    expect(host.locator("#status")).to_have_attribute("data-state", "ready")


def test_either_side_cancels(browsers: Browsers, tmp_path: Path) -> None:
    host, guest = browsers.pair()
    path = tmp_path / "large.bin"
    path.write_bytes(bytes(200_000_000))
    for canceller in (host, guest):
        host.set_input_files("#file-input", path)
        guest.locator("#transfers > [data-state='offered'] [data-action='accept']").click()
        expect(host.locator("#transfers > [data-state='active']")).to_contain_text("/s")
        active = canceller.locator("#transfers > [data-state='active'] > .actions")
        active.locator("[data-action='cancel']").click()
        for page in (host, guest):
            expect(page.locator("#transfers > article").last).to_have_attribute(
                "data-state", "cancelled"
            )


def test_no_webrtc(browsers: Browsers) -> None:
    page = browsers.page()
    # Both names: PeerJS's shim makes the first of the second.
    page.add_init_script("delete window.RTCPeerConnection; delete window.webkitRTCPeerConnection")
    browsers.watch.expected.append("RTCPeerConnection")
    page.goto(browsers.site.url)
    notice(page, "no WebRTC")
    expect(page.locator("#status")).to_have_attribute("data-state", "failed")


def test_plain_http_on_a_network_address(browsers: Browsers) -> None:
    """Chromium trusts localhost; a name that only resolves here is an insecure page to it."""
    page = browsers.ready_at("page.test")
    assert page.evaluate("isSecureContext") is False
    page.click("#copy-link")
    notice(page, "did not allow copying")
    guest = browsers.ready_at("page.test", invite(page))
    wait_connected(guest)
    guest.click("#call-start")
    expect(guest.locator("#preview-words")).to_contain_text("only to pages on https")
