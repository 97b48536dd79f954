"""The main job: two pages in two browser processes trade texts, a file and webcams."""

from __future__ import annotations

import hashlib
import random
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from actions import call, in_call, invite, own_id, say, wait_connected
from harness import Browsers

TEXTS = [
    "Hi 😀👩‍👩‍👧",
    "שלום, זה עובד מימין לשמאל",
    "x" * 100_000,
    "one\ntwo",
    "<b onclick=alert(1)>&amp;",
]

# Playwright's own clipboard would be shared by all pages.
PASTE = """text => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/plain", text);
  const paste = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
  document.getElementById("remote-id").dispatchEvent(paste);
}"""


@pytest.fixture
def pair(browsers: Browsers) -> tuple[Page, Page]:
    return browsers.pair()


def test_texts_both_ways_as_text(pair: tuple[Page, Page]) -> None:
    host, guest = pair
    for sender, receiver in ((host, guest), (guest, host)):
        for count, text in enumerate(TEXTS, start=1):
            say(sender, text)
            sent = sender.locator("#chat-log > [data-from='me']")
            expect(sent).to_have_count(count)
            expect(sent.last).to_have_attribute("data-state", "delivered")
            received = receiver.locator("#chat-log > .message:not([data-from='me'])")
            expect(received).to_have_count(count)
            assert received.last.locator(".text").text_content() == text
            assert received.last.get_attribute("data-from") == own_id(sender)
            assert receiver.locator("#chat-log b").count() == 0
    say(host, "see https://example.org/a?b=c, then `x = 1`")
    link = guest.locator("#chat-log a")
    expect(link).to_have_attribute("href", "https://example.org/a?b=c")
    expect(link).to_have_attribute("rel", "noopener noreferrer")
    expect(guest.locator("#chat-log code")).to_have_text("x = 1")
    say(host, "😀")
    expect(guest.locator(".message .text[data-emoji]")).to_be_visible()
    host.fill("#chat-input", "I think")
    expect(guest.locator("#chat-writing")).to_contain_text("is writing")
    host.fill("#chat-input", "")
    expect(guest.locator("#chat-writing")).to_be_hidden()


def test_enter_sends_and_shift_enter_does_not(pair: tuple[Page, Page]) -> None:
    host, guest = pair
    host.locator("#chat-input").press_sequentially("one")
    host.press("#chat-input", "Shift+Enter")
    host.locator("#chat-input").press_sequentially("two")
    host.press("#chat-input", "Enter")
    expect(guest.locator(".message .text")).to_have_text("one\ntwo")
    expect(host.locator("#chat-input")).to_have_value("")


def test_a_file_arrives_identical(pair: tuple[Page, Page], tmp_path: Path) -> None:
    host, guest = pair
    content = random.Random(50).randbytes(50_000_000)
    sha256 = hashlib.sha256(content).hexdigest()
    path = tmp_path / "the recording (final) ü.bin"
    path.write_bytes(content)
    host.set_input_files("#file-input", path)
    row = guest.locator("#transfers > article")
    expect(row).to_have_attribute("data-state", "offered")
    expect(host.locator("#transfers > article")).to_have_attribute("data-direction", "out")
    row.locator("[data-action='accept']").click()
    expect(row).to_have_attribute("data-state", "done", timeout=120_000)
    expect(host.locator("#transfers > article")).to_have_attribute("data-state", "done")
    assert row.get_attribute("data-sha256") == sha256
    assert host.locator("#transfers > article").get_attribute("data-sha256") == sha256
    with guest.expect_download() as download:
        row.locator("[data-action='save']").click()
    assert download.value.suggested_filename == path.name
    assert hashlib.sha256(Path(download.value.path()).read_bytes()).hexdigest() == sha256


def test_many_files_empty_ones_and_refused_ones(pair: tuple[Page, Page], tmp_path: Path) -> None:
    host, guest = pair
    names = ["empty.txt", "small.txt", "refused.txt"]
    for name, content in zip(names, (b"", b"content", b"never sent"), strict=True):
        (tmp_path / name).write_bytes(content)
    host.set_input_files("#file-input", [tmp_path / name for name in names])
    card = guest.locator("#transfers > [data-transfer-id]")
    card.locator("summary").click()
    card.get_by_label("Accept refused.txt").uncheck()
    card.get_by_role("button", name="Accept 2 of 3").click()
    for page in (host, guest):
        card = page.locator("#transfers > [data-transfer-id]")
        expect(card).to_have_attribute("data-state", "done")
        expect(card).to_contain_text("2 of 3 files")
        for name, state in zip(names, ("done", "done", "cancelled"), strict=True):
            if page is host and name == names[0]:
                card.locator("summary").click()
            expect(card.locator("[data-file]", has_text=name)).to_have_attribute(
                "data-state", state
            )
    expect(card.locator("[data-file]", has_text="refused.txt")).to_contain_text("Declined")


def test_webcams_move_on_both_sides_until_somebody_hangs_up(pair: tuple[Page, Page]) -> None:
    host, guest = pair
    in_call(host, guest)
    expect(host.locator("#remote-videos video")).to_have_attribute("data-peer-id", own_id(guest))
    host.click("#mute-audio")
    expect(host.locator("#mute-audio")).to_have_attribute("aria-pressed", "true")
    guest.click("#call-end")
    for page in (host, guest):
        expect(page.locator("#remote-videos video")).to_have_count(0)
        expect(page.locator("#status")).to_have_attribute("data-state", "connected")


def test_a_declined_call(pair: tuple[Page, Page]) -> None:
    host, guest = pair
    call(host)
    guest.click("#call-decline")
    expect(host.locator(".notice")).to_contain_text("The call was not taken")
    expect(host.locator("#remote-videos video")).to_have_count(0)
    expect(guest.locator("#incoming-call")).to_be_hidden()
    host.locator("[data-action='dismiss']").click()
    expect(host.locator(".notice")).to_have_count(0)
    for page, words in ((host, "Call, not taken"), (guest, "Call, declined")):
        expect(page.locator("#chat-log .event").last).to_contain_text(words)


def test_connecting_by_a_pasted_link_typed_before_python_runs(browsers: Browsers) -> None:
    host = browsers.ready()
    guest = browsers.page()
    guest.goto(browsers.site.url)
    guest.fill("#remote-id", f"  {browsers.site.url}{invite(host)} ")  # Python is still loading
    guest.click("#connect", timeout=90_000)
    wait_connected(guest)
    wait_connected(host)
    guest.locator("[data-action='close']").click()
    for page in (host, guest):
        expect(page.locator("#peers > li")).to_have_count(0)
        expect(page.locator("#status")).to_have_attribute("data-state", "ready")


def test_a_link_as_a_messenger_hands_it_on(browsers: Browsers) -> None:
    """In the address bar with what trackers add, then within a message of several lines."""
    host, guest = browsers.ready(), browsers.ready()
    guest.goto(f"{browsers.site.url}{invite(host).replace('#', '#/')}?utm_source=x&fbclid=y")
    wait_connected(guest)
    assert "#" not in guest.url
    guest.locator("[data-action='close']").click()
    expect(guest.locator("#peers > li")).to_have_count(0)
    link = f"{browsers.site.url}{invite(host)}"
    message = f"Join me:\n<{link[:-9]}\n{link[-9:]}>\nBye"
    guest.evaluate(PASTE, message)
    expect(guest.locator("#remote-id")).to_have_value(link)
    guest.press("#remote-id", "Enter")
    wait_connected(guest)


def test_a_page_inside_another_app_says_how_to_come_with_a_link(browsers: Browsers) -> None:
    agent = "Mozilla/5.0 (Linux; Android 14; wv) Chrome/130.0 Mobile Instagram 350.0"
    page = browsers.ready(user_agent=agent)
    expect(page.locator("#in-app")).to_contain_text("open inside Instagram")
