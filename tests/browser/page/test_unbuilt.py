"""The page as it stands at the repository's root, with its parts from a CDN."""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Page, expect

from actions import READY_WITHIN, in_call, invite, wait_connected, wait_ready
from cdn import Cdn, integrity
from deck_files import pdf
from harness import Browsers
from presentations import file, present_sample, slide
from serving.places import NODE_MODULES, ROOT


def open_page(
    browsers: Browsers,
    cdn: Cdn,
    fragment: str = "",
    flags: Sequence[str] = (),
    locale: str = "en-US",
) -> Page:
    context = browsers.context(flags=flags, locale=locale)
    cdn.serve(context)
    page = context.new_page()
    browsers.watch.attach(page)
    page.goto(browsers.site.url + fragment)
    wait_ready(page, 3 * READY_WITHIN)  # the CDN is this process
    return page


def test_the_unbuilt_page_does_the_main_job(unbuilt: Browsers, tmp_path: Path) -> None:
    cdn = Cdn()
    host = open_page(unbuilt, cdn)
    guest = open_page(unbuilt, cdn, invite(host))
    wait_connected(host)
    for sender, receiver in ((host, guest), (guest, host)):
        sender.fill("#chat-input", "hello 😀")
        sender.click("#chat-send")
        received = receiver.locator(".message:not([data-from='me']) .text")
        expect(received.last).to_have_text("hello 😀")
    content = random.Random(5).randbytes(5_000_000)
    (tmp_path / "file.bin").write_bytes(content)
    host.set_input_files("#file-input", tmp_path / "file.bin")
    guest.locator("#transfers [data-action='accept']").click()
    row = guest.locator("#transfers > article")
    expect(row).to_have_attribute("data-state", "done", timeout=60_000)
    assert row.get_attribute("data-sha256") == hashlib.sha256(content).hexdigest()
    in_call(host, guest)
    host.click("#settings-open")
    expect(host.locator("#settings-name")).to_be_visible()
    expect(host.locator("#docs")).to_be_hidden()  # no docs site is beside it
    assert cdn.refused == []
    assert any(address.endswith("/phone.svg") for address in cdn.answered)


def test_the_unbuilt_page_shows_decks(unbuilt: Browsers) -> None:
    cdn = Cdn()
    with cdn.reached_by_all() as flags:
        page = open_page(unbuilt, cdn, flags=flags, locale="de-AT")
        # It has no script of its own before Python: Python itself translates what stands there.
        expect(page.locator("#slides-open")).to_have_text("Präsentieren")
        expect(page.locator("#status")).to_have_text("Bereit")
        shows_decks(page)
    assert cdn.refused == []


def shows_decks(page: Page) -> None:
    present_sample(page)
    heading = slide(page).locator("h1")
    expect(heading).to_have_text("Slides without a server")
    page.set_input_files("#slides-file", [file("talk.pdf", pdf(["Hello", "Second"]))])
    expect(page.locator("#slides-page")).to_have_attribute("data-page", "1")
    page.click("#slides-next")
    expect(page.locator("#slides-page")).to_have_attribute("data-page", "2")


def test_every_part_from_npm_is_checked_by_its_hash() -> None:
    tags = re.findall(r'<(?:script|link)[^>]*"https://cdn[^>]*>', (ROOT / "index.html").read_text())
    checked = 0
    for tag in tags:
        found = re.search(r'https://cdn\.jsdelivr\.net/npm/((?:@[^/]+/)?[^@/]+)@[^/]+/([^"]+)', tag)
        if found:
            content = (NODE_MODULES / found[1] / found[2]).read_bytes()
            assert f'integrity="{integrity(content)}"' in tag
            checked += 1
    assert checked >= 10
