"""The main job between Firefox and Chromium."""

from __future__ import annotations

import hashlib
import random
from pathlib import Path

from playwright.sync_api import Page, expect

from actions import call, invite, sees_moving_picture, wait_connected
from firefox import Firefox, firefox
from harness import Browsers, Site


def test_firefox_and_chromium_do_the_main_job(browsers: Browsers, tmp_path: Path) -> None:
    chromium = browsers.ready()
    with firefox(tmp_path / "profile", worker=True) as guest:
        guest.open(browsers.site.url + invite(chromium))
        guest.eventually("document.documentElement.dataset.ready === 'true'", timeout=90)
        guest.eventually("document.querySelector('#peers > [data-state=connected]')")
        wait_connected(chromium)

        chromium.fill("#chat-input", "from Chromium 😀")
        chromium.click("#chat-send")
        received = "document.querySelector('.message:not([data-from=me]) .text')?.textContent"
        assert guest.eventually(received) == "from Chromium 😀"
        guest.fill("#chat-input", "from Firefox")
        guest.click("#chat-send")
        expect(chromium.locator(".message:not([data-from='me']) .text")).to_have_text(
            "from Firefox"
        )

        guest.evaluate("void location.reload()")
        chromium.locator("#status[data-state='reconnecting']").wait_for()
        wait_connected(chromium)
        chromium.fill("#chat-input", "after a reload")
        chromium.click("#chat-send")
        texts = "[...document.querySelectorAll('.message .text')].map(e => e.textContent).join()"
        guest.eventually(f"{texts} === 'from Chromium 😀,from Firefox,after a reload'")

        content = random.Random(8).randbytes(8_000_000)
        (tmp_path / "file.bin").write_bytes(content)
        chromium.set_input_files("#file-input", tmp_path / "file.bin")
        row = "document.querySelector('#transfers > article')"
        guest.eventually(f"{row}?.dataset.state === 'offered'")
        guest.click("#transfers [data-action='accept']")
        guest.eventually(f"{row}.dataset.state === 'done'")
        assert guest.evaluate(f"{row}.dataset.sha256") == hashlib.sha256(content).hexdigest()
        expect(chromium.locator("#transfers > article")).to_have_attribute("data-state", "done")

        call(chromium)
        guest.eventually("!document.querySelector('#incoming-call').hidden")
        guest.click("#call-accept")
        video = "document.querySelector('#remote-videos video')"
        guest.eventually(f"({video}?.videoWidth ?? 0) > 0")
        start = guest.evaluate(f"{video}.currentTime")
        guest.eventually(f"{video}.currentTime > {start} + 0.3")
        sees_moving_picture(chromium)
        has_a_call(guest, chromium)
        guest.click("#call-end")
        expect(chromium.locator("#remote-videos video")).to_have_count(0)
        browsers.close()
        starts_without_a_network(guest, browsers.site)


def has_a_call(guest: Firefox, chromium: Page) -> None:
    """What else there is in a call."""
    tile, flags = "#remote-videos > figure", chromium.locator("#remote-videos .flags")
    for speaks in ("true", "false", "true"):
        guest.eventually(f"document.querySelector('{tile}').dataset.speaking === '{speaks}'")
        chromium.click("#mute-audio")
    chromium.click("#mute-audio")
    expect(chromium.locator(tile)).to_have_attribute("data-speaking", "true")
    for key, flag in (("m", "Muted"), ("v", "No camera")):
        for shown in (flag, ""):
            guest.press(key)
            expect(flags).to_have_text(shown)
    guest.click("#call-more")
    assert guest.evaluate("document.getElementById('captions-choice').hidden")  # it has none
    assert guest.evaluate("document.querySelector('#call-options #call-end-too') !== null")
    guest.click("#call-people input")  # in its middle
    guest.eventually(f"document.querySelector('{tile} video').volume === 0.5")
    guest.click("#call-options [popovertargetaction=hide]")
    chosen = "document.getElementById('speaker-select')"
    assert guest.evaluate(f"{chosen}.checkVisibility() && {chosen}.lastChild.value") == "ask"
    guest.click("#share-screen")  # a browser without a window has none
    guest.eventually(
        "document.getElementById('notices').textContent.includes('No screen or window')"
    )


def starts_without_a_network(page: Firefox, site: Site) -> None:
    """What it loaded at its first visit is enough, and it comes online by itself."""
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    page.set_offline(True)
    with site.down():
        page.open(site.url)
        status = "document.querySelector('#status')"
        page.eventually(f"{status}.dataset.state === 'offline'", timeout=90)
        assert page.evaluate(f"{status}.textContent") == "Offline"
    page.set_offline(False)
    page.eventually("document.documentElement.dataset.ready === 'true'", timeout=90)
